"""All judges over one tree."""

from __future__ import annotations

import tempfile
from pathlib import Path

from generator.credentials.files import ensure_secrets
from generator.output import write
from generator.plan.model import DeploymentPlan
from generator.render import RenderedTree
from generator.validate.compose import judge_compose
from generator.validate.nginx import judge_nginx
from generator.validate.prometheus import judge_prometheus
from generator.validate.tracing import judge_tracing
from generator.validate.verdict import Verdict

EVERYWHERE = (judge_compose,)
WITH_THE_EDGE = (judge_nginx, judge_prometheus, judge_tracing)


def judge(tree: RenderedTree, *, plan: DeploymentPlan, place: Path) -> tuple[Verdict, ...]:
    """Every judge's verdict on `tree`, which is written to a throw-away folder in `place`.

    Not on build/<project>/: judging must not change what a running deployment has mounted. And in `place`, not
    in the system's temporary folder, because some Docker engines see home directories only.
    """
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".validate-", dir=place) as scratch:
        directory = Path(scratch).resolve()
        write(tree, directory)
        judges = (*EVERYWHERE, *(WITH_THE_EDGE if plan.leads else ()))
        if plan.edge.tls and plan.leads:
            # NGINX reads the certificate when it tests its files, and finds a key that does not fit.
            ensure_secrets(plan, directory)
        return tuple(verdict for judged in judges for verdict in judged(directory, plan=plan))
