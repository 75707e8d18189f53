"""nginx.conf and all it includes, judged by the NGINX that will run it."""

from __future__ import annotations

import re
from pathlib import Path

from generator.errors import Fault
from generator.host.ask import ask
from generator.plan.model import DeploymentPlan
from generator.validate.container import REMEDY, TIMEOUT, Folder, in_image
from generator.validate.verdict import Verdict, not_checked, ran

FILE = "nginx/nginx.conf"

# As compose.yaml starts it.
INSIDE = "/etc/sglbox"
USER = "101:101"
SCRATCH = "/tmp/"  # noqa: S108 - the container's own

COMPLAINT = re.compile(
    r"\S+ \S+ \[(?:emerg|alert|crit|error)\] \d+#\d+: (?P<text>.*?)(?: in (?P<place>\S+:\d+))?"
)
# Where njs says the place of a syntax error, in newer releases.
NEXT_LINE = re.compile(r"\n\s+at ")


def judge_nginx(directory: Path, *, plan: DeploymentPlan) -> tuple[Verdict, ...]:
    """`nginx -t`: in the edge's image under Compose, with the host's own NGINX in the host runtime."""
    return (
        in_container(directory, plan=plan) if plan.runtime == "compose" else on_host(directory, plan=plan),
    )


def in_container(directory: Path, *, plan: DeploymentPlan) -> Verdict:
    """`nginx -t` also opens the sockets: those of addresses that this container has not must not count."""
    image, judge = plan.edge.image, f"nginx -t in {plan.edge.image}"
    options: tuple[str, ...] = (
        "--user",
        USER,
        "--tmpfs",
        f"{SCRATCH}:mode=1777",
        "--sysctl",
        "net.ipv4.ip_nonlocal_bind=1",
    )
    options += tuple(option for file in certificate_files(plan) for option in mounted(directory / file))
    argv = ("nginx", "-t", "-e", "stderr", "-p", SCRATCH, "-c", f"{INSIDE}/nginx.conf")
    command = in_image(image, folder=Folder(directory / "nginx", INSIDE), argv=argv, options=options)
    answer = ask(command, timeout=TIMEOUT)
    if not ran(answer):
        return not_checked(FILE, judge=judge, reason=answer.said, remedy=REMEDY)
    return Verdict(FILE, judge, faults(answer.stderr.replace(f"{INSIDE}/", "nginx/"), status=answer.status))


def certificate_files(plan: DeploymentPlan) -> tuple[str, ...]:
    """Secrets that NGINX reads when it tests its files."""
    names = ("tls_certificate", "tls_key")
    return tuple(secret.file for secret in plan.secrets if secret.name in names)


def mounted(file: Path) -> tuple[str, str]:
    """One by one, as Compose does: their folder is closed to the container's user."""
    return ("--volume", f"{file.resolve()}:/run/secrets/{file.name}:ro")


def on_host(directory: Path, *, plan: DeploymentPlan) -> Verdict:
    """`directory` gets the folder in which NGINX makes its temporary ones."""
    judge = f"{plan.edge.binary} -t"
    (directory / plan.edge.run_dir).mkdir(parents=True, exist_ok=True)
    argv = (plan.edge.binary, "-t", "-e", "stderr", "-p", f"{directory}/", "-c", "nginx/nginx.conf")
    answer = ask(argv, timeout=TIMEOUT)
    if not ran(answer):
        return not_checked(FILE, judge=judge, reason=answer.said, remedy="run `make setup RUNTIME=host`")
    return Verdict(FILE, judge, faults(answer.stderr.replace(f"{directory}/", ""), status=answer.status))


def faults(said: str, *, status: int) -> tuple[Fault, ...]:
    """NGINX's complaints at the places it names; whatever it said when it failed without one."""
    if status == 0:
        return ()
    lines = NEXT_LINE.sub(" in ", said).splitlines()
    found = [match for line in lines if (match := COMPLAINT.fullmatch(line.strip()))]
    if not found:
        return (Fault(FILE, said.strip() or f"nginx -t ended with status {status}"),)
    return tuple(Fault(match["place"] or FILE, match["text"]) for match in found)
