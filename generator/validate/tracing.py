"""The files of collector, Tempo and Loki, each judged by its own image."""

from __future__ import annotations

from pathlib import Path

from generator.host.ask import ask
from generator.plan.model import DeploymentPlan, Service
from generator.validate.container import REMEDY, TIMEOUT, Folder, in_image
from generator.validate.verdict import Verdict, not_checked, quoted, ran


def judge_tracing(directory: Path, *, plan: DeploymentPlan) -> tuple[Verdict, ...]:
    """As compose.yaml starts them, with the word that makes each of them look at its file and end."""
    tracing = plan.tracing
    if tracing is None:
        return ()
    program, *arguments = tracing.collector.argv
    return (
        _verdict(directory, tracing.collector, argv=(program, "validate", *arguments)),
        _verdict(directory, tracing.tempo, argv=(*tracing.tempo.argv, "-config.verify=true")),
        _verdict(directory, tracing.loki, argv=(*tracing.loki.argv, "-verify-config")),
    )


def _verdict(directory: Path, service: Service, *, argv: tuple[str, ...]) -> Verdict:
    (mount,) = (mount for mount in service.mounts if mount.kind == "bind")
    folder = Folder(directory / mount.source, mount.target)
    (own,) = folder.source.iterdir()
    file, judge = f"{service.name}/{own.name}", f"{Path(argv[0]).name} in {service.image}"
    answer = ask(in_image(service.image, folder=folder, argv=argv), timeout=TIMEOUT)
    if not ran(answer):
        return not_checked(file, judge=judge, reason=answer.said, remedy=REMEDY)
    if answer.status == 0:
        return Verdict(file, judge)
    whole = answer.stderr.strip() or answer.stdout.strip()
    said = whole.replace(f"{mount.target}/", f"{service.name}/").splitlines()
    # A line that ends with a colon only announces those that say what is wrong.
    lines = [line.strip() for line in said if line.strip() and line.strip()[-1] != ":"]
    return Verdict(file, judge, quoted(lines, file=file))
