"""What keeps this machine's clock right, whom it asks, and what the clock is by other witnesses."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings import proxies, service_roles, services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from techkit.host import Host

CHRONY = ("/etc/chrony/chrony.conf", "/etc/chrony.conf")
CHRONY_FOLDERS = ("/etc/chrony/conf.d", "/etc/chrony/sources.d", "/etc/chrony.d", "/run/chrony-dhcp")
TIMESYNCD = ("/etc/systemd/timesyncd.conf",)
TIMESYNCD_FOLDERS = (
    "/usr/lib/systemd/timesyncd.conf.d",
    "/run/systemd/timesyncd.conf.d",
    "/etc/systemd/timesyncd.conf.d",
)
NTP = ("/etc/ntpsec/ntp.conf", "/etc/ntp.conf", "/etc/openntpd/ntpd.conf", "/etc/ntpd.conf")
WINDOWS = "W32Time"
OTHERS = ("NTP", "chronyd", "NetTime")
"""Other services of Windows that keep its clock."""
W32TIME = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time\Parameters"
TIME_SERVICE = "Microsoft-Windows-Time-Service"
TOO_FAR, SYNCHRONISED = 34, (35, 37)
"""W32Time was told a time that differs by more than it may correct; it follows a source; by its own manifest."""
NOTABLE = 30
"""Seconds from which it matters what W32Time says."""
TIME_ZONE = r"HKLM\SYSTEM\CurrentControlSet\Control\TimeZoneInformation"
MOST = 3
PATIENCE = 1.5
"""Seconds for an answer; the doorway allows three times as much, for the name to be resolved first."""
UNSYNCHRONISED = 3
"""The leap indicator of a server that does not know the time itself; RFC 5905."""
LAST_STRATUM = 15

_SERVER = re.compile(r"^[ \t]*(?:server|servers|pool|peer)[ \t]+([^\s#!]+)", re.MULTILINE)
_SOURCE = re.compile(r"^[ \t]*(?:servers?|pool|peer|refclock|sensor|local|manual)\b", re.MULTILINE)
"""Whatever can tell the time, radio clocks and the machine's own included."""
_SETTING = re.compile(r"^[ \t]*(NTP|FallbackNTP)[ \t]*=[ \t]*(.*)$", re.MULTILINE)


class Source(Record, frozen=True):
    """The service that keeps the clock right, and the servers that it is told to ask."""

    unit: str | None = None
    active: bool = False
    startup: str = ""
    servers: tuple[str, ...] = ()
    sourceless: bool = False
    """its own files tell it nobody to ask, and no clock of its own"""
    by_domain: bool = False
    """its domain tells it the time"""


class Refusal(Record, frozen=True):
    """W32Time does not set the clock: what would be needed and what it may do at most, in seconds."""

    needed: float
    most: float


class Witness(Record, frozen=True):
    """One who knows the time: a time server, or a web server that writes the date on its answers."""

    name: str
    kind: str
    """ntp or web"""
    state: str
    """answered, timeout, refused, unreachable, unresolved, broken; unsynchronised: it does not know the time itself"""
    offset: float | None = None
    """seconds that this clock is behind; for web, whole ones"""


def source(host: Host) -> Source:
    """Name the service that is at work, else one that should be, with the servers of its own files."""
    if host.system == "windows":
        return _windows(host)
    found = attempt(partial(services.units, host, *sorted(service_roles.TIME)), {}, Reason.INAPPLICABLE, Reason.MISSING)
    known = [unit for unit in found.values() if unit.loaded or unit.startup.startswith("masked")]
    known.sort(key=lambda unit: (not unit.running, not unit.automatic))
    unit = known[0] if known else None
    if not unit:
        return Source()
    servers, sourceless = _servers(host, unit.name)
    return Source(unit.name, unit.running, unit.startup, servers, sourceless)


def _servers(host: Host, unit: str) -> tuple[tuple[str, ...], bool]:
    """(servers, whether the files could be read and name no source of any kind)."""
    if unit.startswith("systemd-timesyncd"):
        return parse_timesyncd("\n".join(_texts(host, TIMESYNCD, TIMESYNCD_FOLDERS))), False
    files, folders = (CHRONY, CHRONY_FOLDERS) if unit.startswith("chrony") else (NTP, ())
    text = "\n".join(_texts(host, files, folders))
    return parse_servers(text), bool(text.strip()) and not _SOURCE.search(text)


def _texts(host: Host, files: tuple[str, ...], folders: tuple[str, ...]) -> Iterator[str]:
    inside = [
        f"{folder}/{name}"
        for folder in folders
        for name in attempt(partial(host.listdir, folder), [], Reason.MISSING, Reason.FORBIDDEN)
        if name.endswith((".conf", ".sources"))
    ]
    for file in (*files, *inside):
        yield attempt(partial(host.read, file), "", Reason.MISSING, Reason.FORBIDDEN)


def parse_servers(text: str) -> tuple[str, ...]:
    """Read the servers, pools and peers of chrony.conf(5), ntp.conf(5), ntpd.conf(5); 127.127.… is a radio clock."""
    return tuple(dict.fromkeys(name for name in _SERVER.findall(text) if not name.startswith("127.127.")))


def parse_timesyncd(text: str) -> tuple[str, ...]:
    """Read timesyncd.conf(5): an empty list forgets the earlier ones, the fallback serves where there is no other."""
    told: dict[str, list[str]] = {"NTP": [], "FallbackNTP": []}
    for name, value in _SETTING.findall(text):
        told[name] = told[name] + value.split() if value.strip() else []
    return tuple(dict.fromkeys(told["NTP"] or told["FallbackNTP"]))


def _windows(host: Host) -> Source:
    """Read W32Time: a member of a domain asks its domain, others the servers in NtpServer."""
    unit = services.units(host, WINDOWS)[WINDOWS]
    values = attempt(lambda: host.registry(W32TIME), {"values": {}})["values"]
    kind = str(values.get("Type") or "").upper()
    servers = parse_windows(str(values.get("NtpServer") or "")) if kind in {"NTP", "ALLSYNC"} else ()
    if kind == "NT5DS":
        domain = host.machine().get("domain")
        servers = (domain,) if domain else ()
    other = any(one.running for one in services.units(host, *OTHERS).values())
    startup = unit.startup if unit.startup == "disabled" and not other else ""  # else it rests until it is needed
    return Source(WINDOWS, unit.running, startup, servers, by_domain=kind == "NT5DS")


def parse_windows(text: str) -> tuple[str, ...]:
    """Read `time.windows.com,0x1 10.0.0.1,0x8`."""
    return tuple(dict.fromkeys(name for entry in text.split() if (name := entry.partition(",")[0])))


def refusal(host: Host, witnesses: Iterable[Witness]) -> Refusal | None:
    """Where a clock of Windows is wrong: whether the last word of W32Time was that this is too much for it."""
    if host.system != "windows" or not any(abs(witness.offset or 0) >= NOTABLE for witness in witnesses):
        return None
    ask = partial(host.events, "System", ids=[TOO_FAR, *SYNCHRONISED], days=7, providers=[TIME_SERVICE])
    last = next(iter(attempt(ask, [], *Reason)), {"id": 0})
    data = last["data"] if last["id"] == TOO_FAR and isinstance(last["data"], dict) else {}
    needed, most = (str(data.get(f"{name}SystemTimeChangeSeconds")) for name in ("", "Max"))
    if not (re.fullmatch(r"-?\d{1,15}", needed) and re.fullmatch(r"\d{1,10}", most)):
        return None
    return Refusal(float(needed), float(most))


def synchronised(host: Host, unit: str | None) -> bool | None:
    """Ask chrony, else the kernel, whether the clock follows a source; None: nobody can say."""
    if unit is None or host.system == "windows":
        return None
    if unit.startswith("chrony"):  # one that does not run says nothing
        said = attempt(partial(host.run, "chronyc", "-c", "tracking", timeout=3), {"out": ""})
        fields = said["out"].strip().split(",")
        if len(fields) > 10:
            return bool(fields[-1] != "Not synchronised")
    said = attempt(partial(host.run, "timedatectl", "show", "--property=NTPSynchronized", timeout=3), {"out": ""})
    return {"NTPSynchronized=yes": True, "NTPSynchronized=no": False}.get(said["out"].strip())


def unanswered(host: Host) -> str:
    """The service that asks time servers and has not got an answer: one that has asks somebody who is let through."""
    kept = source(host)
    asks = kept.unit and kept.active and kept.servers
    return kept.unit or "" if asks and synchronised(host, kept.unit) is False else ""


def zone(host: Host) -> str | None:
    """Name the time zone: Europe/Berlin; on Windows the name that is never translated."""
    if host.system == "windows":
        values = attempt(lambda: host.registry(TIME_ZONE), {"values": {}})["values"]
        return str(values["TimeZoneKeyName"]) if values.get("TimeZoneKeyName") else None
    link = attempt(lambda: host.stat("/etc/localtime"), {"link": None})["link"]
    return str(link).partition("zoneinfo/")[2] or None


def questions(host: Host, servers: tuple[str, ...]) -> list[Callable[[], Witness]]:
    """One question per witness: at most three time servers, and two well-known pages, by the first proxy too."""
    pages = [page["url"] for page in host.site()["pages"][:2]]
    ways = ["", *(proxy.address for proxy in proxies.configured(host).proxies[:1])]
    return [
        *(partial(_ntp, host, server) for server in servers[:MOST]),
        *(partial(_web, host, url, way) for way in ways for url in pages),
    ]


def _ntp(host: Host, server: str) -> Witness:
    answer = _late(partial(host.sntp, server, timeout=PATIENCE))
    state = str(answer["state"])
    if state == "answered" and (answer["leap"] == UNSYNCHRONISED or not 1 <= answer["stratum"] <= LAST_STRATUM):
        state = "unsynchronised"
    return Witness(server, "ntp", state, answer["offset"] if state == "answered" else None)


def _web(host: Host, url: str, way: str) -> Witness:
    answer = _late(partial(host.http, url, way, timeout=PATIENCE))
    date = answer.get("date")
    return Witness(url, "web", str(answer["state"]), None if date is None else float(round(date - host.now())))


def _late(question: Callable[[], Answer]) -> dict[str, Any]:
    """A question that came to no end waited for its name: sockets have a time-out of their own."""
    try:
        answer: dict[str, Any] = question()
    except ProbeError as error:
        if error.reason is Reason.TIMEOUT:
            return {"state": "unresolved"}
        raise
    return answer
