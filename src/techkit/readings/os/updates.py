"""Automatic updates of this machine, and their last results."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from techkit.host import attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

LOG = "/var/log/unattended-upgrades/unattended-upgrades.log"
TIMER = "apt-daily-upgrade.timer"
PROVIDER = "Microsoft-Windows-WindowsUpdateClient"
OPERATIONAL = f"{PROVIDER}/Operational"
"""Where searches and downloads are told; what is installed stands in the System log."""
INSTALLED, FAILED, SEARCH_FAILED, DOWNLOAD_FAILED = 19, 20, 25, 31
DAYS = 30
INSTALLATIONS = "Win32_QuickFixEngineering"
SERVICES = ("wuauserv", "BITS", "UsoSvc", "TrustedInstaller", "CryptSvc")
KEY = "HKLM\\SYSTEM\\CurrentControlSet\\Services"
DISABLED = 4
BOOT = ("SystemVolume", "FreeSpace")
POLICY = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\WindowsUpdate"
PAUSE = "HKLM\\SOFTWARE\\Microsoft\\WindowsUpdate\\UX\\Settings"
INSTALLER = "0x80070643"
"""ERROR_INSTALL_FAILURE of any installer; of an update of the recovery environment: its partition is too small."""
RECOVERY = ("KB5034441", "KB5034440", "KB5034439", "KB5028997")
"""Updates of the recovery environment that need more room than Windows once gave it."""
CURES = {
    "unreached": {
        "0x80072ee2", "0x80072efd", "0x80072efe", "0x80d02002", "0x80072ee7", "0x8024402c", "0x80072f8f",
        "0x8024401b", "0x80244022", "0x80244017", "0x80244018", "0x80244019", "0x80246005", "0x8024401c",
        "0x8024402f", "0x80244007", "0x80200053", "0x80190193", "0x80190194", "0x80190197", "0x801901f4",
        "0x801901f7",
    },
    "full": {"0x80070070", "0xc190020e"},
    "store": {
        "0x800f081f", "0x800f0831", "0x80073701", "0x8007371b", "0x80073712", "0x80070490", "0x80070570",
        "0x800f0825", "0x800f0982", "0x800f0983", "0x800f0984", "0x800f0985", "0x800f0986", "0x800f0987",
        "0x800f0988", "0x800f0989",
    },
    "download": {
        "0x80242006", "0x80070002", "0x80070003", "0x80240034", "0x8024200d", "0x8007000d", "0x80246002",
        "0x80246007", "0x80248007",
    },
    "restart": {
        "0x80070bc9", "0x80240016", "0x80242014", "0x80240020", "0x800f0821", "0x800f0920", "0x8024a10a",
        "0x8024000b",
    },
    "installers": {"0x800f0922"},
}  # fmt: skip
"""Errors by remedy, from Microsoft's page of common update errors and wuerror.h; others need a
closer look."""


class Failure(Record, frozen=True):
    """Updates that fail with one error; `code` is a Windows error in lower-case hexadecimal, or empty."""

    code: str
    titles: tuple[str, ...] = ()
    message: str = ""
    last: float = 0
    """seconds since 1970"""
    room: int | None = None
    """free bytes of the partition that Windows starts from, where that may be what is amiss"""


class Windows(Record, frozen=True):
    """What the records of Windows say of its updates."""

    failures: tuple[Failure, ...] = ()
    disabled: tuple[str, ...] = ()
    """services of the update that are disabled"""
    paused_until: float | None = None
    forbidden: bool = False
    """a policy switches automatic updates off, and no server of the company gives them instead"""
    newest: float | None = None
    """when the newest update was installed"""
    server: str = ""
    """the address of the company's own update server, which a policy names"""
    answer: str = ""
    """what a connection to it came to"""
    unseen: tuple[Gap, ...] = ()


# ---------------------------------------------------------------------- unattended-upgrades
def last_run(host: Host) -> Failure | None:
    """The error of the last run of unattended-upgrades; None if it never ran."""
    return parse_log(attempt(lambda: host.read(LOG), ""))


def parse_log(text: str) -> Failure | None:
    """Find the errors of the log's last run; that another one held the lock is none."""
    rows = re.findall(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ (\w+) (.*)$", text, re.MULTILINE)
    starts = [place for place, row in enumerate(rows) if row[2].startswith("Starting unattended upgrades")]
    errors = [row for row in rows[starts[-1] if starts else 0 :] if row[1] in {"ERROR", "CRITICAL"}]
    errors = [row for row in errors if "ock could not be acquired" not in row[2]]
    if not errors:
        return None
    when, _, message = errors[-1]
    try:
        last = datetime.fromisoformat(f"{when}+00:00").timestamp()
    except ValueError:
        last = 0
    return Failure("", message=" ".join(message.split())[:200], last=last)


# ---------------------------------------------------------------------- Windows
def windows(host: Host) -> Windows:
    """Ask the event log, the registry and the list of installed updates."""
    told = host.events("System", ids=[INSTALLED, FAILED], days=DAYS, providers=[PROVIDER])
    more = Supplements(host)
    ask = partial(host.events, OPERATIONAL, ids=[SEARCH_FAILED, DOWNLOAD_FAILED], days=DAYS, providers=[PROVIDER])
    searches = more.ask(ask, [], OPERATIONAL)
    found = sorted((*told, *searches), key=lambda event: -float(event["time"]))
    policy, automatic = _values(host, POLICY), _values(host, f"{POLICY}\\AU")
    server = str(policy.get("WUServer") or "") if automatic.get("UseWUServer") == 1 else ""
    failed = tuple(
        msgspec.structs.replace(one, room=boot_room(host)) if _may_lack_room(one) else one for one in failures(found)
    )
    return Windows(
        failed,
        tuple(name for name in SERVICES if _values(host, f"{KEY}\\{name}").get("Start") == DISABLED),
        moment(str(_values(host, PAUSE).get("PauseUpdatesExpiryTime") or "")),
        automatic.get("NoAutoUpdate") == 1 and not policy.get("WUServer"),
        newest_installed(host, more),
        server,
        _answer(host, server),
        more.unseen,
    )


def _answer(host: Host, server: str) -> str:
    """Connect to an address such as http://wsus.example:8530."""
    try:
        parts = urlsplit(server)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    host.named("host", parts.hostname)
    return str(attempt(partial(host.connect, parts.hostname, port), {"state": ""}, *Reason)["state"])


def _may_lack_room(failure: Failure) -> bool:
    """An installer inside the update failed; what brings no new start of Windows needs no room there."""
    return cure(failure.code) == "installers" and not all(".NET" in title for title in failure.titles or ("",))


def boot_room(host: Host) -> int | None:
    """Free bytes of the partition that Windows starts from, which has no letter as a rule; None where nobody tells.

    That a PC with UEFI lists it is unverified.
    """
    rows = attempt(partial(host.wmi, "Win32_Volume", *BOOT, where="DriveType=3", timeout=8), [], *Reason)
    return next((row["FreeSpace"] for row in rows if row["SystemVolume"] and isinstance(row["FreeSpace"], int)), None)


def cure(code: str, titles: Iterable[str] = ()) -> str:
    """What cures a failure: unreached, full, store, download, restart, partition, installers; empty: not known."""
    if code == INSTALLER and any(number in title for title in titles for number in RECOVERY):
        return "partition"
    return next((cure for cure, codes in CURES.items() if code in codes), "")


def newest_installed(host: Host, more: Supplements) -> float | None:
    """When Windows installed the newest of its updates; None where it does not say."""
    return newest(more.ask(partial(host.wmi, INSTALLATIONS, "InstalledOn", timeout=6), [], INSTALLATIONS))


def _values(host: Host, key: str) -> dict[str, Any]:
    return dict(attempt(lambda: host.registry(key), {"values": {}})["values"])


def failures(events: Iterable[Mapping[str, Any]]) -> tuple[Failure, ...]:
    """Updates whose newest entry is a failure, by their error; the events come newest first."""
    seen: set[str] = set()
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for event in events:
        data = event["data"] if isinstance(event["data"], dict) else {}
        if event["id"] == SEARCH_FAILED:
            if INSTALLED not in {other["id"] for other in events if other["time"] >= event["time"]}:
                by_code.setdefault(_code(data), []).append(event)
            continue
        update = str(data.get("updateGuid") or data.get("updateTitle") or "")
        if update in seen:
            continue
        seen.add(update)
        if event["id"] != INSTALLED:
            by_code.setdefault(_code(data), []).append(event)
    return tuple(
        Failure(
            code,
            tuple(dict.fromkeys(str(e["data"]["updateTitle"]) for e in found if e["data"].get("updateTitle"))),
            last=float(max(event["time"] for event in found)),
        )
        for code, found in by_code.items()
        if len(found) > 1 or found[0]["id"] != SEARCH_FAILED  # one search may fail while the machine moves
    )


def _code(data: Mapping[str, Any]) -> str:
    """An error as the event log gives it: hexadecimal, or a signed number."""
    text = str(data.get("errorCode") or "")
    try:
        return f"0x{int(text, 0) & 0xFFFFFFFF:08x}"
    except ValueError:
        return ""


def moment(text: str) -> float | None:
    """Read a moment as the registry writes it: 2026-12-01T10:00:00Z."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def newest(rows: Iterable[Mapping[str, Any]]) -> float | None:
    """When the newest update was installed; the dates are written month/day/year, whatever the language."""
    days = []
    for row in rows:
        if found := re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})$", str(row.get("InstalledOn") or "")):
            month, day, year = (int(part) for part in found.groups())
        elif found := re.match(r"(\d{4})-(\d\d)-(\d\d)", str(row.get("InstalledOn") or "")):
            year, month, day = (int(part) for part in found.groups())
        else:
            continue
        try:
            days.append(datetime.combine(date(year, month, day), datetime.min.time(), UTC).timestamp())
        except ValueError:
            continue
    return max(days, default=None)
