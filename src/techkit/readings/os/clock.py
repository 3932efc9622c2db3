"""The time service of this machine, and its servers."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.os import service_roles, services, time_sources
from techkit.readings.os.time_sources import Witness
from techkit.readings.os.uptime import uptime
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
"""Third-party time services on Windows."""
W32TIME = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time\Parameters"
STOPPED = "stopped"
"""How a service starts that ought to run and does not."""
SETTLE = 600
"""Seconds after the start of Windows in which its services come."""
DIRECTORY = "NTDS"
TIME_SERVICE = "Microsoft-Windows-Time-Service"
TOO_FAR, SYNCHRONISED = 34, (35, 37)
"""W32Time got an offset beyond its limit; it follows a source; by its own manifest."""
NOTABLE = 30
"""Offset in seconds from which W32Time's events matter."""
TIME_ZONE = r"HKLM\SYSTEM\CurrentControlSet\Control\TimeZoneInformation"

_SERVER = re.compile(r"^[ \t]*(?:server|servers|pool|peer)[ \t]+([^\s#!]+)", re.MULTILINE)
_SOURCE = re.compile(r"^[ \t]*(?:servers?|pool|peer|refclock|sensor|local|manual)\b", re.MULTILINE)
"""Directives that name a time source, including reference and local clocks."""
_SETTING = re.compile(r"^[ \t]*(NTP|FallbackNTP)[ \t]*=[ \t]*(.*)$", re.MULTILINE)


class Source(Record, frozen=True):
    """The time service and its configured servers."""

    unit: str | None = None
    active: bool = False
    startup: str = ""
    servers: tuple[str, ...] = ()
    sourceless: bool = False
    """its files name no time source at all"""
    by_domain: bool = False
    """it gets the time from its domain"""
    shut: tuple[Gap, ...] = ()
    """its files that could not be read"""


class Refusal(Record, frozen=True):
    """W32Time does not set the clock: needed and allowed correction, in seconds."""

    needed: float
    most: float


class Clock(Record, frozen=True):
    """The time sources' answers; `unseen`: why none could be asked."""

    witnesses: tuple[Witness, ...]
    kept: Source = Source()
    refusal: Refusal | None = None
    synchronised: bool | None = None
    zone: str | None = None
    unseen: Reason = Reason.TIMEOUT


def look(host: Host) -> Clock:
    """Ask all time sources and the time service in parallel."""
    kept = source(host)
    asked = time_sources.questions(host, kept.servers or tuple(host.site()["time"]))
    state, *answers = host.side_by_side([partial(synchronised, host, kept.unit), *asked])
    errors = [answer.reason for answer in answers if isinstance(answer, ProbeError)]
    told = tuple(answer for answer in answers if isinstance(answer, Witness))
    return Clock(
        witnesses=told,
        refusal=refusal(host, told),
        kept=kept,
        synchronised=None if isinstance(state, ProbeError) else state,
        zone=zone(host),
        unseen=errors[0] if errors else Reason.TIMEOUT,
    )


def source(host: Host) -> Source:
    """The running time service, else one that should run, with its configured servers."""
    if host.system == "windows":
        return _windows(host)
    found = attempt(partial(services.units, host, *sorted(service_roles.TIME)), {}, Reason.INAPPLICABLE, Reason.MISSING)
    known = [unit for unit in found.values() if unit.loaded or unit.startup.startswith("masked")]
    known.sort(key=lambda unit: (not unit.running, not unit.automatic))
    unit = known[0] if known else None
    if not unit:
        return Source()
    more = Supplements(host)
    servers, sourceless = _servers(more, unit.name)
    return Source(unit.name, unit.running, unit.startup, servers, sourceless, shut=more.unseen)


def _servers(more: Supplements, unit: str) -> tuple[tuple[str, ...], bool]:
    """(servers, whether the files could be read and name no source of any kind)."""
    if unit.startswith("systemd-timesyncd"):
        return parse_timesyncd("\n".join(_texts(more, TIMESYNCD, TIMESYNCD_FOLDERS))), False
    files, folders = (CHRONY, CHRONY_FOLDERS) if unit.startswith("chrony") else (NTP, ())
    text = "\n".join(_texts(more, files, folders))
    return parse_servers(text), bool(text.strip()) and not _SOURCE.search(text)


def _texts(more: Supplements, files: tuple[str, ...], folders: tuple[str, ...]) -> Iterator[str]:
    inside = [f"{folder}/{name}" for folder in folders for name in more.listdir(folder)]
    for file in (*files, *(path for path in inside if path.endswith((".conf", ".sources")))):
        yield more.read(file)


def parse_servers(text: str) -> tuple[str, ...]:
    """Read the servers, pools and peers of chrony.conf(5), ntp.conf(5), ntpd.conf(5); 127.127.… is a radio clock."""
    return tuple(dict.fromkeys(name for name in _SERVER.findall(text) if not name.startswith("127.127.")))


def parse_timesyncd(text: str) -> tuple[str, ...]:
    """Read timesyncd.conf(5): an empty list resets earlier ones, the fallback is used if there is no other."""
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
    startup = unit.startup if unit.startup == "disabled" and not other else ""  # otherwise it is idle until needed
    if not (unit.running or startup or other) and unit.loaded and _never_rests(host, kind):
        startup = STOPPED
    return Source(WINDOWS, unit.running, startup, servers, by_domain=kind == "NT5DS")


def _never_rests(host: Host, kind: str) -> bool:
    """A server of a domain compares its clock all the time, soon after it has started."""
    if host.machine()["edition"] != "server" or attempt(partial(uptime, host), 0.0, *Reason) < SETTLE:
        return False
    return kind == "NT5DS" or services.units(host, DIRECTORY)[DIRECTORY].loaded


def parse_windows(text: str) -> tuple[str, ...]:
    """Read `time.windows.com,0x1 10.0.0.1,0x8`."""
    return tuple(dict.fromkeys(name for entry in text.split() if (name := entry.partition(",")[0])))


def refusal(host: Host, told: Iterable[Witness]) -> Refusal | None:
    """If Windows' clock is wrong: whether W32Time's last event says that the offset is beyond its limit."""
    if host.system != "windows" or not any(abs(witness.offset or 0) >= NOTABLE for witness in told):
        return None
    ask = partial(host.events, "System", ids=[TOO_FAR, *SYNCHRONISED], days=7, providers=[TIME_SERVICE])
    last = next(iter(attempt(ask, [], *Reason)), {"id": 0})
    data = last["data"] if last["id"] == TOO_FAR and isinstance(last["data"], dict) else {}
    needed, most = (str(data.get(f"{name}SystemTimeChangeSeconds")) for name in ("", "Max"))
    if not (re.fullmatch(r"-?\d{1,15}", needed) and re.fullmatch(r"\d{1,10}", most)):
        return None
    return Refusal(float(needed), float(most))


def synchronised(host: Host, unit: str | None) -> bool | None:
    """Ask chrony, else the kernel, whether the clock is synchronised; None: unknown."""
    if unit is None or host.system == "windows":
        return None
    if unit.startswith("chrony"):  # a stopped one says nothing
        said = attempt(partial(host.run, "chronyc", "-c", "tracking", timeout=3), {"out": ""})
        fields = said["out"].strip().split(",")
        if len(fields) > 10:
            return bool(fields[-1] != "Not synchronised")
    said = attempt(partial(host.run, "timedatectl", "show", "--property=NTPSynchronized", timeout=3), {"out": ""})
    return {"NTPSynchronized=yes": True, "NTPSynchronized=no": False}.get(said["out"].strip())


def unanswered(host: Host) -> str:
    """The time service, if it gets no answer from its servers."""
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
