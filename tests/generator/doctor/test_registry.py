"""A registry is asked as Docker asks it. The stub speaks the distribution API with token authentication."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from generator.doctor.images import check_images, judge, pulled_images
from generator.doctor.reference import parse_reference
from generator.doctor.registry import Lookup, look_up
from tests.generator.doctor.subjects import DOCKER_HOST, GPU_HOST, PLAIN_HOST, subject
from tests.stub_http import Reply, Request, stub_server

PAGES = {"": (["v0.5.19", "v0.5.20"], "v0.5.20"), "v0.5.20": (["v0.5.21", "v0.5.21-xeon"], "")}


def registry(request: Request) -> Reply:
    """`open/app` needs an anonymous token, `closed/app` gives none that helps, `flaky/app` is out of order."""
    url = urlsplit(request.path)
    query = parse_qs(url.query)
    if url.path == "/token":
        return Reply(body={"token": query["scope"][0]})
    repository = url.path.removeprefix("/v2/").rsplit("/", 2)[0]
    if repository == "flaky/app":
        return Reply(500, "out of order")
    scope = f"repository:{repository}:pull"
    if repository == "closed/app" or request.headers.get("authorization") != f"Bearer {scope}":
        realm = f"http://{request.headers['host']}/token"
        challenge = f'Bearer realm="{realm}",service="stub",scope="{scope}"'
        return Reply(401, "", {"WWW-Authenticate": challenge})
    if url.path.endswith("/tags/list"):
        names, last = PAGES[query.get("last", [""])[0]]
        link = {"Link": f'<{url.path}?n=1000&last={last}>; rel="next"'} if last else {}
        return Reply(body={"name": repository, "tags": names}, headers=link)
    known = {tag for names, _ in PAGES.values() for tag in names}
    return Reply(200 if url.path.rpartition("/")[2] in known else 404)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the stub is."""
    with stub_server(registry) as found:
        yield found


def test_a_tag_that_is_there_exists(address: str) -> None:
    assert look_up(parse_reference(f"{address}/open/app:v0.5.21")) == Lookup("exists")


def test_a_tag_that_is_not_comes_with_all_pages_of_those_that_are(address: str) -> None:
    lookup = look_up(parse_reference(f"{address}/open/app:v0.5.23"))
    assert lookup == Lookup("missing", tags=("v0.5.19", "v0.5.20", "v0.5.21", "v0.5.21-xeon"))


def test_the_report_names_the_nearest_tag(address: str) -> None:
    image = f"{address}/open/app:v0.5.23"
    finding = judge(image, lookup=look_up(parse_reference(image)))
    assert (finding.status, finding.remedy) == ("fail", "nearest that exist: v0.5.21")


def test_a_repository_that_needs_a_login_is_worth_a_look(address: str) -> None:
    image = f"{address}/closed/app:v1"
    assert look_up(parse_reference(image)) == Lookup("refused")
    assert judge(image, lookup=Lookup("refused")).status == "warn"


def test_a_registry_in_trouble_or_not_there_is_no_fault_of_the_image(address: str) -> None:
    assert look_up(parse_reference(f"{address}/flaky/app:v1")).existence == "unreachable"
    with stub_server(registry) as gone:
        pass
    image = f"{gone}/open/app:v1"
    finding = judge(image, lookup=look_up(parse_reference(image)))
    assert finding.status == "warn"
    assert finding.found.startswith(f"{gone} can't be reached: ")


def test_what_is_built_is_not_looked_for_and_each_image_only_once() -> None:
    assert pulled_images(subject(DOCKER_HOST, replicas=3).plan)[0].startswith("nginx:")
    assert [image.partition(":")[0] for image in pulled_images(subject(GPU_HOST).plan)] == [
        "lmsysorg/sglang",
        "nginx",
        "prom/prometheus",
        "grafana/grafana",
    ]
    assert list(check_images(subject(PLAIN_HOST))) == []
