"""bootstrap/venv.sh makes an environment once, says why, and is silent while it matches its lock."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "bootstrap" / "venv.sh"
BROKEN = "no-such-package==1.0 --hash=sha256:" + 64 * "0" + "\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a space in its path, whose locks name nothing: no download is needed."""
    root = tmp_path / "a checkout"
    (root / "requirements").mkdir(parents=True)
    for name in ("kit", "dev"):
        (root / "requirements" / f"{name}.lock").write_text(f"# nothing for {name}\n")
    (root / "bootstrap").mkdir()
    shutil.copy(SCRIPT, root / "bootstrap" / "venv.sh")
    return root


def bootstrap(checkout: Path, which: str) -> subprocess.CompletedProcess[str]:
    """Run the script from another directory; its output is in stderr."""
    return subprocess.run(
        (checkout / "bootstrap" / "venv.sh", which), check=False, capture_output=True, text=True
    )


def test_it_installs_once_and_follows_its_lock(checkout: Path) -> None:
    first, second = bootstrap(checkout, "kit"), bootstrap(checkout, "kit")
    assert [line.partition(" ")[0] for line in first.stderr.splitlines()[:2]] == ["making", "installing"]
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")

    # dev contains kit, and kit does not contain dev
    assert "requirements/dev.lock" in bootstrap(checkout, "dev").stderr
    assert bootstrap(checkout, "kit").stderr == ""

    # what fails does not count as done
    lock = checkout / "requirements" / "dev.lock"
    lock.write_text(BROKEN)
    assert bootstrap(checkout, "dev").returncode != 0
    lock.write_text("# another\n")
    said = bootstrap(checkout, "dev").stderr
    assert "requirements/dev.lock" in said
    assert "making" not in said
    assert bootstrap(checkout, "dev").stderr == ""


def test_a_moved_checkout_starts_anew(checkout: Path) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)
    activate = checkout / ".venv/bin/activate"
    activate.write_text("VIRTUAL_ENV='/elsewhere/.venv'\n")
    assert "making" in bootstrap(checkout, "kit").stderr
    assert f"{checkout}/.venv" in activate.read_text()


def test_another_set_gets_an_environment_of_its_own(checkout: Path) -> None:
    (checkout / "requirements" / "router.lock").write_text("# nothing\n")
    bootstrap(checkout, "kit")
    assert "making .venv-router" in bootstrap(checkout, "router").stderr
    assert (checkout / ".venv-router/bin/python").exists()
    assert bootstrap(checkout, "router").stderr == bootstrap(checkout, "kit").stderr == ""


def test_an_unknown_set_is_refused(checkout: Path) -> None:
    done = bootstrap(checkout, "everything")
    assert done.returncode == 1
    assert done.stderr == "venv.sh: usage: bootstrap/venv.sh SET, with a requirements/SET.lock\n"


def test_what_a_link_leads_to_is_left_alone(checkout: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (checkout / ".venv").symlink_to(elsewhere)
    done = bootstrap(checkout, "kit")
    assert done.returncode != 0
    assert "remove the link" in done.stderr
    assert (elsewhere / "kept").exists()
