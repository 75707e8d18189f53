"""What any service says of its command, its port and its configuration (tini, SGLang 0.5.23, NGINX, Prometheus)."""

from __future__ import annotations

from generator.runtime.fingerprints.fingerprint import Fingerprint, known

FINGERPRINTS: tuple[Fingerprint, ...] = (
    known(
        r"\[FATAL tini [^\]]*\] exec (\S+) failed|exec: \"([^\"]+)\": executable file not found",
        "its command {} can't be run in the image",
        "check the image: it is not the one meant",
    ),
    known(
        r"couldn't exec ([^\s:]+): E\w+",
        "its program {} can't be executed",
        "see whether it is there and may be executed, with `ls -l`",
    ),
    known(
        r"unrecognized arguments: ([^\n]+)|ambiguous option: (\S+)|error: (argument [^\n]+)",
        "the server does not take {}",
        "correct extra_args; `sglbox validate` checks every flag against the pinned version",
    ),
    known(
        r"\[emerg\] (?:\d+#\d+: )?([^\n]*address already in use[^\n]*)|(?:oserror|errno 98|error).*"
        r"address already in use",
        "its port is held by another program",
        "see who with `ss -ltnp`; end it, or change the port in deployment.yaml",
    ),
    known(
        r"\[emerg\] (?:\d+#\d+: )?([^\n]+)",
        "NGINX refuses its configuration: {}",
        "this is the kit's file: run `sglbox validate` and report it",
    ),
    known(
        r"error loading config[^\n]*err=\"?([^\n\"]+)",
        "Prometheus refuses its configuration: {}",
        "this is the kit's file: run `sglbox validate` and report it",
    ),
    known(
        r"watchdog timeout",
        "the engine was stuck longer than its watchdog allows",
        "see the stack traces above it in the log",
    ),
)
