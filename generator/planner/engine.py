"""What an engine is started with: argv, environment, mounts, health check.

Flags, environment variables and timings are SGLang 0.5.23's, read in its source and tried on its CPU server.
"""

from __future__ import annotations

from generator import images
from generator.facts import HostFacts
from generator.plan.model import EngineKind, Environment, HealthCheck, Model, Mount, Prefetch
from generator.planner import addresses, disaggregation
from generator.planner.addresses import replica_name
from generator.planner.budgets import HEALTH_SECONDS
from generator.planner.copies import copies
from generator.planner.model_source import CHECKPOINT_DIR, PREFETCH_DIR
from generator.planner.nodes import distributed_arguments, node_environment
from generator.planner.outline import Outline
from generator.planner.trace_export import engine_arguments, engine_environment
from generator.sizing.weights import Split
from generator.spec.model import DeploymentSpec, ReplicaSpec

HF_TOKEN = "hf_token"  # noqa: S105 - the secret's name, not the secret
SECRETS_DIR = "/run/secrets"
COMPILED_DIR = "/var/cache/sglang"

_IMAGES: dict[EngineKind, str] = {
    "sglang": images.SGLANG,
    "sglang-cpu": images.SGLANG_CPU,
    "simulator": images.KIT,
}
# Without a bound the CPU engine sizes its KV pool from free memory: tens of gigabytes, a minute to allocate.
_CPU_KV_TOKENS = "65536"
_START_INTERVAL_SINCE = (25,)


def image(spec: DeploymentSpec, engine: EngineKind, override: ReplicaSpec) -> str:
    """The replica's own, the spec's, else the pinned one. An engine's image has no simulator."""
    if engine == "simulator" and spec.routing != "dynamo":
        return images.KIT
    return override.image or _common_image(spec, engine)


def _common_image(spec: DeploymentSpec, engine: EngineKind) -> str:
    """Workers of Dynamo, simulated ones too, run from an image that has both Dynamo and SGLang."""
    if spec.routing == "dynamo":
        return spec.dynamo.image or spec.image or images.DYNAMO
    return spec.image or _IMAGES[engine]


def argv(outline: Outline, number: int, *, bind: tuple[str, int]) -> tuple[str, ...]:
    """The whole command of one replica. Only full flag names: abbreviations break with the next release."""
    spec, model, override = outline.spec, outline.model, outline.gpus.overrides[number]
    extra = (*spec.extra_args, *override.extra_args)
    context = override.context_length or spec.context_length
    return (
        *_launcher(outline),
        *("--served-model-name", model.served_name),
        *("--host", bind[0], "--port", str(bind[1])),
        *cut(outline.gpus.split, copies(spec)),
        *distributed_arguments(outline.node, outline.budget.deadline),
        *(("--context-length", str(context)) if context else ()),
        *(("--revision", model.revision) if model.revision and not outline.contained else ()),
        *("--enable-metrics", "--enable-cache-report"),
        *engine_arguments(outline),
        *_engine_defaults(outline, extra),
        *disaggregation.arguments(outline, number),
        *outline.gpus.arguments,
        *extra,
    )


def cut(split: Split, times: int) -> tuple[str, ...]:
    """How the model is spread over the GPUs of a replica, and how many times it is there."""
    stages = ("--pp-size", str(split.pipeline)) if split.pipeline > 1 else ()
    return ("--tp-size", str(split.tensor), *stages, *(("--dp-size", str(times)) if times > 1 else ()))


def _launcher(outline: Outline) -> tuple[str, ...]:
    facts, path = outline.facts, outline.model.path
    if outline.engine == "simulator":
        python = "python" if outline.contained else facts.kit_python
        return (python, "-m", "simulator", "serve", "--model-path", path)
    if not outline.contained:
        python = outline.spec.engine_python or facts.kit_python
        return (python, "-m", "sglang.launch_server", "--model-path", path)
    # `--model-type llm` spares the look-up at the hub that tells language models from diffusion models.
    return ("sglang", "serve", "--model-path", path, "--model-type", "llm")


def _engine_defaults(outline: Outline, extra: tuple[str, ...]) -> tuple[str, ...]:
    if outline.engine == "simulator":
        simulator = outline.spec.simulator
        return (
            *("--sim-preset", simulator.preset, "--sim-seed", str(simulator.seed)),
            *("--sim-startup-seconds", f"{simulator.startup_seconds:g}"),
        )
    if outline.engine == "sglang":
        return ()
    given = {argument.partition("=")[0] for argument in extra}
    pool = () if "--max-total-tokens" in given else ("--max-total-tokens", _CPU_KV_TOKENS)
    return ("--device", "cpu", "--sleep-on-idle", *pool)


def environment(outline: Outline, number: int) -> Environment:
    """Of one replica, sorted by name. The operator's variables win over the plan's."""
    spec, override = outline.spec, outline.gpus.overrides[number]
    own = _simulator_environment(outline) if outline.engine == "simulator" else _engine_environment(outline)
    role = outline.cast.role(number)
    apart = {
        **node_environment(spec, outline.node),
        **disaggregation.environment(outline, role),
        **engine_environment(outline, replica_name(outline.cast.place(number), role)),
    }
    return tuple(sorted({**own, **apart, **spec.env_vars, **override.env_vars}.items()))


def _simulator_environment(outline: Outline) -> dict[str, str]:
    return {} if outline.contained else {"PYTHONPATH": outline.facts.kit_root}


def _engine_environment(outline: Outline) -> dict[str, str]:
    values = {
        "SGLANG_REQ_RUNNING_TIMEOUT": str(outline.timeouts.request),
        "SGLANG_REQ_WAITING_TIMEOUT": str(outline.timeouts.queue),
    }
    if outline.engine == "sglang":
        values |= {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "NCCL_DEBUG": "WARN"}
    else:
        values["SGLANG_USE_CPU_ENGINE"] = "1"
    if outline.contained:
        return values | {
            "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_OFFLINE": "1",
            "HF_HOME": f"{COMPILED_DIR}/huggingface",
            "SGLANG_CACHE_DIR": COMPILED_DIR,
        }
    return values | ({"HF_TOKEN_PATH": outline.spec.hf_token_file} if outline.spec.hf_token_file else {})


def mounts(model: Model, engine: EngineKind) -> tuple[Mount, ...]:
    """Weights read-only; compiled kernels in a volume, so that only the first start pays for them."""
    if engine == "simulator":
        return ()
    if model.source == "handle":
        weights = Mount("volume", addresses.MODELS_VOLUME, PREFETCH_DIR, "ro")
    else:
        weights = Mount("bind", model.checkpoint, CHECKPOINT_DIR, "ro")
    return (weights, Mount("volume", addresses.COMPILED_VOLUME, COMPILED_DIR, "rw"))


def health(facts: HostFacts, at: tuple[str, int], load_seconds: int) -> HealthCheck:
    """`/health` makes the scheduler answer: at least 1 s when idle, 503 after 20 s when it hangs.

    The check runs in Python, which every engine image has; curl is not in all of them.
    """
    url = f"http://{at[0]}:{at[1]}/health"
    return HealthCheck(
        test=(
            "CMD",
            "python3",
            "-c",
            f"import urllib.request as r; r.urlopen('{url}', timeout={HEALTH_SECONDS})",
        ),
        interval=15,
        timeout=HEALTH_SECONDS + 5,
        retries=3,
        start_period=load_seconds,
        start_interval=start_interval(facts),
    )


def start_interval(facts: HostFacts) -> int | None:
    """Engines before 25 refuse the key."""
    engine = facts.docker.engine if facts.docker else _START_INTERVAL_SINCE
    return 2 if engine >= _START_INTERVAL_SINCE else None


def shm_size(outline: Outline) -> str:
    """Docker's 64 MB break NCCL between the processes of one replica; it is a limit, not an allocation."""
    if outline.spec.shm_size:
        return outline.spec.shm_size
    if outline.engine == "simulator":
        return "64m"
    return "32g" if outline.gpus.split.gpus * copies(outline.spec) > 1 else "8g"


def prefetch(spec: DeploymentSpec, engine: EngineKind, model: Model) -> Prefetch:
    """Downloads (or resumes, or finds complete) the handle into the model volume."""
    revision = ("--revision", model.revision) if model.revision else ()
    token = (("HF_TOKEN_PATH", f"{SECRETS_DIR}/{HF_TOKEN}"),) if spec.hf_token_file else ()
    return Prefetch(
        name=addresses.PREFETCH,
        image=_common_image(spec, engine),
        argv=("hf", "download", model.handle, *revision, "--local-dir", model.path),
        environment=tuple(sorted((("HF_HOME", "/tmp/huggingface"), *token))),  # noqa: S108 - the container's own
        mounts=(Mount("volume", addresses.MODELS_VOLUME, PREFETCH_DIR, "rw"),),
        secrets=(HF_TOKEN,) if spec.hf_token_file else (),
    )
