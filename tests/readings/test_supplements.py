"""What is asked beside a check's main answer."""

from __future__ import annotations

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.supplements import Supplements


def test_an_answer_is_an_answer() -> None:
    more = Supplements(given({("read", "/a"): "text", ("listdir", "/b"): ["c"], ("stat", "/d"): {"kind": "file"}}))
    assert (more.read("/a"), more.listdir("/b"), more.exists("/d"), more.unseen) == ("text", ["c"], True, ())


def test_what_is_not_there_is_no_loss() -> None:
    missing = ProbeError(Reason.MISSING)
    more = Supplements(given({("read", "/a"): missing, ("listdir", "/b"): missing, ("stat", "/d"): missing}))
    assert (more.read("/a"), more.listdir("/b"), more.exists("/d"), more.unseen) == ("", [], False, ())


@pytest.mark.parametrize("reason", [Reason.FORBIDDEN, Reason.TIMEOUT, Reason.UNREADABLE, Reason.UNRECORDED])
def test_what_is_refused_is_told_once(reason: Reason) -> None:
    more = Supplements(given({("read", "/a"): ProbeError(reason), ("read", "/b"): ""}))
    assert [more.read(path) for path in ("/a", "/a", "/b")] == ["", "", ""]
    assert more.unseen == (Gap("/a", reason, question="read"),)
