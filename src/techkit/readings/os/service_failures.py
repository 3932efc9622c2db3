"""Services that may be in trouble, and the traces that tell why."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.network import resolvers
from techkit.readings.os import service_roles, service_starts, services, timers
from techkit.readings.os.services import Unit  # noqa: TC001 - msgspec reads the annotations
from techkit.readings.os.uptime import uptime

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host
    from techkit.readings.os.services import Line

KILL = 9
"""SIGKILL, which the kernel sends if memory runs out."""
LINES = 20
MANY = 8
"""Units whose log is read."""

_STORAGE = re.compile(
    r"no space left|disk quota|read-only file system|input/output error|\b(ENOSPC|EROFS|EDQUOT|EIO)\b", re.IGNORECASE
)
_NETWORK = re.compile(
    r"network (is )?(unreachable|down)|no route to host|resolve host|no such host|host not found|connection timed out"
    r"|name resolution|name or service not known|\b(ENETUNREACH|EHOSTUNREACH|EAI_AGAIN|ENOTFOUND|ETIMEDOUT)\b",
    re.IGNORECASE,
)
_SETUP = re.compile(
    r"no such (file|user|group)|permission denied|address already in use|cannot assign requested address|syntax error"
    r"|(command|module|file|program) not found|(invalid|unknown|unrecogni[sz]ed|bad|missing) (\w+ )?"
    r"(option|argument|directive|key|value|config)|shared librar|ModuleNotFoundError|\b(ENOENT|EACCES|EADDRINUSE)\b",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"No such file or directory:? ['\"\u2018(]?(/[^\s'\"\u2019,;:)]{1,200})"
    r"|['\"\u2018(]?(/[^\s'\"\u2019,;:)]{1,200})['\"\u2019)]?(?: failed)?[:,]? (?:\(\w+: )?"
    r"(?:No such file|not found|does not exist|is missing|\(?ENOENT)"
    r"|(?:unknown|no such) (?:user|group):? ['\"\u2018]?([\w.-]{1,64})"
    r"|(?:user|group) ['\"\u2018]?([\w.-]{1,64})['\"\u2019]? (?:not found|does not exist|unknown)",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r"^\s*EnvironmentFile\s*=\s*(/[^\s%*?\[]+)\s*$", re.MULTILINE)
SETUP_STATUS = {126, 127, *range(200, 209), *range(210, 233), 234, 236, 237, 241, 242, 243}
"""A shell that cannot run its program, and what systemd.exec(5) says of a unit that cannot be set up; full or
read-only folders (209, 233, 235, 238 to 240) are no fault of the unit."""
SETUP_CODES = {2, 3, 5, 126, 127, 193, 1058, 1059, 1060, 1072, 1075, 1079, 1083}
"""Win32 errors of a service that is set up wrongly: a program or part that is missing, an account that may not."""


class Services(Record, frozen=True):
    """The units that may be in trouble, and what is needed to judge them."""

    system: str
    """systemd, openrc or windows"""
    units: tuple[Unit, ...] = ()
    active: tuple[str, ...] = ()
    """names of all units that are active"""
    said: dict[str, str] = {}  # noqa: RUF012 - every record gets its own
    """the last line that a failed unit wrote"""
    uptime: float = 0
    own_resolver: bool = False
    """this machine's own resolver is the only name server"""


def look(host: Host) -> Services:
    """Look at the list of all, then closely at the few that may be in trouble."""
    if host.system == "windows":
        return _windows(host)
    if not services.has_systemd(host):
        if host.which("rc-status"):
            return Services("openrc", services.crashed(host))
        raise ProbeError(Reason.INAPPLICABLE, "neither systemd nor OpenRC runs this machine")
    lines = services.listed(host)
    wanted = services.enabled(host) | service_roles.BACKBONE
    names = [line.unit for line in lines if _suspicious(line, wanted)]
    units = tuple(services.units(host, *names).values())
    failed = [unit.name for unit in units if unit.failed][:MANY]
    active = tuple(line.unit for line in lines if line.active == "active")
    own = any(service_roles.RESOLVER.match(name) for name in failed) and resolvers.asks_itself(host)
    said = last_words(host, failed)
    said |= {unit.name: line for unit in units if unit.result == "resources" and (line := environment(host, unit.name))}
    return Services("systemd", units, active, said, own_resolver=own)


def environment(host: Host, name: str) -> str:
    """What systemd alone would say of a file of settings that is gone; a dash before it says that it may be."""
    own, folders = f"{timers.UNITS[0]}/{name}.d", [f"{folder}/{name}" for folder in timers.UNITS]
    added = [f"{own}/{file}" for file in attempt(partial(host.listdir, own), [], *Reason) if file.endswith(".conf")]
    texts = [attempt(partial(host.read, path), "", *Reason) for path in folders]
    texts = [next(filter(None, texts), ""), *(attempt(partial(host.read, path), "", *Reason) for path in added)]
    for path in _ENVIRONMENT.findall("\n".join(texts)):
        if not attempt(partial(host.there, path), True, *Reason):  # noqa: FBT003 - doubt is there
            return f"Failed to load environment files: {path}: No such file or directory"
    return ""


def _suspicious(line: Line, wanted: frozenset[str]) -> bool:
    if line.active == "failed" or line.sub == "auto-restart":
        return True
    return (
        line.unit in wanted
        and line.unit.endswith((".service", ".timer"))
        and (line.load in services.UNREADABLE_UNIT or (line.active == "inactive" and line.load == "loaded"))
    )


def _windows(host: Host) -> Services:
    every = services.windows(host)
    units = [
        unit
        for unit in every
        if unit.automatic and unit.active in {"inactive", "paused"} and not service_roles.RESTING.fullmatch(unit.name)
    ]
    known = host.side_by_side(partial(services.triggered, host, unit.name) for unit in units)
    for error in known:
        if isinstance(error, ProbeError):
            raise error
    untriggered = [
        msgspec.structs.replace(unit, needs=services.needed(host, unit.name))
        for unit, triggered in zip(units, known, strict=True)
        if not triggered
    ]
    lasts = uptime(host)
    return Services("windows", service_starts.explained(host, untriggered, every, host.now() - lasts), uptime=lasts)


def last_words(host: Host, names: Iterable[str]) -> dict[str, str]:
    """The last line that each unit wrote, preferring errors; units without one are left out."""
    asked = list(names)
    answers = host.side_by_side(
        partial(host.run, "journalctl", "-u", name, "-n", str(LINES), "-o", "json", "--no-pager", timeout=6)
        for name in asked
    )
    found = {
        name: parse_journal(answer["out"])
        for name, answer in zip(asked, answers, strict=True)
        if not isinstance(answer, ProbeError)
    }
    return {name: line for name, line in found.items() if line}


def parse_journal(text: str) -> str:
    """The last line of a unit's own processes in its last run, without systemd's (process 1)."""
    lines: list[tuple[str, int, str]] = []
    for raw in text.splitlines():
        try:
            entry = json.loads(raw)
            run = str(entry.get("_SYSTEMD_INVOCATION_ID") or entry.get("INVOCATION_ID") or "")
            priority = int(entry.get("PRIORITY") or 6)
            message = _message(entry.get("MESSAGE"))
        except (ValueError, AttributeError, TypeError):
            continue
        if entry.get("_PID") != "1" and message:
            lines.append((run, priority, message))
    last = [(priority, message) for run, priority, message in lines if run == lines[-1][0]]
    alarming = [message for priority, message in last if priority <= 4]
    return (alarming or [message for _, message in last] or [""])[-1]


def _message(raw: Any) -> str:
    """Read a text; one that is no UTF-8 is a list of bytes."""
    text = bytes(raw).decode("utf-8", "backslashreplace") if isinstance(raw, list) else str(raw or "")
    return " ".join(text.split())[: services.LONGEST]


def missing(line: str) -> str:
    """The missing file, folder or user that a failed unit names; else empty."""
    said = _MISSING.search(line)
    return next((found.rstrip(".") for found in said.groups() if found), "") if said else ""


def blame(unit: Unit, line: str) -> str:
    """The kind of a unit's failure by its traces: storage, network, setup, or empty."""
    if _STORAGE.search(line):
        return "storage"
    if _NETWORK.search(line):
        return "network"
    own = unit.result in {"exit-code", services.NOT_STARTED} and not unit.killed and unit.exit_status
    if (
        unit.result in services.UNREADABLE_UNIT
        or own in (SETUP_CODES if unit.kind == services.WINDOWS else SETUP_STATUS)
        or _SETUP.search(line)
    ):
        return "setup"
    return "network" if "network-online.target" in unit.needs else ""
