"""What a worker needs to be let in. It is never sent: each machine has its own files."""

from __future__ import annotations

from dataclasses import dataclass, field

from loadtest.client.endpoint import Endpoint, resolve


@dataclass(frozen=True)
class Access:
    """The API key, and a file of certificates to trust besides the system's; "" for none."""

    api_key: str = field(default="", repr=False)
    ca_file: str = ""

    def endpoint(self, url: str) -> Endpoint:
        """Raises TargetError."""
        return resolve(url, api_key=self.api_key, ca_file=self.ca_file)
