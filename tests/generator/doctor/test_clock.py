"""The kernel's own opinion of its clock is read as it is."""

from __future__ import annotations

import shutil
import subprocess

from generator.doctor.clock import judge, read_clock


def test_the_kernel_is_asked_rightly() -> None:
    """Perl's syscall sees the same word of adjtimex(2): 159 on x86-64, 171 on arm64."""
    script = (
        "use POSIX; my $n = (POSIX::uname())[4] eq 'x86_64' ? 159 : 171; my $b = \"\\0\" x 256;"
        "my $r = syscall($n, $b); print $r < 0 ? 'unknown' : (unpack('x40 l', $b) & 64) ? 'unsynchronised' : 'synchronised'"
    )
    perl = shutil.which("perl") or "perl"
    expected = subprocess.run([perl, "-e", script], check=True, capture_output=True, text=True).stdout
    assert read_clock() == expected


def test_only_an_unsynchronised_clock_is_worth_a_look() -> None:
    assert judge("synchronised").status == "ok"
    assert judge("unknown").status == "ok"
    assert judge("unsynchronised").status == "warn"
