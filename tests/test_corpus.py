"""Recordings of real machines beside the project: each answers the question that a check asks, on a healthy machine.

A recording stands in for the answers that it holds, the healthy tape for all others. No recording breaks a check, and
what was judged by somebody who read it is judged alike. What answers no question of a check says here why.
"""

from __future__ import annotations

import csv
import html
import json
import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest
from conftest import ROOT, TAPES

from techkit import engine
from techkit.host import Host
from techkit.host.tape import Entry, Recording, Tape, load
from techkit.model import Outcome, Reason, Severity
from techkit.readings.disk import smart
from techkit.readings.os import kernel_log
from techkit.readings.printing import printers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from techkit.model import Result

CORPUS = ROOT.parent / "shared" / "corpus"
INDEX = CORPUS / "INDEX.tsv"
pytestmark = pytest.mark.skipif(not INDEX.exists(), reason="the recordings are not beside the project")

SAYS = {
    "ok": {"nothing", "info"},
    "warn": {"info", "alarm"},
    "fault": {"alarm"},
    "unknown": {"unknown"},
    "n/a": {"nothing", "info", "alarm", "unknown"},
}
"""What a check may make of a recording, by the verdict of the one who read it."""
JUDGED = ("read", "rule", "upstream")

NOT_ASKED = {
    "linux/acpi linux/upower": "the battery and its charger are read from /sys/class/power_supply",
    "linux/antivirus": "a product's own tool is asked where its service runs; the parsers have tests of their own",
    "linux/apcaccess": "an uninterruptible supply of one maker",
    "linux/apt": "pending updates come from the package lists, the history from dpkg's own log",
    "linux/bonding": "/proc/net/bonding: the state of a bond's cables is read from /sys/class/net",
    "linux/cpu-vulns": "old flaws of a processor are a matter of its kernel's updates",
    "linux/cups": "CUPS tells of its configuration when it is asked for its printers",
    "linux/df linux/findmnt linux/mount linux/lsblk linux/storages": "/proc/self/mountinfo, statvfs and /sys/block",
    "linux/dmidecode linux/sensors linux/udevadm linux/ethtool": "/sys/class/dmi, hwmon, block and net",
    "linux/firewall linux/ufw windows/netstat linux/netstat linux/ss": "connections are tried, not guessed from rules",
    "linux/free linux/top linux/proc": "/proc/meminfo is asked; the other files of this folder are no question",
    "linux/fwupd linux/mokutil": "firmware updates and boot keys are no fault that one can see here",
    "linux/ip-addr linux/ip-link linux/ip-neigh linux/ip-route": "/sys/class/net, /proc/net and psutil",
    "linux/ipa-healthcheck linux/samba linux/subscription": "services of a domain, a share and a shop have their tools",
    "linux/iw linux/iw-nmcli linux/nmcli": "the radio's state comes from /proc/net/wireless and WMI",
    "linux/localectl linux/timedatectl linux/ntp windows/w32tm": "the clock is compared with witnesses",
    "linux/lvm linux/vdo linux/xfs linux/tune2fs linux/zpool linux/multipath": "tools of their own",
    "linux/mdadm linux/mdstat": "the state of an array is read from /sys/block/md*/md",
    "linux/needrestart": "old libraries in running programs are looked for in /proc",
    "linux/nvme-cli linux/smartctl-text macos/smartctl-text": "smartctl is asked for JSON",
    "linux/openssl": "one handshake in our own process",
    "linux/ping windows/arp windows/route windows/ipconfig": "translated text",
    "linux/rpm linux/yum": "the database's own files, and updateinfo",
    "linux/selinux": "denials are no fault by themselves",
    "windows/antivirus": "logs of single makers",
    "windows/powershell windows/reagent": "no state of the machine",
}
"""Folders that hold answers to no question of ours, and what is asked instead."""

CLASSES = {
    "Win32_LogicalDisk": ("disk.space", "disk.shares"), "MSFT_PhysicalDisk": ("disk.health",),
    "MSFT_NetAdapter": ("network.adapter", "network.vpn"),
}  # fmt: skip
"""Which check judges the rows of a class; the others only have to bear them."""


class Said(NamedTuple):
    """What a recording answers, on which healthy machine, and which checks are to judge by it."""

    base: str
    answers: list[Entry]
    checks: tuple[str, ...]
    judges: tuple[str, ...] = ()


def ran(out: str) -> dict[str, Any]:
    return {"code": 0, "out": out, "err": ""}


def text(file: Path) -> str:
    raw = file.read_bytes()
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8-sig", "backslashreplace")


# ---------------------------------------------------------------------- one reader for each kind of recording
def of_smartctl(file: Path) -> Said:
    scan = json.dumps({"devices": [{"name": "/dev/sda", "type": "sat"}]})
    disk = ["run", "smartctl", *smart.QUESTIONS, "-d", "sat", "/dev/sda"]
    sysfs = [Entry(["listdir", "/sys/block"], ["sda"]), Entry(["stat", "/sys/block/sda/device"], {"kind": "folder"})]
    removable = Entry(["read", "/sys/block/sda/removable"], "0\n")
    asked = [Entry(["run", "smartctl", "--scan", "-j"], ran(scan)), Entry(disk, ran(text(file)))]
    return Said("debian-healthy", [*sysfs, removable, *asked], ("disk.health",))


def of_os_release(file: Path) -> Said | None:
    if not file.name.endswith("os-release") and "os_release" not in file.name and "os-release" not in file.name:
        return None  # what older systems have instead
    return Said("debian-healthy", [Entry(["read", "/etc/os-release"], text(file))], ("os.release",))


def of_lpstat(file: Path) -> Said:
    said = [
        Entry(["run", "lpstat", *printers.STATE], ran(text(file))),
        Entry(["stat", printers.CONFIGURED], {"kind": "file", "size": 900}),
        Entry(["read", printers.CONFIGURED], "<Printer office>\n"),
        Entry(["stat", "/run/systemd/system"], error=(Reason.MISSING, "/run/systemd/system")),
    ]
    return Said("debian-healthy", said, ("printing.spooler", "printing.queue", "printing.connection"))


def of_kernel(file: Path) -> Said:
    journal = ["run", *kernel_log.JOURNAL, kernel_log.COLUMNS]
    none = Entry(journal, error=(Reason.MISSING, "journalctl"))
    raw = re.sub(r"^\[", "<3>[", text(file), flags=re.MULTILINE)  # they were recorded without their priorities
    said = [none, Entry(["run", "dmesg", "-r"], ran(raw)), Entry(["read", "/proc/uptime"], "100.0 100.0\n")]
    return Said("debian-healthy", said, tuple(asking("debian-healthy", journal[:3])))


def of_meminfo(file: Path) -> Said | None:
    if "meminfo" not in file.name.lower():
        return None
    return Said("debian-healthy", [Entry(["read", "/proc/meminfo"], text(file))], ("hardware.memory",))


def of_units(file: Path) -> Said | None:
    if not file.name.endswith("-systemctl.out.txt"):
        return None  # other words of the same tool
    question = ["run", "systemctl", "list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager"]
    lines = "\n".join(line for line in text(file).splitlines() if re.match(r"\W*\S+\.\w+ ", line))
    return Said("debian-healthy", [Entry(question, ran(lines))], ("os.services",))


def of_wmic(file: Path) -> Said | None:
    name = file.stem.rpartition("-")[2]
    base = load(TAPES / "windows-11-healthy.json")
    asked = [entry for entry in base.answers if entry.ask[0] == "wmi" and entry.ask[2] == name]
    if not asked:
        return None
    judges = CLASSES.get(name, ("nobody",))
    known = {key: value for entry in asked for row in entry.answer or () for key, value in row.items()}
    rows = [{key: typed(value, known.get(key)) for key, value in row.items()} for row in dump(text(file))]
    if not rows:
        return None
    answers = []
    for entry in asked:
        _, space, _, _, where = entry.ask
        column, _, wanted = where.partition("=")
        kept = [row for row in rows if not where or str(row.get(column)) == wanted]
        answers.append(Entry(["wmi", space, name, sorted({key for row in rows for key in row}), where], kept))
    if name == "Win32_LogicalDisk":
        answers += [Entry(["statvfs", row["DeviceID"]], room(row)) for row in rows]
        answers += drives(base, [row for row in rows if row.get("ProviderName")])
    checks = dict.fromkeys([*asking("windows-11-healthy", ["wmi", space, name]), *CLASSES.get(name, ())])
    return Said("windows-11-healthy", answers, tuple(checks), judges)


def room(row: dict[str, Any]) -> dict[str, int]:
    total, free = int(row.get("Size") or 0), int(row.get("FreeSpace") or 0)
    return {"total": total, "free": free, "available": free, "files": 0, "files_free": 0}


def drives(base: Recording, rows: list[dict[str, Any]]) -> list[Entry]:
    """Network drives as the registry remembers them; servers that told their room answered."""
    network = rf"HKU\{next(entry.answer['id'] for entry in base.answers if entry.ask == ['person'])}\Network"
    paths = {row["DeviceID"].rstrip(":"): row for row in rows}
    answers = [Entry(["registry", network], {"values": {}, "keys": list(paths)})]
    for letter, row in paths.items():
        path = row["ProviderName"]
        answers += [
            Entry(["registry", rf"{network}\{letter}"], {"values": {"RemotePath": path}, "keys": []}),
            Entry(["connect", path.split("\\")[2], 445], {"state": "open", "milliseconds": 1.0}),
            Entry(["statvfs", path], room(row)),
        ]
    return answers


def dump(said: str) -> list[dict[str, str]]:
    """The rows of an old `wmic /format:list`: lines of KEY=VALUE, rows apart by empty lines."""
    blocks = re.split(r"\n\s*\n", html.unescape(said.replace("\r", "")))
    rows = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in blocks]
    return [row for row in rows if row]


def typed(value: str, like: Any) -> Any:
    """As WMI itself gives this value: by the type that the healthy tape shows, else by its looks."""
    if not value:
        return None
    if value in {"TRUE", "FALSE"}:
        return value == "TRUE"
    if value.startswith("{") and value.endswith("}") and not re.fullmatch(r"\{[0-9A-Fa-f-]{36}\}", value):
        parts = [part.strip('"') for part in re.findall(r'"[^"]*"|[^,{}]+', value)]
        return [int(part) if part.isdigit() else part for part in parts]
    if isinstance(like, list):
        return [int(value)] if value.isdigit() else [value]
    return int(value) if value.isdigit() and not isinstance(like, str) else value


def of_events(file: Path) -> Said | None:
    if file.suffix != ".jsonl":
        return None
    records = [record(json.loads(line)["Event"]) for line in text(file).splitlines()]
    for base in ("windows-11-healthy", "windows-server-controller"):
        checks = tuple(
            name
            for name, asked in questions(base).items()
            for ask in asked
            if ask[:2] == ["events", "System"]
            and any(one["id"] in ask[2] and (not ask[4] or one["provider"] in ask[4]) for one in records)
        )
        if checks:  # as if the machine had been asked an hour after the last of them
            late = load(TAPES / f"{base}.json").now - max(one["time"] for one in records) - 3600
            said = [one | {"time": one["time"] + late} for one in records]
            return Said(base, [Entry(["events", "System", [], 400, []], said)], tuple(dict.fromkeys(checks)))
    return None


def record(event: dict[str, Any]) -> dict[str, Any]:
    system, number = event["System"], event["System"]["EventID"]
    said = event.get("EventData") or {}
    data = said.get("Data")
    unnamed = data.get("#text") if isinstance(data, dict) else data
    named = {key: str(value) for key, value in said.items() if key not in {"#attributes", "Binary", "Data"}}
    return {
        "id": number["#text"] if isinstance(number, dict) else number,
        "provider": system["Provider"]["#attributes"]["Name"],
        "level": system["Level"],
        "time": datetime.fromisoformat(system["TimeCreated"]["#attributes"]["SystemTime"]).timestamp(),
        "data": named or (unnamed if isinstance(unnamed, list) else [] if unnamed is None else [unnamed]),
    }


def of_netsh(file: Path) -> Said | None:
    """What a translated text tells by its numbers and by what no language touches, as wlanapi gives it."""
    said = text(file)
    signal, channel = (
        re.search(r"(\d+)%", said),
        re.search(r"^\W*(?:Kanal|Canal|Channel)\s*: (\d+)", said, re.MULTILINE),
    )
    if "-interfaces-" not in file.name or not signal or not channel:
        return None
    base = load(TAPES / "windows-11-laptop-russian.json")
    radios = next(entry for entry in base.answers if entry.ask == ["radios"])
    known = {"strength": int(signal[1]) // 2 - 100, "channel": int(channel[1])}
    answers = [Entry(["radios"], [radios.answer[0] | known])]
    return Said("windows-11-laptop-russian", answers, ("network.wifi",))


def of_ping(file: Path) -> Said | None:
    """A train of echoes of which some came back; where none did the way is told by others."""
    said = text(file)
    counted = re.search(r"= (\d+), .+ = (\d+), .+ = (\d+)", said)
    times = [float(number) for number in re.findall(r"=(\d+)ms TTL", said)]
    if not counted or not times:
        return None
    sent = int(counted[1])
    answers = [
        Entry(entry.ask, entry.answer | {"sent": sent, "received": len(times), "milliseconds": times})
        for entry in load(TAPES / "windows-11-healthy.json").answers
        if entry.ask[0] == "pings" and entry.ask[1] != "192.168.1.1" and entry.ask[2] > 3
    ]
    return Said("windows-11-healthy", answers, ("network.quality",))


def of_systeminfo(file: Path) -> Said | None:
    """The number of the build, which no language touches."""
    build = re.search(r"(\d+\.\d+)\.(\d+) ", text(file))
    base = load(TAPES / "windows-11-healthy.json")
    key = next(entry for entry in base.answers if str(entry.ask[-1]).endswith(r"Windows NT\CurrentVersion"))
    values = key.answer["values"] | {"CurrentBuildNumber": build[2] if build else ""}
    machine = next(entry for entry in base.answers if entry.ask == ["machine"])
    said = [
        Entry(key.ask, key.answer | {"values": values}),
        Entry(["machine"], machine.answer | {"release": "Windows"}),
    ]
    return Said("windows-11-healthy", said, ("os.release",))


NVME = {
    "critical_warning": r"Critical Warning:\s+(0x\w+)", "percentage_used": r"Percentage Used:\s+(\d+)%",
    "media_errors": r"Media and Data Integrity Errors:\s+([\d,]+)",
}  # fmt: skip


def of_smartctl_text(file: Path) -> Said | None:
    """The same page on the health of an NVMe disk that its driver gives, as smartctl writes it for people."""
    said = text(file)
    found = {name: match[1] for name, pattern in NVME.items() if (match := re.search(pattern, said))}
    if "--all" not in file.name:
        return None
    page = bytearray(232)
    if len(found) == len(NVME):
        page[0], page[5] = int(found["critical_warning"], 16), int(found["percentage_used"])
        page[1:3] = (310).to_bytes(2, "little")
        page[160:176] = int(found["media_errors"].replace(",", "")).to_bytes(16, "little")
    base = load(TAPES / "windows-11-healthy.json")
    drives = next(entry for entry in base.answers if entry.ask == ["drives"])
    row = drives.answer[0] | {"health": page.hex() if any(page) else "", "predicts": None}
    broken = [entry for entry in base.answers if entry.ask[0] == "wmi" and entry.ask[2] == "MSFT_PhysicalDisk"]
    answers = [Entry(entry.ask, error=(Reason.UNREADABLE, "0x80041013")) for entry in broken]
    return Said("windows-11-healthy", [Entry(["drives"], [row]), *answers], ("disk.health",))


def of_registry(file: Path) -> Said | None:
    answers = exported(text(file))
    checks = {check for entry in answers for check in asking("windows-11-healthy", entry.ask)}
    return Said("windows-11-healthy", answers, tuple(sorted(checks))) if checks else None


def exported(said: str) -> list[Entry]:
    """The keys of a .reg file."""
    answers: list[Entry] = []
    values: dict[str, Any] = {}
    for line in said.replace("\r", "").replace("\\\n", "").splitlines():
        if key := re.fullmatch(r"\[(.+)\]", line):
            values = {}
            path = key[1].replace("HKEY_LOCAL_MACHINE", "HKLM").replace("ControlSet001", "CurrentControlSet")
            answers.append(Entry(["registry", path], {"values": values, "keys": []}))
        elif pair := re.fullmatch(r'"([^"]+)"=(?:dword:([0-9a-f]{8})|"(.*)")', line):
            values[pair[1]] = int(pair[2], 16) if pair[2] else pair[3].replace("\\\\", "\\")
    return answers


READERS: dict[str, Callable[[Path], Said | None]] = {
    "linux/dmesg": of_kernel,
    "linux/journalctl": of_kernel,
    "linux/lpstat": of_lpstat,
    "linux/os-release": of_os_release,
    "linux/proc": of_meminfo,
    "linux/smartctl-json": of_smartctl,
    "linux/systemctl": of_units,
    "other-unix/smartctl-json": of_smartctl,
    "windows/eventlog": of_events,
    "windows/netsh-wlan": of_netsh,
    "windows/ping": of_ping,
    "windows/registry": of_registry,
    "windows/smartctl-json": of_smartctl,
    "windows/smartctl-text": of_smartctl_text,
    "windows/systeminfo": of_systeminfo,
    "windows/wmic": of_wmic,
}


# ---------------------------------------------------------------------- asking
@cache
def questions(base: str) -> dict[str, list[list[Any]]]:
    """What each check asks of a healthy machine."""
    tape = Tape(load(TAPES / f"{base}.json"))
    found = {}
    for name, check in engine.plan(deep=True).checks.items():
        host = Host(tape)
        plan = engine.Plan({name: check}, {name: check.limits})
        engine.run(host, plan)
        found[name] = [ask for ask, _ in host.asked]
    return found


def asking(base: str, start: list[Any]) -> list[str]:
    """The checks that ask a question which begins so."""

    def folded(ask: list[Any]) -> list[Any]:
        return [part.casefold() if isinstance(part, str) else part for part in ask]

    return [
        name
        for name, asked in questions(base).items()
        if any(folded(ask[: len(start)]) == folded(start) for ask in asked)
    ]


def results(said: Said) -> tuple[Result, ...]:
    tape = load(TAPES / f"{said.base}.json")
    replaced = {json.dumps(entry.ask[:3]) for entry in said.answers if entry.ask[0] in {"wmi", "events"}}
    kept = [entry for entry in tape.answers if json.dumps(entry.ask[:3]) not in replaced]
    kept = [entry for entry in kept if entry.ask[:2] != ["events", "System"] or not replaced]
    host = Host(Tape(msgspec.structs.replace(tape, answers=[*kept, *said.answers])))
    chosen = engine.plan(said.checks)
    alone = {name: chosen.checks[name] for name in said.checks if name in chosen.checks}
    return engine.run(host, engine.Plan(alone, {name: chosen.limits[name] for name in alone})).results


def verdict(said: Said) -> str:
    every = [result for result in results(said) if not said.judges or result.check in said.judges]
    severities = {finding.severity for result in every for finding in result.findings}
    if severities - {Severity.INFO}:
        return "alarm"
    if any(result.outcome is Outcome.UNKNOWN for result in every):
        return "unknown"
    return "info" if severities else "nothing"


@cache
def index() -> list[dict[str, str]]:
    if not INDEX.exists():
        return []
    with INDEX.open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))


def folder(path: str) -> str:
    return path.rpartition("/")[0]


@cache
def read(path: str) -> Said | None:
    reader = READERS.get(folder(path))
    return reader(CORPUS / path) if reader else None


def asked() -> list[tuple[dict[str, str], Said]]:
    """The recordings that answer a question of some check."""
    return [(row, said) for row in index() if (said := read(row["path"])) and said.checks]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["path"]) for row, _ in asked()])
def test_no_recording_breaks_a_check(row: dict[str, str]) -> None:
    said = read(row["path"])
    assert said is not None
    assert [gap for result in results(said) for gap in result.gaps if gap.reason is Reason.BROKEN] == []


def test_what_was_read_is_judged_alike() -> None:
    compared, differing = 0, {}
    for row, said in asked():
        if row["truth_by"].startswith(JUDGED) and set(said.judges or said.checks) & set(said.checks):
            compared += 1
            if (found := verdict(said)) not in SAYS[row["verdict"]]:
                differing[row["path"]] = f"{row['verdict']}: {row['truth']}; here: {found}"
    assert differing == {}
    assert compared > 70


def test_a_release_is_never_judged_otherwise_than_by_the_calendar() -> None:
    told = {row["path"]: (row["verdict"], verdict(said)) for row, said in asked() if "/os-release/" in row["path"]}
    wrong = {path for path, (wanted, found) in told.items() if found not in SAYS[wanted] | {"unknown"}}
    assert wrong <= {
        "linux/os-release/distro-armbian-os-release",  # counted as the Debian that it is made of
        "linux/os-release/distro-oracle7-os-release",  # only a paid extension goes on
        "linux/os-release/distro-altlinux10-os-release",  # ended since the calendar was read
        "linux/os-release/distro-fedora42-os-release",  # as above
        "linux/os-release/distro-ubuntu2510-os-release",  # as above
    }


def test_another_language_is_never_mistaken_for_health() -> None:
    foreign = [(row, said) for row, said in asked() if row["locale"] not in {"en", "C", "", "n/a"}]
    assert foreign
    for row, said in foreign:
        if set(said.judges) & set(said.checks):
            assert verdict(said) in SAYS[row["verdict"]] | {"unknown"}, row["path"]


def test_every_folder_is_asked_for_or_says_why_not() -> None:
    reasons = {name for names in NOT_ASKED for name in names.split()}
    folders = {folder(row["path"]) for row in index()}
    assert folders - reasons - set(READERS) == set()
    assert reasons <= folders
