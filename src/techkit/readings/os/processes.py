"""The running processes: owner, parent, and a readable name."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techkit.host import Host

INTERPRETERS = re.compile(r"(python|perl|ruby|node|bash|dash|sh|zsh|ksh|php|java|mono|lua|tclsh|busybox)[\d.]*(\.exe)?")
"""Programs whose name says little: what they run is the program."""
UNIT = re.compile(r"/([^/]+\.(?:service|scope|socket|mount))(?=/|$)")


class Process(Record, frozen=True):
    """One process; `cpu` seconds in its life, `started` seconds since 1970."""

    pid: int
    ppid: int
    name: str
    exe: str | None = None
    deleted: bool = False
    """its program file is gone, or was replaced"""
    argv: tuple[str, ...] = ()
    uid: int | None = None
    state: str = ""
    """a letter of proc(5); empty where the system has none"""
    cpu: float = 0.0
    rss: int = 0
    started: float = 0.0
    threads: int = 1
    files: int | None = None
    own: bool = False
    """techkit itself, or started by it"""

    @property
    def kernel(self) -> bool:
        """A thread of the Linux kernel."""
        return self.state != "" and 2 in {self.pid, self.ppid}

    @property
    def title(self) -> str:
        """A readable name: the script that an interpreter runs, else the program."""
        return title(self.name, self.argv)


def processes(host: Host) -> tuple[Process, ...]:
    """Every process that can be seen."""
    return parse(host.processes())


def parse(rows: Iterable[Mapping[str, Any]]) -> tuple[Process, ...]:
    """The host's rows as records; unknown fields are left out."""
    known = Process.__struct_fields__
    return tuple(
        Process(**{key: value for key, value in row.items() if key in known and key != "argv"}, argv=tuple(row["argv"]))
        for row in rows
    )


def title(name: str, argv: tuple[str, ...]) -> str:
    """The script that an interpreter runs, else the program's full name, which the kernel cuts to 15 letters."""
    first = base(argv[0]) if argv else ""
    if INTERPRETERS.fullmatch(name) or INTERPRETERS.fullmatch(first):
        script = next((word for word in argv[1:] if word and not word.startswith("-")), "")
        return base(script) if "/" in script or "\\" in script or "." in script else name
    return first if len(name) == 15 and first.startswith(name) else name


def base(path: str) -> str:
    """A path's last part, on either system."""
    return re.split(r"[/\\]", path.rstrip("/\\"))[-1]


def unit(host: Host, pid: int) -> str:
    """The systemd unit that a process belongs to, by its control group; empty where there is none."""
    return parse_unit(attempt(partial(host.read, f"/proc/{pid}/cgroup"), "", *GONE))


def parse_unit(text: str) -> str:
    """The innermost unit of /proc/*/cgroup; `name=systemd` is version 1, `0::` version 2."""
    for line in text.splitlines():
        controllers, _, path = line.partition(":")[2].partition(":")
        if controllers in {"", "name=systemd"} and (units := UNIT.findall(path)):
            return str(units[-1])
    return ""


GONE = (Reason.MISSING, Reason.UNREADABLE, Reason.FORBIDDEN)
"""A process may end while it is looked at, or belong to somebody else."""
