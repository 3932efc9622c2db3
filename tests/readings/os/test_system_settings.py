"""Locales, time zones, journal files, starts and outdated libraries."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import boots, journals, locales, replaced_libraries, time_zones
from techkit.readings.os.boots import Boot, Delay
from techkit.readings.os.journals import Damaged, Full
from techkit.readings.os.locales import Setting
from techkit.readings.os.replaced_libraries import Outdated
from techkit.readings.os.time_zones import Zone

MISSING = ProbeError(Reason.MISSING)
CHAIN = """The time when unit became active or started is printed after the "@" character.
The time the unit took to start is printed after the "+" character.

graphical.target @6.307s
└─multi-user.target @6.307s
  └─chrony.service @6.241s +65ms
    `-network.target @6.223s
      `-probe.service @218ms +1min 6.004s
        └─run-credentials-systemd\\x2dtmpfiles\\x2dsetup.service.mount @187ms
"""
VERIFY = """PASS: /var/log/journal/0123/system.journal
0015e8: Invalid object contents: Bad message
File corruption detected at /var/log/journal/0123/system@02ae-7f-05.journal:0015e8 (of 392840 bytes, 1%).
FAIL: /var/log/journal/0123/system@02ae-7f-05.journal (Bad message)
FAIL: /var/log/journal/0123/user-1000@02ae.journal (Permission denied)
"""
MAPS = (
    "/proc/7/maps:7f1 r--p 00000000 08:01 1234                       /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)\n"
    "/proc/7/maps:7f2 r-xp 00000000 08:01 1234                       /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)\n"
)


def test_locales_that_a_file_sets() -> None:
    text = '# x\nLANG="de_DE.UTF-8"\nexport LC_TIME=en_GB.UTF-8\nLANGUAGE=de:en\nPATH=/bin\nLC_ALL=\n'
    assert locales.parse(text, "f") == [
        Setting("f", "LANG", "de_DE.UTF-8"),
        Setting("f", "LC_TIME", "en_GB.UTF-8"),
        Setting("f", "LC_ALL", ""),
    ]


@pytest.mark.parametrize(
    ("spelt", "normal"),
    [
        ("de_DE.UTF-8", "de_DE.utf8"),
        ("de_DE", "de_DE"),
        ("ru_RU.KOI8-R", "ru_RU.koi8r"),
        ("x_Y.8859-1@z", "x_Y.iso88591@z"),
    ],
)
def test_locales_as_the_c_library_spells_them(spelt: str, normal: str) -> None:
    assert locales.normal(spelt) == normal


def test_musl_has_no_locales_and_the_plain_one_is_always_there() -> None:
    files = {("read", file): MISSING for file in locales.FILES}
    assert locales.locales(given({**files, ("read", locales.FILES[0]): "LANG=C.UTF-8\n"})).settings == ()
    musl = {("read", locales.FILES[0]): "LANG=de_DE.UTF-8\n", ("listdir", "/lib"): ["ld-musl-x86_64.so.1"]}
    with pytest.raises(ProbeError) as caught:
        locales.locales(given({**files, **musl}))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_time_zones() -> None:
    berlin = f"{time_zones.FOLDER}/Europe/Berlin"
    link = {"link": f"..{berlin}", "kind": "file", "size": 9}
    good = {
        ("read", "/etc/timezone"): "Europe/Berlin\n",
        ("head", berlin, 4096): "TZif2…",
        ("stat", time_zones.LOCALTIME): link,
        ("head", time_zones.LOCALTIME, 4096): "TZif2…",
    }
    assert time_zones.zone(given(good)) == Zone("Europe/Berlin", fallback="Europe/Berlin")
    other = {("read", "/etc/timezone"): "Asia/Omsk", ("head", f"{time_zones.FOLDER}/Asia/Omsk", 4096): "TZif2 other"}
    assert time_zones.zone(given({**good, **other})).other == "Asia/Omsk"
    assert time_zones.zone(given({**good, ("head", time_zones.LOCALTIME, 4096): "Berlin"})).state == "invalid"
    dangling = {
        ("read", "/etc/timezone"): MISSING,
        ("stat", time_zones.LOCALTIME): MISSING,
        ("run", "readlink", time_zones.LOCALTIME): {
            "code": 0,
            "out": f"{time_zones.FOLDER}/Europe/Atlantis\n",
            "err": "",
        },
        ("listdir", time_zones.FOLDER): ["Europe"],
    }
    assert time_zones.zone(given(dangling)) == Zone("Europe/Atlantis", "dangling")
    assert time_zones.zone(given({**dangling, ("listdir", time_zones.FOLDER): MISSING})).state == "absent"
    unset = {**dangling, ("run", "readlink", time_zones.LOCALTIME): {"code": 1, "out": "", "err": ""}}
    assert time_zones.zone(given(unset)) == Zone("Etc/UTC")


def test_the_time_zone_of_windows() -> None:
    answers = {
        ("machine",): {**MACHINE, "system": "windows"},
        ("registry", time_zones.WINDOWS): {"values": {"TimeZoneKeyName": "W. Europe Standard Time\0rest"}, "keys": []},
        ("registry", f"{time_zones.KNOWN}\\W. Europe Standard Time"): {"values": {"TZI": "00"}, "keys": []},
    }
    assert time_zones.zone(given(answers)).state == "good"
    gone = {**answers, ("registry", f"{time_zones.KNOWN}\\W. Europe Standard Time"): MISSING}
    assert time_zones.zone(given(gone)).state == "dangling"


def test_heads_of_journal_files() -> None:
    head = journals.SIGNATURE + bytes(80) + (264).to_bytes(8, "little") + (392576).to_bytes(8, "little")
    assert journals.head_fault(head, 392840) == ""
    assert journals.head_fault(head, 392839) == "cut short"
    assert journals.head_fault(b"rubbish", 9) == "no journal file"


def test_only_closed_files_that_fit_are_verified() -> None:
    head = journals.SIGNATURE + bytes(80) + (264).to_bytes(8, "little") + (1).to_bytes(8, "little")
    folder = f"{journals.FOLDER}/0123"
    small, large = f"{folder}/system@1.journal", f"{folder}/system@2.journal"
    host = given(
        {
            ("listdir", journals.FOLDER): ["0123"],
            ("listdir", folder): ["system.journal", "system@1.journal", "system@2.journal", "system@3.journal~"],
            ("stat", small): {"size": 1000, "modified": 1},
            ("stat", large): {"size": journals.BUDGET + 1, "modified": 2},
            ("head", small, journals.HEADER): head.decode("latin-1"),
            ("head", large, journals.HEADER): "x",
            ("run", "journalctl", "--verify", "--quiet", f"--file={small}"): {"code": 1, "out": "", "err": VERIFY},
        }
    )
    assert journals.damaged(host)[0] == Damaged(large, "no journal file")
    assert journals.parse_verify(VERIFY) == [Damaged("/var/log/journal/0123/system@02ae-7f-05.journal", "Bad message")]


def test_a_windows_log_that_overwrites_nothing_and_is_full() -> None:
    none: dict[str, object] = {"values": {"MaxSize": 1000}, "keys": []}
    path = "C:\\Windows\\System32\\winevt\\Logs\\System.evtx"
    values = {"MaxSize": 1000, "Retention": 0xFFFFFFFF, "File": "%SystemRoot%\\System32\\winevt\\Logs\\System.evtx"}
    host = given(
        {
            ("registry", journals.CV): {"values": {"SystemRoot": "C:\\Windows"}, "keys": []},
            ("registry", f"{journals.LOGS}\\System"): {"values": values, "keys": []},
            ("registry", f"{journals.LOGS}\\Application"): none,
            ("registry", f"{journals.LOGS}\\Security"): {"values": {**values, "Retention": 0}, "keys": []},
            ("stat", path): {"size": 960},
        }
    )
    assert journals.full(host) == (Full("System", 960, 1000),)


def test_the_longest_chain_of_a_start() -> None:
    assert boots.parse_chain(CHAIN) == (Delay("chrony.service", 0.065), Delay("probe.service", 66.004))
    assert boots.seconds("1h 2min 3s") == 3723


def test_a_start_of_linux() -> None:
    marks = ("run", "systemctl", "show", f"--property={','.join(boots.MARKS)}")
    outside = {("stat", "/run/systemd/container"): MISSING}
    brief = "UserspaceTimestampMonotonic=3000000\nFinishTimestampMonotonic=7000000\n"
    assert boots.boot(given({**outside, marks: {"out": brief}})) == Boot(7.0, 4.0)
    long = "UserspaceTimestampMonotonic=3000000\nFinishTimestampMonotonic=80000000\n"
    host = given(
        {
            **outside,
            marks: {"out": long},
            ("run", "systemd-analyze", "critical-chain", "--no-pager"): {"out": CHAIN},
            (
                "run",
                "systemctl",
                "show",
                f"--property={','.join(boots.HOLDS)}",
                "--",
                "probe.service",
                "chrony.service",
            ): {"out": "Type=oneshot\nId=probe.service\n\nType=forking\nId=chrony.service\n"},
        }
    )
    assert boots.boot(host).delays == (
        Delay("probe.service", 66.004, "oneshot"),
        Delay("chrony.service", 0.065, "forking"),
    )
    with pytest.raises(ProbeError):
        boots.boot(given({marks: {"out": "FinishTimestampMonotonic=0\n"}}))


def test_what_held_a_start_up_and_has_ended_is_not_in_the_chain() -> None:
    """Recorded: a oneshot that is not kept active, and a job of a timer that ran beside the start."""
    show = ("run", "systemctl", "show", f"--property={','.join(boots.HOLDS)}", "--")
    host = given(
        {
            ("stat", "/run/systemd/container"): MISSING,
            ("run", "systemctl", "show", f"--property={','.join(boots.MARKS)}"): {
                "out": "UserspaceTimestampMonotonic=0\nFinishTimestampMonotonic=9200000\n"
            },
            ("run", "systemd-analyze", "critical-chain", "--no-pager"): {
                "out": "multi-user.target @9.213s\n└─chrony.service @1.060s +579ms\n"
            },
            ("run", "systemd-analyze", "blame", "--no-pager"): {
                "out": "8.1s man-db.service\n7.994s vpnwait.service\n 579ms chrony.service\n"
            },
            (*show, "man-db.service", "vpnwait.service", "chrony.service"): {
                "out": "Type=oneshot\nId=man-db.service\nBefore=shutdown.target\n"
                "InactiveEnterTimestampMonotonic=9000000\n\n"
                "Type=oneshot\nId=vpnwait.service\nBefore=multi-user.target shutdown.target\n"
                "InactiveEnterTimestampMonotonic=9100000\n\n"
                "Type=forking\nId=chrony.service\nBefore=multi-user.target\nInactiveEnterTimestampMonotonic=0\n"
            },
        }
    )
    assert boots.boot(host).delays == (
        Delay("vpnwait.service", 7.994, "oneshot"),
        Delay("chrony.service", 0.579, "forking"),
    )


def test_a_start_of_windows() -> None:
    events = [
        {"id": 101, "time": 1000, "data": {"Name": "agent.exe", "FriendlyName": "Agent", "TotalTime": "31000"}},
        {"id": 100, "time": 1000, "data": {"BootTime": "90000", "BootIsRebootAfterInstall": "false"}},
        {"id": 103, "time": 1, "data": {"Name": "old", "TotalTime": "99000"}},
    ]
    question = ("events", boots.PERFORMANCE, (boots.BOOT, *boots.DELAYS), boots.DAYS, ())
    host = given({("machine",): {**MACHINE, "system": "windows", "edition": "client"}, question: events})
    assert boots.boot(host) == Boot(90.0, delays=(Delay("Agent", 31.0, "program"),))


def test_programs_with_replaced_files() -> None:
    def row(pid: int, **more: object) -> dict[str, object]:
        return {"pid": pid, "name": f"p{pid}", "exe": "/usr/bin/x", "deleted": False, "uid": 0, "own": False, **more}

    said = {"code": 0, "out": MAPS, "err": ""}
    host = given(
        {
            ("processes",): [row(7), row(8, exe="/usr/sbin/y", deleted=True, uid=1000), row(9, exe=None)],
            ("run", "grep", "-sHE", "-m", "8", replaced_libraries.PATTERN, "--", "/proc/7/maps", "/proc/8/maps"): said,
            ("stat", "/usr/sbin/y"): {},
        }
    )
    assert replaced_libraries.outdated(host).outdated == (
        Outdated(7, "p7", ("/usr/lib/x86_64-linux-gnu/libssl.so.3",), system=True),
        Outdated(8, "p8", ("/usr/sbin/y",)),
    )


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parsers(text: str) -> None:
    locales.parse(text, "f")
    locales.parts(locales.normal(text))
    journals.parse_verify(text)
    boots.parse_chain(text)
    boots.seconds(text)
    replaced_libraries.parse_maps(text)
    time_zones.name(text)
