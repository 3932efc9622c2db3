"""The out-of-memory killer's words, hung tasks, stuck processors, and Windows' detector."""

from __future__ import annotations

from hosts import given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.model import KiB
from techkit.readings.os import hung_tasks, load, memory_kills
from techkit.readings.os.kernel_log import Message
from techkit.readings.os.memory_kills import Exhausted, Kill

NEW = (
    "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,task_memcg=/system.slice/r.service,task=r,pid=1187,uid=0",
    "Memory cgroup out of memory: Killed process 1187 (reportd) total-vm:812344kB, anon-rss:702112kB, file-rss:3400kB",
    "Memory cgroup out of memory: Killed process 1190 (reportd) total-vm:812344kB, anon-rss:702112kB, file-rss:3400kB",
)
OLD = ("Out of memory: Kill process 77 (Web Content) score 901 or sacrifice child",)


def test_kills_by_program() -> None:
    found = memory_kills.parse(Message(text, float(when)) for when, text in enumerate((*NEW, *OLD)))
    assert found == (
        Kill("reportd", limited=True, count=2, time=2.0, held=702112 * KiB, unit=""),
        Kill("Web Content", time=3.0),
    )
    first = memory_kills.parse(Message(text) for text in NEW[:2])
    assert first[0].unit == "r.service"


EXHAUSTION = {
    "SystemInfo/SystemCommitLimit": "28285681664", "SystemInfo/SystemCommitCharge": "28097462272",
    "SystemInfo/PhysicalMemorySize": "8450822144", "PagedPoolInfo/Tag_1/Name": "Gpbm",
    "ProcessInfo/Process_1/Name": "explorer.exe", "ProcessInfo/Process_1/ID": "30876",
    "ProcessInfo/Process_2/Name": "vmmemWSL", "ProcessInfo/Process_3/Name": "explorer.exe",
    "ProcessInfo/Process_4/Name": "",
}  # fmt: skip
"""Parts of a record published with its XML."""


def test_windows_detector_names_what_had_most_and_how_much_there_was() -> None:
    record = {"time": 5.0, "data": EXHAUSTION}
    events = ("events", "System", (memory_kills.EXHAUSTED,), memory_kills.DAYS, (memory_kills.DETECTOR,))
    found = memory_kills.exhausted(given({events: [record, record]}))
    assert found == Exhausted(2, 5.0, ("explorer.exe", "vmmemWSL"), 28285681664, 8450822144)
    assert memory_kills.exhausted(given({events: []})) is None
    assert memory_kills.exhausted(given({events: [{"time": 5.0, "data": ["x"]}]})) == Exhausted(1, 5.0)


def test_hung_tasks_and_stuck_processors() -> None:
    texts = (
        "INFO: task tar:815 blocked for more than 120 seconds.",
        "INFO: task tar:815 blocked for more than 241 seconds.",
        "INFO: task kworker/u8:2:99 blocked in I/O wait for more than 122 seconds.",
        "watchdog: BUG: soft lockup - CPU#3 stuck for 26s! [kvm-nx:1402]",
        "Watchdog detected hard LOCKUP on cpu 1",
    )
    messages = [Message(text, 1.0) for text in texts]
    assert [(one.program, one.pid, one.seconds) for one in hung_tasks.hung(messages)] == [
        ("tar", 815, 241),
        ("kworker/u8:2", 99, 122),
    ]
    assert [(one.cpu, one.seconds, one.program) for one in hung_tasks.locked(messages)] == [
        (3, 26, "kvm-nx"),
        (1, None, ""),
    ]


def test_pressure() -> None:
    text = "some avg10=1.00 avg60=12.50 avg300=0.00 total=5\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
    assert load.parse_pressure(text) == 0.125
    assert load.parse_pressure("") is None


@any_of(st.text(max_size=300))
def test_no_text_breaks_the_parsers(text: str) -> None:
    memory_kills.parse([Message(text), Message(f"Out of memory: {text}")])
    memory_kills.programs({f"Process{text}Name": text})
    hung_tasks.hung([Message(text)])
    hung_tasks.locked([Message(text)])
    load.parse_pressure(text)
