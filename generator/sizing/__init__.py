"""What a model needs and which layouts of it a host can run: pure arithmetic over recorded facts.

`architecture` reads config.json, `weights` and `kv_cache` say what it takes per GPU, `reserve` what the engine keeps free,
`links` which GPUs belong together, `cut` and `outcome` what that gives, `search` tries everything.
"""
