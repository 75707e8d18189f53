"""The machines: their order, and the arithmetic of one of them done by hand."""

from __future__ import annotations

import pytest

from simulator.presets import TP_SIZES, machine


@pytest.mark.parametrize("preset", TP_SIZES)
def test_every_preset_has_room_for_a_long_conversation(preset: str) -> None:
    assert machine(preset, tp_size=None).kv_tokens > 8192


def test_a_decode_step_reads_all_weights_once() -> None:
    times = machine("h100-8b", tp_size=None).times
    assert times.decode(sequences=0, context_tokens=0) == pytest.approx(0.002 + 16.06e9 / (3350e9 * 0.7))
    growth = times.decode(sequences=0, context_tokens=1000) - times.decode(sequences=0, context_tokens=0)
    assert growth == pytest.approx(1000 * 131072 / (3350e9 * 0.7))


@pytest.mark.parametrize("model", ["8b", "70b"])
def test_better_gpus_are_faster(model: str) -> None:
    machines = [machine(f"{gpu}-{model}", tp_size=8).times for gpu in ("l4", "a100", "h100")]
    assert machines == sorted(machines, key=lambda times: -times.prefill(new_tokens=1000))
    assert machines == sorted(machines, key=lambda times: -times.decode(sequences=32, context_tokens=32_000))


def test_more_gpus_make_room() -> None:
    assert machine("h100-70b", tp_size=8).kv_tokens > 2 * machine("h100-70b", tp_size=4).kv_tokens


def test_weights_which_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="needs 141 GB: 1 x H100"):
        machine("h100-70b", tp_size=1)
