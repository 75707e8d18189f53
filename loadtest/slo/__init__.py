"""What a run is judged by: SLO files in YAML, presets under `presets/`."""
