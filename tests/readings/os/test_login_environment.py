"""What every sign-in reads first."""

from __future__ import annotations

import pytest
from hosts import bare

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import login_environment


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("PATH=/opt/bin\n", "PATH=/opt/bin"),
        ('PATH="/usr/local/bin:/usr/bin:/bin"\n', ""),
        ("PATH=$PATH:/opt/bin\n", ""),
        ("LANG=C\n", ""),
        ("PATH=/opt/bin\nPATH=/usr/bin\n", ""),
    ],
)
def test_a_path_without_the_usual_programs(text: str, line: str) -> None:
    assert login_environment.parse_path(text) == line


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("export A=1\nexit 1\n", 2),
        ("exit\n", 1),
        ("if [ $USER = nobody ]; then\n  exit 0\nfi\n", 0),
        ("if true; then exit 0; fi\n", 0),
        ("[ -n $A ] || exit 0\n", 0),
        ("f() {\n  exit 1\n}\n", 0),
        ("case $A in\n  x) exit 1;;\nesac\nexit 3\n", 4),
        ("# exit 1\n", 0),
        ("for a in b; do\nexit\ndone\n", 0),
        ("( exit 1 )\n", 0),
    ],
)
def test_an_exit_that_nothing_guards(text: str, number: int) -> None:
    assert login_environment.parse_exit(text)[0] == number


def test_a_file_that_is_shut_to_us_is_not_taken_for_a_good_one() -> None:
    machine = bare({("read", "/etc/profile"): ProbeError(Reason.FORBIDDEN), ("read", "/etc/bashrc"): "exit 1\n"})
    assert [(one.file, one.why) for one in login_environment.spoilt(machine)] == [
        ("/etc/profile", "shut"), ("/etc/bashrc", "exit"),
    ]  # fmt: skip
