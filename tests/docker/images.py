"""Stand-ins under the very names that a deployment pulls, built on the test engine when their inputs changed."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from generator import images as names
from generator.runtime import kit_image
from tests.cache import announce, cache_root, content_hash, exclusive
from tests.docker import roots
from tests.docker.engine import Engine

KIT_ROOT = Path(__file__).parents[2]
STAND_INS = Path(__file__).parent / "standins"
KIT_INPUTS = (
    "Dockerfile",
    ".dockerignore",
    "requirements/kit.lock",
    "compose",
    "nginx",
    "generator",
    "simulator",
    "loadtest",
)
TELEMETRY = (names.COLLECTOR, names.TEMPO, names.LOKI, names.NATS_EXPORTER, names.GPU_EXPORTER)
INPUTS_LABEL = "sglbox-tests.inputs"
CERTIFICATES = Path("/etc/ssl/certs")


@dataclass(frozen=True)
class StandIn:
    """One image to build."""

    tags: tuple[str, ...]
    context: Path
    inputs: tuple[Path, ...]
    """Files that decide what is in it, besides `arguments`."""
    arguments: tuple[tuple[str, str], ...] = ()
    """Build arguments: the images it is made from."""
    contexts: tuple[tuple[str, Path], ...] = field(default=())
    """Further build contexts, by the name under which its Dockerfile copies from them."""


def python_image() -> str:
    """The base image that the kit's Dockerfile names."""
    match = re.search(r"^FROM (\S+)", (KIT_ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert match is not None
    return match[1]


def stand_ins(programs: Path) -> tuple[StandIn, ...]:
    """All of them, each after those it is made from."""
    unpacked = (("unpacked", programs),)
    return (
        _stand_in(
            "python", python_image(), root=roots.PYTHON.image, contexts=(("certificates", CERTIFICATES),)
        ),
        _stand_in("nginx", names.NGINX, root=roots.NGINX.image),
        _stand_in("prometheus", names.PROMETHEUS, root=roots.NGINX.image, contexts=unpacked),
        _stand_in("grafana", names.GRAFANA, python=python_image(), contexts=unpacked),
        _stand_in("telemetry", *TELEMETRY, python=python_image(), contexts=unpacked),
        StandIn((names.KIT,), context=KIT_ROOT, inputs=tuple(KIT_ROOT / path for path in KIT_INPUTS)),
        _stand_in("sglang", names.SGLANG, names.SGLANG_CPU, kit=names.KIT),
    )


def _stand_in(
    name: str, *tags: str, contexts: tuple[tuple[str, Path], ...] = (), **made_from: str
) -> StandIn:
    arguments = tuple((argument.upper(), image) for argument, image in made_from.items())
    context = STAND_INS / name
    return StandIn(tags, context=context, inputs=(context,), arguments=arguments, contexts=contexts)


def ensure(engine: Engine, *, only: Sequence[str] = ()) -> None:
    """Every stand-in and what it is made from, or those with a tag in `only`; quick when all is there."""
    with exclusive(cache_root() / "images.lock"):
        with ThreadPoolExecutor(max_workers=3) as side_by_side:
            programs = side_by_side.submit(roots.ensure_programs)
            list(side_by_side.map(lambda root: roots.ensure_root(root, engine), (roots.PYTHON, roots.NGINX)))
        for stand_in in stand_ins(programs.result()):
            if not only or set(only) & set(stand_in.tags):
                _ensure(stand_in, engine)


def _ensure(stand_in: StandIn, engine: Engine) -> None:
    bases = [image_id(engine, image) or "" for _, image in stand_in.arguments]
    if not stand_in.arguments:
        bases = [image_id(engine, python_image()) or ""]
    digest = content_hash(stand_in.inputs, also=[*bases, *stand_in.tags])
    if all(built_from(engine, tag) == digest for tag in stand_in.tags):
        return
    announce(f"building {', '.join(stand_in.tags)}: stand-in for what a registry would give")
    engine.docker("build", "--quiet", *_build_options(stand_in, digest=digest), str(stand_in.context))


def _build_options(stand_in: StandIn, *, digest: str) -> Sequence[str]:
    # The kit image is what `up` would build: with its label, or every first `up` would build it once more.
    own = (
        ("--label", f"{names.INPUTS_LABEL}={kit_image.digest_of(KIT_ROOT)}")
        if names.KIT in stand_in.tags
        else ()
    )
    return (
        *own,
        *("--label", f"{INPUTS_LABEL}={digest}"),
        *(word for tag in stand_in.tags for word in ("--tag", tag)),
        *(word for name, image in stand_in.arguments for word in ("--build-arg", f"{name}={image}")),
        *(word for name, path in stand_in.contexts for word in ("--build-context", f"{name}={path}")),
    )


def image_id(engine: Engine, image: str) -> str | None:
    """Id of an image that the engine has."""
    done = engine.try_docker("image", "inspect", "--format", "{{.Id}}", image)
    return done.stdout.strip() if done.returncode == 0 else None


def built_from(engine: Engine, image: str) -> str | None:
    """Digest of the inputs an image was built from, where it is one of ours."""
    form = f'{{{{index .Config.Labels "{INPUTS_LABEL}"}}}}'
    done = engine.try_docker("image", "inspect", "--format", form, image)
    return done.stdout.strip() if done.returncode == 0 else None
