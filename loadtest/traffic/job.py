"""What the master tells every worker to do: one value that survives JSON and MessagePack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from loadtest.profile import Profile, checked
from loadtest.prompts.text import Words

HELLO_MESSAGE: Final = "loadtest-hello"
"""A worker listens. Locust's own greeting comes before that: a job sent then would be lost."""
JOB_MESSAGE: Final = "loadtest-job"
READY_MESSAGE: Final = "loadtest-ready"
GO_MESSAGE: Final = "loadtest-go"
STOP_MESSAGE: Final = "loadtest-stop"
RECORDS_MESSAGE: Final = "loadtest-records"
END_MESSAGE: Final = "loadtest-end"


@dataclass(frozen=True)
class Job:
    """One run. `workers` share its sessions: worker w plays the numbers w, w + workers, ...

    The API key is not in it: each worker reads its own key file.
    """

    run: str
    scenario: str
    url: str
    model: str
    profile: Profile
    seed: int
    words: Words
    workers: int

    def to_message(self) -> dict[str, Any]:
        """Plain data."""
        return {
            **{name: getattr(self, name) for name in ("run", "scenario", "url", "model", "seed", "workers")},
            "profile": self.profile.model_dump(mode="json"),
            "words": asdict(self.words),
        }

    @staticmethod
    def from_message(data: Mapping[str, Any]) -> Job:
        """The job of plain data."""
        words = {**data["words"], "singles": tuple(data["words"]["singles"])}
        profile = checked(data["profile"], source="the master's profile")
        return Job(**{**data, "profile": profile, "words": Words(**words)})
