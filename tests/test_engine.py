"""The engine: a check may raise, hang, lie or return rubbish, and costs only its own line."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from hosts import MACHINE, given

from techkit import engine, registry
from techkit.check import Check, Unseen, critical, info, warning
from techkit.host import Host, ProbeError
from techkit.model import Finding, Outcome, Reason, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def check(verdicts: Callable[[], Any], **more: Any) -> Check[Any, None]:
    """A check whose probe gives what its judge yields."""

    def probe(_host: Host) -> Any:
        return verdicts()

    def judge(seen: Any, _limits: None) -> Any:
        return seen

    return Check(probe=probe, judge=judge, limits=None, **more)


def run(checks: dict[str, Check[Any, None]], deadline: float = 5) -> dict[str, Result]:
    plan = engine.Plan(checks, dict.fromkeys(checks))
    return {result.check: result for result in engine.run(given(), plan, deadline=deadline).results}


def broken() -> Any:
    raise ValueError("rubbish")


def refused() -> Any:
    raise ProbeError(Reason.FORBIDDEN, "/dev/sda")


def pointless() -> Any:
    raise ProbeError(Reason.INAPPLICABLE)


@pytest.mark.parametrize(
    ("verdicts", "outcome", "reason"),
    [
        (broken, Outcome.UNKNOWN, Reason.BROKEN),
        (lambda: None, Outcome.UNKNOWN, Reason.BROKEN),
        (lambda: ["not a finding"], Outcome.UNKNOWN, Reason.BROKEN),
        (lambda: [warning("odd", "x", fact=object())], Outcome.UNKNOWN, Reason.BROKEN),  # type: ignore[arg-type]
        (refused, Outcome.UNKNOWN, Reason.FORBIDDEN),
        (pointless, Outcome.SKIPPED, Reason.INAPPLICABLE),
        (lambda: [Unseen("x", Reason.TIMEOUT)], Outcome.UNKNOWN, Reason.TIMEOUT),
    ],
)
def test_what_goes_wrong_is_told_with_its_reason(verdicts: Callable[[], Any], outcome: Outcome, reason: Reason) -> None:
    results = run({"a.bad": check(verdicts), "a.good": check(list)})
    assert results["a.bad"].outcome == outcome
    assert results["a.bad"].gaps[0].reason == reason
    assert results["a.good"].outcome == Outcome.OK


def test_a_hanging_probe_costs_its_own_line_and_no_more_time_than_its_deadline() -> None:
    late = threading.Event()
    began = time.monotonic()
    results = run({"a.hangs": check(lambda: late.wait(30)), "a.good": check(list)}, deadline=0.3)
    assert time.monotonic() - began < 1.5
    assert results["a.hangs"].gaps[0].reason == Reason.TIMEOUT
    assert results["a.good"].outcome == Outcome.OK
    late.set()  # what it still says disturbs nobody: an exception in its thread would fail this test
    for thread in threading.enumerate():
        if thread.name == "a.hangs":
            thread.join(5)


def few_threads(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """A system that allows no more than so many threads beside the one that runs."""
    start, others = threading.Thread.start, threading.active_count()

    def limited(thread: threading.Thread) -> None:
        if threading.active_count() - others >= most:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", limited)


def test_where_few_threads_are_allowed_the_checks_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly() -> list[Finding]:
        time.sleep(0.05)
        return []

    few_threads(monkeypatch, 2)
    results = run({f"a.check{number}": check(slowly) for number in range(8)})
    assert {result.outcome for result in results.values()} == {Outcome.OK}


def test_where_no_thread_is_allowed_every_check_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    few_threads(monkeypatch, 0)
    results = run({f"a.check{number}": check(list) for number in range(3)})
    assert [result.gaps[0].reason for result in results.values()] == [Reason.TIMEOUT] * 3


def test_codes_are_completed_and_an_unknown_part_does_not_hide_a_finding() -> None:
    result = run({"a.b": check(lambda: [critical("bad", "x"), Unseen("y", Reason.TIMEOUT)])})["a.b"]
    assert result.findings == (Finding("a.b.bad", critical("bad", "x").severity, "x"),)
    assert result.outcome == Outcome.FOUND
    assert result.gaps


def test_a_finding_blocks_what_it_makes_meaningless_and_what_that_would_have_blocked() -> None:
    results = run(
        {
            "a.cable": check(lambda: [critical("pulled", "eth0")]),
            "b.address": check(broken, blocked_by=("a.cable.pulled",)),
            "c.names": check(broken, blocked_by=("b.address.none",)),
            "d.other": check(list, blocked_by=("a.cable.cut",)),
        }
    )
    assert results["b.address"].outcome == Outcome.SKIPPED
    assert results["b.address"].blocked_by == "a.cable.pulled"
    assert results["c.names"].blocked_by == "a.cable.pulled"
    assert results["d.other"].outcome == Outcome.OK


def test_unknown_blocks_nothing() -> None:
    results = run({"a.cable": check(refused), "b.address": check(list, blocked_by=("a.cable.pulled",))})
    assert results["b.address"].outcome == Outcome.OK


def test_a_check_for_another_system_is_silent() -> None:
    assert MACHINE["system"] == "linux"
    assert run({"a.b": check(broken, systems=("windows",))})["a.b"].outcome == Outcome.SKIPPED


def test_no_checks_is_no_trouble() -> None:
    assert run({}) == {}


def test_interrupting_keeps_what_has_ended() -> None:
    def watch(name: str, result: Result | None) -> None:
        if name == "a.good" and result:
            raise KeyboardInterrupt

    never = threading.Event()
    plan = engine.Plan(
        {"a.good": check(list), "a.hangs": check(lambda: never.wait(30))}, {"a.good": None, "a.hangs": None}
    )
    done = engine.run(given(), plan, watch=watch)
    assert not done.complete
    assert [result.check for result in done.results] == ["a.good"]


def test_a_check_by_name_brings_its_blockers() -> None:
    for name in registry.names():
        chosen = engine.plan((name,)).checks
        assert engine.blockers(registry.load(name)) <= chosen.keys()


def test_limits_that_do_not_fit_are_refused_with_their_place() -> None:
    with pytest.raises(engine.LimitsError, match=r"disk\.space: "):
        engine.plan(("disk.space",), limits={"disk.space": {"warning": "much"}})
    with pytest.raises(engine.LimitsError, match=r"disk\.space: "):
        engine.plan(("disk.space",), limits={"disk.space": {"warming": 0.1}})
    with pytest.raises(engine.LimitsError, match=r"disk\.spaces"):
        engine.plan(("disk.space",), limits={"disk.spaces": {}})


def test_identical_questions_are_asked_once() -> None:
    from hosts import Given

    source = Given({("read", "/x"): "text"})
    host = Host(source)
    assert [host.read("/x"), host.read("/x")] == ["text", "text"]
    assert source.asked.count(("read", "/x")) == 1


def test_side_by_side_keeps_order_and_errors() -> None:
    host = given({("read", "/a"): "a"})
    answers = host.side_by_side([lambda: host.read("/a"), lambda: host.read("/missing"), lambda: 3])
    assert answers[0] == "a"
    assert isinstance(answers[1], ProbeError)
    assert answers[2] == 3


def verdicts() -> Iterator[Finding]:
    yield info("note", "x")


def test_a_note_is_found_but_no_alarm() -> None:
    assert run({"a.b": check(verdicts)})["a.b"].outcome == Outcome.FOUND
