"""Services that have failed because their port is already in use."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os import services

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

IN_USE = re.compile(
    r"address already in use|EADDRINUSE|only one usage of each socket address|port .{0,30}in use", re.IGNORECASE
)
PORT = re.compile(r"(?:[\d\]*a-z:]:|\bport\W{0,3})(\d{1,5})\b", re.IGNORECASE)
"""A port in a line: behind an address, or behind the word."""
NUMBER = re.compile(r"(?<![\w.])(\d{2,5})(?![\w.])")
IN_USE_WINDOWS = 10048
"""WSAEADDRINUSE"""
USUAL = {
    "apache2": (80, 443), "caddy": (80, 443, 2019), "cups": (631,), "dnsmasq": (53,), "grafana-server": (3000,),
    "haproxy": (80, 443), "httpd": (80, 443), "jenkins": (8080,), "lighttpd": (80,), "mariadb": (3306,),
    "memcached": (11211,), "mongod": (27017,), "mysql": (3306,), "named": (53,), "nginx": (80, 443),
    "postfix": (25,), "postgresql": (5432,), "redis-server": (6379,), "smbd": (445, 139), "squid": (3128,),
    "ssh": (22,), "sshd": (22,), "systemd-resolved": (53,), "tomcat9": (8080,), "unbound": (53,), "vsftpd": (21,),
}  # fmt: skip
"""Usual ports of services whose log does not name the port."""
SERVICE_OF = re.compile(r"/([^/\n]+\.service)(?:/|$)", re.MULTILINE)
LINES, MANY = "20", 8


class Conflict(Record, frozen=True):
    """One failed service, its port, and the program (and its service) that listens there."""

    unit: str
    port: int = 0
    """0: not known"""
    pid: int | None = None
    program: str = ""
    started: float | None = None
    holder: str = ""
    """the other service; empty where the program belongs to none"""


class Listener(Record, frozen=True):
    """A listening program, as far as it can be identified."""

    port: int
    pid: int | None


def conflicts(host: Host) -> tuple[Conflict, ...]:
    """The failed services whose log says that their address is taken, with those who have it."""
    if host.system == "windows":
        failed = [unit for unit in services.windows(host) if unit.exit_status == IN_USE_WINDOWS and not unit.running]
        return tuple(Conflict(unit.name) for unit in failed)
    if not services.has_systemd(host):
        raise ProbeError(Reason.INAPPLICABLE, "systemd does not run this machine")
    names = [line.unit for line in services.listed(host) if line.active == "failed" or line.sub == "auto-restart"]
    complaints = {name: lines for name in names[:MANY] if (lines := _complaints(host, name))}
    if not complaints:
        return ()
    listening = listeners(host.psutil("net_connections"))
    rows: dict[int, dict[str, Any]] = {row["pid"]: row for row in attempt(host.processes, [], Reason.FORBIDDEN)}
    found = (_conflict(host, name, lines, listening, rows) for name, lines in complaints.items())
    return tuple(conflict for conflict in found if conflict)


def _complaints(host: Host, unit: str) -> list[str]:
    """The lines of a unit's log that speak of an address in use."""
    said = attempt(
        partial(host.run, "journalctl", "-u", unit, "-n", LINES, "-o", "json", "--no-pager", timeout=6), {"out": ""}
    )
    found = []
    for raw in said["out"].splitlines():
        try:
            message = str(json.loads(raw).get("MESSAGE") or "")
        except (ValueError, AttributeError):
            continue
        if IN_USE.search(message):
            found.append(message)
    return found


def listeners(connections: Iterable[Mapping[str, Any]]) -> dict[int, Listener]:
    """Listening programs by port; psutil's net_connections, UDP sockets without a peer."""
    found: dict[int, Listener] = {}
    for row in connections:
        port = (row.get("laddr") or {}).get("port")
        waits = row.get("status") == "LISTEN" or (row.get("type") == 2 and not row.get("raddr"))
        if port and waits and (port not in found or found[port].pid is None):
            found[port] = Listener(port, row.get("pid"))
    return found


def _conflict(
    host: Host, unit: str, lines: list[str], listening: dict[int, Listener], rows: dict[int, dict[str, Any]]
) -> Conflict | None:
    """Find the port in the complaint, in the command of the service, or by what such a service usually takes."""
    named = [int(port) for line in lines for port in PORT.findall(line)]
    command = attempt(partial(host.run, "systemctl", "show", "--property=ExecStart", "--", unit), {"out": ""})
    argv = re.search(r"argv\[\]=(.*?) ;", command["out"])
    named += [int(port) for port in NUMBER.findall(argv[1])] if argv else []
    named += USUAL.get(unit.removesuffix(".service").partition("@")[0], ())
    for port in dict.fromkeys(named):
        listener = listening.get(port)
        if listener is None:
            continue
        row = rows.get(listener.pid or -1, {})
        holder = _service_of(host, listener.pid)
        if holder != unit:
            return Conflict(unit, port, listener.pid, str(row.get("name") or ""), row.get("started"), holder)
    return None


def _service_of(host: Host, pid: int | None) -> str:
    """The service that a process belongs to; systemd names its control group after it."""
    text = attempt(lambda: host.read(f"/proc/{pid}/cgroup"), "", Reason.MISSING, Reason.FORBIDDEN) if pid else ""
    match = SERVICE_OF.search(text)
    return match[1] if match else ""
