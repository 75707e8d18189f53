"""Files with secrets: there, not empty, and nobody else's to read."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from generator.doctor.finding import Finding, Subject
from generator.plan.model import DeploymentPlan

NEEDED = "a file that only its owner can read"
PUBLIC = ("tls_certificate",)
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_secret_files(subject: Subject) -> Iterator[Finding]:
    """One finding for each file the operator named."""
    for name, file in operators_files(subject.plan):
        yield judge(name, Path(file))


def operators_files(plan: DeploymentPlan) -> tuple[tuple[str, str], ...]:
    """(name, path) of the secrets that come from the operator; a certificate is none. In the host runtime the
    engine reads the token where the operator keeps it."""
    named = tuple(
        (secret.name, secret.source) for secret in plan.secrets if secret.source and secret.name not in PUBLIC
    )
    tokens = {
        value for replica in plan.replicas for name, value in replica.environment if name == "HF_TOKEN_PATH"
    }
    build = plan.engine_build.secrets if plan.engine_build else ()
    return (
        *named,
        *(("hf_token", token) for token in sorted(tokens)),
        *((f"build.{secret.name}", secret.source) for secret in build),
    )


def judge(name: str, file: Path) -> Finding:
    """What is wrong with one file; its content is neither read nor shown."""
    check = f"secret {name}"
    try:
        state = file.stat()
    except OSError as error:
        return Finding(
            check, "fail", f"{file}: {error.strerror}", NEEDED, "create it, or correct the path in the spec"
        )
    if not stat.S_ISREG(state.st_mode) or state.st_size == 0:
        return Finding(check, "fail", f"{file} is empty or no file", NEEDED, "write the secret into it")
    if state.st_mode & OTHERS:
        mode = f"{stat.S_IMODE(state.st_mode):04o}"
        return Finding(check, "warn", f"{file} has mode {mode}", NEEDED, f"chmod 600 {file}")
    return Finding(check, "ok", str(file), NEEDED)
