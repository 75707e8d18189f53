"""What deployment.yaml says of the edge: how much it admits, TLS, and the way in for the operator."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StrictInt, Tag

from generator.spec.strict import Port, Strict

Count = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
TenantName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class TenantLimitsSpec(Strict):
    """What one tenant may do."""

    requests: Count | None = Field(default=None, description="Most requests open at once.")
    requests_per_minute: Count | None = Field(
        default=None, description="Requests a minute; a sixth of it may come at once."
    )


class LimitsSpec(Strict):
    """What the edge admits. It holds no queue: what is over a limit gets 429 with `Retry-After`."""

    requests_per_replica: Count | None = Field(
        default=None,
        description="Most requests open on one replica. Without it: what `--max-running-requests` says, and as many "
        "waiting as `--max-queued-requests` says or a quarter; 256 where the engine sizes itself, 32 on CPU.",
    )
    requests: Count | None = Field(
        default=None, description="Most requests open at once. Without it: the sum over the replicas."
    )
    per_tenant: TenantLimitsSpec = Field(
        default_factory=TenantLimitsSpec, description="Limits of every tenant; none without it."
    )
    tenants: dict[TenantName, TenantLimitsSpec] = Field(
        default_factory=dict, description="Tenants with limits of their own, by name, instead of those."
    )


class TlsSpec(Strict):
    """TLS with certificate files of the operator."""

    certificate: str = Field(
        pattern=r"^/", description="Absolute path of the certificate, with its chain, in PEM."
    )
    key: str = Field(
        pattern=r"^/", description="Absolute path of its private key, in PEM, without a password."
    )


class AdminSpec(Strict):
    """A second listener, on loopback, that reaches every route of each replica: `/replica-0/flush_cache`."""

    keys_file: str = Field(
        pattern=r"^/",
        description="Absolute path of a file with the administrators' keys, as `sglbox keys add --admin` writes it.",
    )
    port: Port = Field(
        default=8081, description="Port of the listener, on loopback whatever `bind_address` says."
    )


RetrySent = Literal["never", "once"]
PlainHttp = Literal["refuse", "redirect"]


def _tls_form(value: Any) -> str:
    """Which of the two forms the operator used."""
    return "selfsigned" if isinstance(value, str) else "files"


Tls = Annotated[
    Annotated[Literal["self-signed"], Tag("selfsigned")] | Annotated[TlsSpec, Tag("files")],
    Discriminator(_tls_form),
]
