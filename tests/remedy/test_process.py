"""Processes: the right one is ended, and only that one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from hosts import given

from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = Step("x", "x", "process", {"pid": "{pid}", "started": "{started}", "name": "{name}", "patience": 1})
SLEEPER = "import signal,sys,time; signal.signal(signal.SIGTERM, {how}); print(flush=True); time.sleep(60)"


def running(how: str) -> subprocess.Popen[bytes]:
    child = subprocess.Popen([sys.executable, "-c", SLEEPER.format(how=how)], stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    return child


@pytest.fixture(params=["signal.SIG_DFL", "signal.SIG_IGN"], ids=["polite", "stubborn"])
def child(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    child = running(request.param)
    yield child
    child.kill()
    child.communicate()


def facts(pid: int, **changed: object) -> dict[str, object]:
    process = psutil.Process(pid)
    return {"pid": pid, "started": process.create_time(), "name": process.name()} | changed


def test_it_is_ended_whether_it_wants_or_not(child: subprocess.Popen[bytes]) -> None:
    change = actions.prepare(STEP, facts(child.pid), given())  # type: ignore[arg-type]
    assert [shown.key for shown in change.shown] == ["fix.process_ends"]
    assert not change.undoable
    assert not actions.undoable(STEP)
    actions.apply(change)
    assert child.wait(5)
    actions.apply(change)  # again: nothing


def test_another_with_the_same_number_is_left_alone() -> None:
    child = running("signal.SIG_DFL")
    try:
        for changed in ({"started": time.time() - 3600}, {"name": "somebody"}):
            change = actions.prepare(STEP, facts(child.pid, **changed), given())  # type: ignore[arg-type]
            assert change.shown == ()
            actions.apply(msgspec_with(change, patience=1))
        assert child.poll() is None
    finally:
        child.kill()
        child.communicate()


def msgspec_with(change: actions.Change, **after: object) -> actions.Change:
    return actions.Change(change.kind, change.before, after)


@pytest.mark.skipif(sys.platform == "win32", reason="the processes of Linux")
def test_neither_we_nor_our_parents_nor_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for pid in (os.getpid(), os.getppid(), 1):
        with pytest.raises(ActionError) as caught:
            actions.prepare(STEP, facts(pid), given())  # type: ignore[arg-type]
        assert caught.value.shown.key in {"fix.never_ends", "fix.process_forbidden"}
    child = running("signal.SIG_DFL")
    try:
        monkeypatch.setattr(psutil.Process, "name", lambda _self: "clamd")
        with pytest.raises(ActionError) as caught:
            actions.prepare(STEP, facts(child.pid), given())  # type: ignore[arg-type]
        assert caught.value.shown.key == "fix.never_ends"
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("pid", [0, -1, True, "7", None, 1.5])
def test_a_number_that_is_none_is_refused(pid: object) -> None:
    with pytest.raises(ActionError):
        actions.prepare(STEP, {"pid": pid, "started": 0.0, "name": "x"}, given())  # type: ignore[dict-item]


def test_a_page_cannot_name_a_process_by_itself() -> None:
    with pytest.raises(ValueError, match="is not a fact"):
        actions.parse(Step("x", "x", "process", {"pid": "1", "started": "{started}", "name": "{name}"}))
