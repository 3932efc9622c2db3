"""Nothing is no good news: a source that says nothing where every Windows has something leaves its checks in doubt.

`techkit.host.always` names such sources; what else a healthy PC of the tapes must have is named here. Each is emptied
on every healthy tape, and who asks it has to say that it does not know, or find something.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from conftest import TAPES
from hosts import MACHINE, given
from test_windows_sources import checks, source

from techkit import engine
from techkit.host import Host, ProbeError, always
from techkit.host.tape import Entry, Recording, Tape, load
from techkit.model import Outcome, Reason

HEALTHY = (
    "windows-10-healthy-german", "windows-10-healthy-russian", "windows-11-healthy", "windows-11-kaspersky",
    "windows-11-laptop-russian", "windows-11-laptop-turkish", "windows-11-not-administrator", "windows-server-2019",
    "windows-server-controller",
)  # fmt: skip
CLASSES = always.ROWS | {"SoftwareLicensingProduct", "Win32_EncryptableVolume"}
"""Beside what always has rows: a Windows has a licence or a time to get one; who may ask for encryption sees every
volume."""
WHOLE = {"drives", "granted", "members", "processes"}
"""Questions without an empty answer: a disk is there, somebody may read Windows and is administrator, we run."""
OTHER_DOORS = {
    "MSFT_Disk": {"drives"},
    "MSFT_MpComputerStatus": {"AntiVirusProduct", "protected"},
    "MSFT_NetAdapter": {"psutil"},
    "MSFT_NetRoute": {"registry"},
    "MSFT_PhysicalDisk": {"drives"},
    "MSFT_Volume": {"Win32_Volume"},
    "Win32_Volume": {"MSFT_Volume"},
    "drives": {"MSFT_Disk", "MSFT_PhysicalDisk"},
}
"""Through which the same is seen: only without them too is nothing known."""
BESIDE = {
    "CurrentVersion": {"disk.logs"},
    "MSFT_DNSClientServerAddress": {"network.address", "network.gateway", "os.domain"},
    "MSFT_Disk": {"disk.mounts"},
    "MSFT_MpComputerStatus": {"antivirus.exclusions", "antivirus.hardening", "antivirus.presence"},
    "MSFT_NetRoute": {"network.address", "network.dns", "network.mtu", "network.quality", "network.resolver"},
    "Win32_ComputerSystem": {"antivirus.administrators"},
}
"""Where it is asked for something beside the matter."""
COLOUR = {"MSFT_NetIPInterface", "Internet Settings"}
"""What a route costs, and the proxy for what we ask ourselves: network.ipv4 and network.proxy tell."""


def place(entry: Entry) -> str:
    """What a question is put to: a class, the last part of a key, a log, or what is asked itself."""
    kind, *rest = entry.ask
    return str({"wmi": rest[1:2], "registry": rest[:1], "events": rest[:1]}.get(kind, [kind])[0]).rpartition("\\")[2]


def emptied(entry: Entry) -> Entry | None:
    """The same question with nothing for an answer; None where that may be."""
    kind = entry.ask[0]
    if not entry.answer:
        return None
    if kind == "registry" and always.has_values(entry.ask[1]):
        return Entry(entry.ask, {"values": {}, "keys": []})
    full = (kind == "wmi" and entry.ask[2] in CLASSES) or (kind == "events" and entry.ask[1] == always.SYSTEM)
    return Entry(entry.ask, []) if full or kind in WHOLE else None


def outcome(host: Host, name: str) -> Outcome:
    """What becomes of one check by itself."""
    check = checks()[name]
    return engine.run(host, engine.Plan({name: check}, {name: check.limits})).results[0].outcome


@pytest.mark.parametrize("tape", HEALTHY)
def test_nothing_where_every_windows_has_something_is_not_taken_for_health(tape: str) -> None:
    recording = load(TAPES / f"{tape}.json")
    sound: dict[str, set[str]] = defaultdict(set)
    for name in checks():
        host = Host(Tape(recording))
        if outcome(host, name) is Outcome.OK:
            for ask, _ in host.asked:
                sound[source(ask)].add(name)
    silent = set()
    for number, entry in enumerate(recording.answers):
        less, what = emptied(entry), place(entry)
        if less is None or what in COLOUR:
            continue
        answers = [
            shut(other) if {place(other), other.ask[0]} & OTHER_DOORS.get(what, set()) else other
            for other in recording.answers
        ]
        answers[number] = less
        host = Host(Tape(Recording(recording.system, recording.now, answers)))
        silent |= {
            (what, name)
            for name in sound[source(entry.ask)]
            if name not in BESIDE.get(what, set()) and outcome(host, name) in {Outcome.OK, Outcome.SKIPPED}
        }
    assert not sorted(silent), "\n".join(map(str, sorted(silent)))


def shut(entry: Entry) -> Entry:
    """The same question without an answer."""
    return Entry(entry.ask, error=(Reason.UNREADABLE, "made up"))


def windows(answers: dict[tuple[Any, ...], Any]) -> Host:
    return given({("machine",): MACHINE | {"system": "windows"}, **answers})


DAILY = ("events", "System", *(tuple(part) if isinstance(part, list) else part for part in always.DAILY))
DISK: dict[str, Any] = {"ids": [7], "days": 30, "providers": ["disk"]}


def test_a_log_that_keeps_nothing_of_what_comes_every_day_is_no_quiet_one() -> None:
    disk = ("events", "System", (7,), 30, ("disk",))
    for kept in ([{"id": 6013}], ProbeError(Reason.FORBIDDEN)):
        assert windows({disk: [], DAILY: kept}).events("System", **DISK) == []
    with pytest.raises(ProbeError) as caught:
        windows({disk: [], DAILY: []}).events("System", **DISK)
    assert (caught.value.reason, caught.value.question) == (Reason.UNREADABLE, "events")


@pytest.mark.parametrize(
    ("key", "holds"),
    [
        (r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion", True),
        (r"hklm\software\microsoft\windows nt\currentversion\ProfileList", True),
        (r"HKLM\SYSTEM\CurrentControlSet\Services\wuauserv", True),
        (r"HKLM\SYSTEM\CurrentControlSet\Services\wuauserv\TriggerInfo", False),
        (r"HKLM\SOFTWARE\Policies\Microsoft\Windows\System", False),
        (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnce", False),
    ],
)
def test_a_key_that_holds_something_everywhere_is_not_empty(key: str, holds: bool) -> None:
    host = windows({("registry", key): {"values": {}, "keys": []}})
    if not holds:
        assert host.registry(key)["values"] == {}
        return
    with pytest.raises(ProbeError) as caught:
        host.registry(key)
    assert caught.value.question == "registry"


def test_rows_may_be_wanting_where_a_condition_chooses_them() -> None:
    ask = ("wmi", "root\\cimv2", "Win32_Service", ("Name",))
    host = windows({(*ask, "State='Paused'"): [], (*ask, ""): []})
    assert host.wmi("Win32_Service", "Name", where="State='Paused'") == []
    with pytest.raises(ProbeError):
        host.wmi("Win32_Service", "Name")
