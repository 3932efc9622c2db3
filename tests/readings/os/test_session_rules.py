"""Rules of PAM: access.conf and limits.conf."""

from __future__ import annotations

import pytest
from hosts import bare

from techkit.readings.os import session_rules
from techkit.readings.supplements import Supplements

PEOPLE = ("alice", "bob")
PAM = ("account required pam_access.so\n",)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("-:ALL EXCEPT root:ALL\n", True),
        ("# -:ALL:ALL\n", False),
        ("-:ALL EXCEPT root alice:ALL\n", False),
        ("-:ALL EXCEPT root wheel:ALL\n", False),
        ("+:alice:ALL\n-:ALL:ALL\n", False),
        ("-:ALL EXCEPT root:ALL EXCEPT LOCAL\n", False),
        ("-:ALL:192.0.2.0/24\n", False),
        ("-:alice bob:LOCAL\n", True),
        ("rubbish\n", False),
    ],
)
def test_whom_access_conf_refuses(text: str, refused: bool) -> None:
    more = Supplements(bare({("read", session_rules.ACCESS): text}))
    found = session_rules.refusal(more, PAM, PEOPLE)
    assert (found is not None) is refused


def test_access_conf_counts_only_where_pam_asks_it() -> None:
    more = Supplements(bare({("read", session_rules.ACCESS): "-:ALL EXCEPT root:ALL\n"}))
    assert session_rules.refusal(more, ("# account required pam_access.so\n",), PEOPLE) is None
    assert session_rules.refusal(more, PAM, ()) is None


def test_limits_with_which_nobody_can_work() -> None:
    more = Supplements(
        bare(
            {
                ("read", session_rules.LIMITS): "# alice hard fsize 1\nalice hard fsize 1000\nbob hard nproc 2\n",
                ("listdir", session_rules.FOLDER): ["x.conf", "x.conf.old"],
                ("read", f"{session_rules.FOLDER}/x.conf"): "* soft core 0\n* soft nofile 1024\nbob hard nproc 4096\n",
            }
        )
    )
    assert session_rules.tight(more, PEOPLE) == (
        session_rules.Tight("alice", "fsize", 1000, session_rules.LIMITS, "alice hard fsize 1000"),
    )
