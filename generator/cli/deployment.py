"""spec file -> facts -> plan -> tree: what every verb begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from generator.errors import PlanError, SpecError, StateError
from generator.examples.folder import file_of
from generator.facts import HostFacts
from generator.host.build import collect_build
from generator.host.checkpoint import collect_checkpoint
from generator.host.collect import Inquiry, ask_hub, collect
from generator.image_inputs import Recipe
from generator.plan.model import DeploymentPlan
from generator.plan.serial import plan_from_json
from generator.planner import plan_deployment
from generator.planner.model_source import DEFAULT_HANDLE
from generator.planner.node_gpus import elsewhere
from generator.planner.nodes import node_name
from generator.render import RenderedTree, render
from generator.spec import DeploymentSpec, LoadedSpec, load_spec
from generator.spec.loading import validated

DEFAULT_SPEC = Path("deployment.yaml")
EMBEDDED = LoadedSpec(DeploymentSpec(), "embedded default", {})


@dataclass(frozen=True)
class Request:
    """Which deployment, as named on the command line. Empty fields are not given."""

    spec: Path | None = None
    example: str = ""
    build: Path = Path("build")
    facts: Path | None = None
    engine: str = ""
    runtime: str = ""
    node: int | None = None
    """Of several hosts the one that is meant."""


@dataclass(frozen=True)
class Deployment:
    """A spec with its plan on this host, and where it is rendered to."""

    spec: DeploymentSpec
    facts: HostFacts
    plan: DeploymentPlan
    directory: Path

    @cached_property
    def tree(self) -> RenderedTree:
        """Rendered on first use."""
        return render(self.plan)


def resolve(request: Request, *, prepare: Callable[[DeploymentPlan], bool] | None = None) -> Deployment:
    """Raises SpecError, PlanError or HostError. `prepare` may change the host (install programs) once the
    runtime is known; when it says that it did, the host is looked at again."""
    loaded = _load(request)
    deployment = _deployment(request, loaded)
    if prepare and prepare(deployment.plan):
        return _deployment(request, loaded)
    return deployment


def look_at(request: Request) -> tuple[DeploymentSpec, HostFacts]:
    """The spec and the host, with what the hub says of the handle; no plan is made. Raises SpecError or HostError."""
    spec = _load(request).spec
    if request.facts:
        return spec, _recorded(request.facts, spec)
    inquiry = _inquiry(spec)
    handle = spec.hf_model_handle or ("" if spec.checkpoint_path else DEFAULT_HANDLE)
    facts = collect(inquiry)
    return spec, replace(facts, handle=ask_hub(replace(inquiry, handle=handle))) if handle else facts


def _deployment(request: Request, loaded: LoadedSpec) -> Deployment:
    inquiry = _inquiry(loaded.spec)
    facts = _recorded(request.facts, loaded.spec) if request.facts else collect(inquiry)
    facts = _with_build(facts, loaded.spec)
    rank = request.node or 0
    plan = _plan(loaded, facts, rank=rank)
    if plan.model.source == "handle" and not request.facts:
        # The hub is asked only now: the simulator, and a host without a GPU, have no use for its answer.
        facts = replace(facts, handle=ask_hub(replace(inquiry, handle=plan.model.handle)))
        plan = _plan(loaded, facts, rank=rank)
    return Deployment(loaded.spec, facts, plan, _directory(plan, build=request.build))


def _with_build(facts: HostFacts, spec: DeploymentSpec) -> HostFacts:
    """The Dockerfile lies beside deployment.yaml, whatever host the plan is for."""
    if spec.build is None:
        return facts
    context = Path(spec.build.context)
    inquiry = Recipe(
        context, context / spec.build.dockerfile, spec.build.target or "", tuple(spec.build.args.items())
    )
    return replace(facts, build=collect_build(inquiry))


def _directory(plan: DeploymentPlan, *, build: Path) -> Path:
    """A node has a folder of its own, so that the trees of all of them can be made in one place."""
    return build / plan.project / plan.node.name if plan.node else build / plan.project


def at_node(deployment: Deployment, rank: int) -> Deployment:
    """The same deployment on another of its hosts, as far as it can be told from this one."""
    facts = elsewhere(deployment.facts, rank)
    plan = plan_deployment(deployment.spec, facts, rank=rank)
    return Deployment(
        deployment.spec,
        facts,
        plan,
        deployment.directory.parent / node_name(deployment.spec.nodes[rank], rank),
    )


def _recorded(file: Path, spec: DeploymentSpec) -> HostFacts:
    """A host's record. What it says of another model is left out; the folder of this one may be here."""
    from generator.host.record import read_facts  # noqa: PLC0415 - its parser costs 80 ms to build

    facts = read_facts(file)
    if facts.handle and spec.hf_model_handle and facts.handle.handle != spec.hf_model_handle:
        facts = replace(facts, handle=None)
    path = spec.checkpoint_path
    if facts.checkpoint and facts.checkpoint.path == path:
        return facts
    here = collect_checkpoint(path) if path else None
    return replace(facts, checkpoint=here if here and not here.reason else None)


def _plan(loaded: LoadedSpec, facts: HostFacts, *, rank: int) -> DeploymentPlan:
    try:
        return plan_deployment(loaded.spec, facts, rank=rank)
    except PlanError as error:
        raise PlanError(error.faults, source=loaded.source, lines=loaded.lines, hint=error.hint) from error


def loaded_spec(request: Request) -> DeploymentSpec:
    """The spec alone, without a look at the host. Raises SpecError."""
    return _load(request).spec


def _load(request: Request) -> LoadedSpec:
    loaded = _read(request)
    changes = {"engine": request.engine, "runtime": request.runtime}
    return LoadedSpec(
        _override(loaded.spec, {name: value for name, value in changes.items() if value}),
        loaded.source,
        loaded.lines,
    )


def _read(request: Request) -> LoadedSpec:
    if request.spec:
        return load_spec(request.spec)
    if request.example:
        return load_spec(file_of(request.example))
    # A link that leads nowhere is a spec that was meant, and gets its error.
    meant = DEFAULT_SPEC.exists() or DEFAULT_SPEC.is_symlink()
    return load_spec(DEFAULT_SPEC) if meant else EMBEDDED


def _override(spec: DeploymentSpec, changes: dict[str, str]) -> DeploymentSpec:
    """ENGINE= and RUNTIME= of the command line, checked like the file's own keys."""
    if not changes:
        return spec
    given = spec.model_dump(exclude_unset=True)
    return validated({**given, **changes}, source="command line", lines={})


def _inquiry(spec: DeploymentSpec) -> Inquiry:
    return Inquiry(
        project=spec.name,
        checkpoint="" if spec.engine == "simulator" else spec.checkpoint_path or "",
        revision=spec.revision or "",
        token_file=spec.hf_token_file or "",
    )


def rendered_directory(request: Request) -> Path:
    """build/<project>/ of a deployment, also when its spec is gone or broken by now."""
    return request.build / _folder(request)


def project_of(directory: Path, *, build: Path) -> str:
    """By the place of its tree: the plan in there may be unreadable by now."""
    return directory.relative_to(build).parts[0]


def rendered_plan(request: Request) -> tuple[DeploymentPlan, Path]:
    """The plan last rendered, and where. Raises StateError when nothing has been rendered there."""
    directory = rendered_directory(request)
    return plan_in(directory), directory


def plan_in(directory: Path) -> DeploymentPlan:
    """The plan last rendered in build/<project>/. Raises StateError when there is none."""
    file = directory / "plan.json"
    if not file.is_file():
        raise StateError(f"nothing is rendered in {directory}", hint="`make up` or `make render` comes first")
    return plan_from_json(file.read_text(encoding="utf-8"), source=str(file))


def _folder(request: Request) -> Path:
    """Below the folder of the rendered trees."""
    try:
        spec, rank = _read(request).spec, request.node or 0
    except SpecError:
        present = sorted((*request.build.glob("*/plan.json"), *request.build.glob("*/*/plan.json")))
        if len(present) == 1:
            return present[0].parent.relative_to(request.build)
        raise
    if not spec.nodes:
        return Path(spec.name)
    if rank >= len(spec.nodes):
        raise StateError(f"{spec.name} has no node {rank}", hint=f"they are 0 to {len(spec.nodes) - 1}")
    return Path(spec.name) / node_name(spec.nodes[rank], rank)
