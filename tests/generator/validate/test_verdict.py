"""What programs print becomes a fault at its place."""

from __future__ import annotations

import pytest

from generator.errors import Fault
from generator.host.ask import Answer
from generator.validate import nginx, prometheus
from generator.validate.verdict import Verdict, quoted, ran


@pytest.mark.parametrize("status", [124, 125, 126, 127])
def test_a_program_that_did_not_run_has_judged_nothing(status: int) -> None:
    answer = Answer(status, "", "docker: Error response from daemon: no such image\nSee 'docker run --help'.")
    assert not ran(answer)
    assert prometheus.verdict(answer, judge="promtool", remedy="start it").faults == (
        Fault(
            prometheus.FILE,
            "was not checked: docker: Error response from daemon: no such image",
            "start it",
        ),
    )


def test_a_line_that_is_named_becomes_part_of_the_place() -> None:
    assert quoted(
        ["yaml: line 7: did not find expected key", "services must be a mapping"], file="compose.yaml"
    ) == (
        Fault("compose.yaml:7", "yaml: line 7: did not find expected key"),
        Fault("compose.yaml", "services must be a mapping"),
    )


def test_nginx_without_a_place_and_njs_with_one_on_the_next_line() -> None:
    said = (
        "2026/11/21 02:06:01 [emerg] 1#1: bind() to 10.0.0.1:80 failed (99: Cannot assign requested address)\n"
        '2026/11/21 02:06:01 [emerg] 1#1: SyntaxError: Unexpected token ";"\n    at nginx/js/edge.js:1\n\n'
        "nginx: configuration file nginx/nginx.conf test failed\n"
    )
    assert nginx.faults(said, status=1) == (
        Fault("nginx/nginx.conf", "bind() to 10.0.0.1:80 failed (99: Cannot assign requested address)"),
        Fault("nginx/js/edge.js:1", 'SyntaxError: Unexpected token ";"'),
    )


def test_nginx_that_fails_without_a_known_complaint_is_quoted_whole() -> None:
    assert nginx.faults("Segmentation fault\n", status=139) == (
        Fault("nginx/nginx.conf", "Segmentation fault"),
    )


def test_warnings_of_an_nginx_that_accepts_are_no_faults() -> None:
    assert nginx.faults("2026/11/21 02:06:01 [warn] 1#1: could not build optimal hash\n", status=0) == ()


def test_promtool_is_quoted_without_its_headlines() -> None:
    said = (
        "  FAILED: parsing YAML file /etc/prometheus/prometheus.yml: yaml: unmarshal errors:\n"
        "  line 9: field scrap_configs not found in type config.plain\n"
    )
    found = prometheus.verdict(Answer(1, "Checking\n", said), judge="promtool", remedy="")
    assert found == Verdict(
        prometheus.FILE,
        "promtool",
        (Fault("prometheus/prometheus.yml:9", "line 9: field scrap_configs not found in type config.plain"),),
    )
