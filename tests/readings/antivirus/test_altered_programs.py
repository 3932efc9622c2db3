"""Programs compared with the checksums of their packages."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import bare

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.antivirus import altered_programs

GOOD, BAD = "08a07e7517a09d2f40e2618eff4adf22", "ffffffffffffffffffffffffffffffff"
LIST = f"{GOOD}  bin/ps\ncacf6bcf70953d709299c228cd39556b  usr/bin/top\n{GOOD}  usr/share/doc/procps/ps\n"


def machine(printed: str, **more: Any) -> dict[tuple[Any, ...], Any]:
    answers: dict[tuple[Any, ...], Any] = {
        ("stat", altered_programs.INFO): {"kind": "folder"},
        ("read", f"{altered_programs.INFO}/procps.md5sums"): LIST,
        ("run", "md5sum", "--", "/bin/ps", "/usr/bin/top"): {"code": 0, "out": printed, "err": ""},
    }
    answers.update(more.get("answers", {}))
    return answers


def test_a_replaced_program_is_found() -> None:
    printed = f"{BAD}  /bin/ps\ncacf6bcf70953d709299c228cd39556b  /usr/bin/top\n"
    assert [(one.path, one.package) for one in altered_programs.changed(bare(machine(printed)))] == [
        ("/bin/ps", "procps")
    ]


def test_what_is_as_it_was_or_was_taken_away_is_no_intruder() -> None:
    assert altered_programs.changed(bare(machine(f"{GOOD}  /bin/ps\n"))) == ()


def test_a_diverted_program_is_somebodys_wish() -> None:
    diverted = {
        ("read", altered_programs.DIVERSIONS): "/bin/ps\n/bin/ps.distrib\nours\n",
        ("run", "md5sum", "--", "/usr/bin/top"): {"code": 0, "out": f"{BAD}  /usr/bin/top\n", "err": ""},
    }
    assert [one.path for one in altered_programs.changed(bare(machine("", answers=diverted)))] == ["/usr/bin/top"]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({}, Reason.INAPPLICABLE),
        ({("stat", altered_programs.INFO): {"kind": "folder"}}, Reason.MISSING),
        (machine(""), Reason.UNREADABLE),
    ],
)
def test_no_answer_is_no_health(answers: dict[tuple[Any, ...], Any], reason: Reason) -> None:
    with pytest.raises(ProbeError) as error:
        altered_programs.changed(bare(answers))
    assert error.value.reason is reason
