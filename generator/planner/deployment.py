"""The whole plan, part by part. Reads as the table of contents of a deployment."""

from __future__ import annotations

from generator import __version__
from generator.errors import PlanError
from generator.facts import HostFacts
from generator.plan.model import DeploymentPlan, Edge, LogRotation, Prefetch, Process, Prometheus
from generator.planner import engine
from generator.planner.addresses import assign_addresses
from generator.planner.admission import check_limits
from generator.planner.budgets import check_ladder, start_budget, timeout_ladder
from generator.planner.capacity import check_capacity
from generator.planner.context import check_context
from generator.planner.copies import check_copies
from generator.planner.cut_arguments import check_cut_arguments
from generator.planner.decisions import Decisions
from generator.planner.dynamo import check_dynamo, plan_simulated_model
from generator.planner.dynamo_stores import store_volumes
from generator.planner.edge import plan_edge
from generator.planner.engine_arguments import check_engine_arguments
from generator.planner.engine_release import check_releases, engine_readers
from generator.planner.engine_variables import check_engine_variables
from generator.planner.fleet import Fleet, plan_fleet
from generator.planner.gpu_sets import assign_gpus
from generator.planner.load import build_context, plan_load_generator, runs_kit_image
from generator.planner.model_source import choose_model
from generator.planner.node_gpus import judge_node, node_gpus
from generator.planner.nodes import check_nodes, choose_node, node_addresses, node_timeouts
from generator.planner.outline import Outline
from generator.planner.own_image import knowing_own_image, plan_engine_build, with_own_image
from generator.planner.parking import check_parking, plan_parking
from generator.planner.process_words import check_process_words
from generator.planner.processes import plan_processes
from generator.planner.resources import networks, secrets, volumes
from generator.planner.roles import cast
from generator.planner.routers import check_router
from generator.planner.security import check_access
from generator.planner.stack import choose_stack
from generator.planner.tracing import check_tracing
from generator.planner.watchers import Watchers, plan_watchers
from generator.planner.widths import check_widths
from generator.spec.model import DeploymentSpec


def plan_deployment(spec: DeploymentSpec, facts: HostFacts, *, rank: int = 0) -> DeploymentPlan:
    """Of several hosts the one of that rank. Raises PlanError with every fault found, HostError where the host
    leaves no choice."""
    decisions = Decisions()
    outline = _outline(spec, facts, rank, decisions)
    fleet = plan_fleet(outline, decisions)
    edge = plan_edge(outline, fleet, decisions)
    return _whole(outline, fleet, edge, plan_watchers(outline, fleet, edge), decisions)


def _whole(
    outline: Outline, fleet: Fleet, edge: Edge, watchers: Watchers, decisions: Decisions
) -> DeploymentPlan:
    prefetch, grafana, tracing = _prefetch(outline), watchers.grafana, watchers.tracing
    return DeploymentPlan(
        project=outline.spec.name,
        runtime=outline.runtime,
        engine=outline.engine,
        choices=tuple(decisions.choices),
        model=outline.model,
        timeouts=outline.timeouts,
        startup_deadline=outline.budget.deadline,
        node=outline.node,
        replicas=fleet.replicas,
        routers=fleet.routers,
        auxiliaries=fleet.auxiliaries,
        venvs=fleet.venvs,
        prefetch=prefetch,
        edge=edge,
        prometheus=watchers.prometheus,
        grafana=grafana,
        tracing=tracing,
        exporters=watchers.exporters,
        gpu_exporter=watchers.gpu_exporter,
        load_generator=plan_load_generator(outline, edge),
        networks=networks(outline, prefetch),
        volumes=volumes(outline, prefetch, grafana, tracing),
        scratch=store_volumes(outline),
        secrets=secrets(outline, prefetch, grafana),
        processes=_processes(outline, fleet, edge, watchers.prometheus),
        build_context=build_context(outline) if runs_kit_image(fleet.replicas) else "",
        simulated_model=plan_simulated_model(outline),
        warnings=tuple(decisions.warnings),
        log=LogRotation("50m", 5),
        kit_version=__version__,
        layouts=outline.gpus.layouts,
        parking=plan_parking(outline, fleet),
        engine_build=outline.own_image,
    )


def _outline(spec: DeploymentSpec, facts: HostFacts, rank: int, decisions: Decisions) -> Outline:
    runtime, engine_kind = choose_stack(spec, facts, decisions)
    own = plan_engine_build(spec, facts, runtime, engine_kind, decisions)
    roles = cast(with_own_image(spec, own), facts, engine_kind, decisions)
    spec = roles.spec
    model = choose_model(spec, facts, runtime, engine_kind, decisions)
    check_nodes(spec, decisions)
    node = choose_node(spec, rank, decisions)
    if node:
        gpus = node_gpus(spec, facts, engine_kind, node, decisions)
        judge_node(spec, facts, model, gpus, decisions)
    else:
        gpus = assign_gpus(spec, facts, engine_kind, model, decisions)
    where = node_addresses(assign_addresses(spec, facts, runtime, len(gpus.sets), decisions), node)
    check_access(spec, decisions)
    check_router(spec, decisions)
    check_dynamo(roles, engine_kind, decisions)
    check_tracing(spec, runtime, engine_kind, decisions)
    readers = knowing_own_image(engine_readers(spec, runtime, engine_kind, roles, gpus.overrides), own)
    check_releases(spec, readers, decisions)
    check_engine_arguments(spec, readers, engine_kind, decisions)
    check_copies(spec, engine_kind, decisions)
    check_cut_arguments(spec, roles.keyed(gpus.overrides), gpus.split, decisions)
    if any(gpus.sets) or spec.tensor_parallel_size:
        check_widths(spec, readers, gpus.split.tensor, decisions)
    check_context(spec, facts, model, readers, decisions)
    check_engine_variables(spec, readers, decisions)
    check_process_words(spec, runtime, roles.keyed(gpus.overrides), decisions)
    check_limits(spec, engine_kind, roles.serving(gpus.overrides), decisions)
    check_parking(spec, len(gpus.sets), decisions)
    check_capacity(spec, facts, runtime, engine_kind, decisions)
    check_ladder(spec, roles.keyed(gpus.overrides), decisions)
    if decisions.faults:
        raise PlanError(decisions.faults)
    budget = start_budget(spec, engine_kind, model.bytes, downloads=model.source == "handle")
    timeouts = node_timeouts(timeout_ladder(spec), node)
    return Outline(spec, facts, runtime, engine_kind, model, gpus, where, timeouts, budget, node, roles, own)


def _processes(outline: Outline, fleet: Fleet, edge: Edge, prometheus: Prometheus) -> tuple[Process, ...]:
    """None under Compose; the edge and Prometheus on the first node only."""
    if outline.contained:
        return ()
    front = (edge, prometheus) if outline.leads else None
    return plan_processes(fleet, front=front, timeouts=outline.timeouts)


def _prefetch(outline: Outline) -> Prefetch | None:
    if not outline.contained or outline.model.source != "handle":
        return None
    return engine.prefetch(outline.spec, outline.engine, outline.model)
