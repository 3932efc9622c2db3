"""What only Linux can answer: the machine's own description, the person at the desk, mounts, ARP and ping."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError, arp, icmp
from techkit.host.local import PLAIN, SESSION_VARIABLES, Local, problem
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

PARALLEL = 8
"""How many ping processes run at once; each may send five echoes a second."""
PARALLEL_LASTS = 6.0


class Linux(Local):
    """A Linux machine."""

    system = "linux"

    def ask_machine(self, *, timeout: float) -> Answer:  # noqa: ARG002 - answers at once
        """Name, release, edition and privilege; a machine with a graphical login is a client."""
        import distro

        node = socket.gethostname()
        desktop = any(
            os.path.exists(place)  # noqa: PTH110 - quick
            for place in ("/usr/share/xsessions", "/usr/share/wayland-sessions", "/etc/X11/default-display-manager")
        )
        return {
            "name": node.partition(".")[0],
            "domain": node.partition(".")[2],
            "system": "linux",
            "release": distro.name(pretty=True) or "Linux",
            "edition": "client" if desktop else "server",
            "elevated": os.geteuid() == 0,
            "container": os.environ.get("container", "") or ("docker" if Path("/.dockerenv").exists() else ""),  # noqa: SIM112 - systemd's spelling
            "utc_offset": time.localtime().tm_gmtoff,
            "language": (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").partition("_")[0],
        }

    def ask_person(self, *, timeout: float) -> Answer:
        """The caller of sudo or pkexec, else the person at the active seat, else our own account."""
        import pwd

        called = os.environ.get("SUDO_UID") or os.environ.get("PKEXEC_UID") or ""
        uid = int(called) if called.isdecimal() and len(called) <= 10 else os.geteuid()
        environment = {name: os.environ[name] for name in SESSION_VARIABLES if name in os.environ}
        if uid == 0 and os.path.isdir("/run/systemd/seats"):  # noqa: PTH112 - quick
            with contextlib.suppress(ProbeError, OSError, ValueError):
                text = self.ask_read("/run/systemd/seats/seat0", timeout=timeout)
                seat = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
                uid = int(seat["ACTIVE_UID"]) if "ACTIVE_UID" in seat else uid
        try:
            entry = pwd.getpwuid(uid)
        except (KeyError, OverflowError):
            return {"name": str(uid), "full_name": "", "id": uid, "home": "", "environment": environment}
        full_name = entry.pw_gecos.split(",")[0]
        return {
            "name": entry.pw_name if uid else "",
            "full_name": full_name if uid and full_name != entry.pw_name else "",
            "id": uid,
            "home": entry.pw_dir,
            "environment": environment,
        }

    # ------------------------------------------------------------------ files
    def _table(self) -> list[tuple[str, str]]:
        """(mount point, file system), the longest mount point first."""
        if self._mounts is None:
            rows = []
            with open("/proc/self/mounts", "rb") as table:  # noqa: PTH123 - the doorway itself
                for line in table.read().split(b"\n"):
                    words = line.split(b" ")
                    if len(words) > 2:
                        rows.append((words[1].decode("unicode_escape", "replace"), words[2].decode("ascii", "replace")))
            self._mounts = sorted(rows, key=lambda row: len(row[0]), reverse=True)
        return self._mounts

    def _is_plain(self, path: str) -> bool:
        """Follow the path part by part: a link is read only after its folder is known to be on a plain file system."""
        try:
            table = self._table()
        except OSError:
            return False
        left = [part for part in os.path.abspath(path).split("/") if part]  # noqa: PTH100 - lean
        walked, links = "", 0
        while left:
            if links > 40:
                return True  # a loop: the kernel will say so
            walked = f"{walked}/{left.pop(0)}"
            kind = next((kind for mount, kind in table if mount == walked), None)
            if kind is not None and kind not in PLAIN:
                return False
            try:
                target = os.readlink(walked)  # noqa: PTH115 - lean
            except OSError:
                continue  # not a link, or missing
            links += 1
            if walked.startswith("/proc/"):
                return True  # the links of /proc are not paths
            joined = os.path.normpath(os.path.join(os.path.dirname(walked), target))  # noqa: PTH118, PTH120 - lean
            left = [part for part in joined.split("/") if part] + left
            walked = ""
        return next((kind in PLAIN for mount, kind in table if mount == "/"), True)

    # ------------------------------------------------------------------ the virus scanner
    def ask_scan(self, where: str, folders: list[str], most: int, size: int, *, timeout: float) -> Answer:
        """Have a running clamd scan the newest files of folders that answer at once."""
        from techkit.host import clamd

        paths = clamd.newest([folder for folder in folders if self._is_plain(folder)], most, size)
        try:
            return self.in_thread(lambda: clamd.scan(where, paths, timeout), timeout + 1, where)
        except OSError as error:
            raise problem(error, where) from error

    def ask_deleted_files(self, *, timeout: float) -> Answer:
        """Deleted files that descriptors hold open; only these are examined, the others are skipped by their link."""
        return self.in_thread(lambda: _deleted_files(time.monotonic() + 1), timeout, "/proc/*/fd")

    # ------------------------------------------------------------------ the network
    def ask_ping(self, address: str, *, timeout: float) -> Answer:
        """ICMP echo by an unprivileged socket where the system allows it, else by ping(8)."""
        return self.in_thread(lambda: self._ping(address, timeout), timeout + 2, address)

    def _ping(self, address: str, timeout: float) -> Answer:
        line = icmp.line(six=":" in address)
        return icmp.once(line, address, timeout) if line else self._ping_by_program(address, timeout)

    def _ping_by_program(self, address: str, timeout: float) -> Answer:
        said = self.ask_run("ping", "-n", "-c", "2", "-i", "0.3", "-W", "1", address, timeout=timeout + 1)
        return {"state": "answered" if said["code"] == 0 else "timeout", "milliseconds": None}

    def ask_pings(  # noqa: PLR0913 - what the question is made of
        self,
        address: str,
        count: int,
        interval: float,
        size: int,
        whole: bool,  # noqa: FBT001
        *,
        timeout: float,
    ) -> Answer:
        """A train of echoes by a socket, else by several ping(8) at once, because it limits the rate of users."""
        lasts = count * interval + timeout
        line = icmp.line(six=":" in address)
        if line is not None:
            return self.in_thread(
                lambda: icmp.train(line, address, count, interval, size, timeout, whole=whole), lasts + 1, address
            )
        flags = ("-M", "do") if whole else ()
        each = [len(range(part, count, PARALLEL)) for part in range(min(PARALLEL, count))]
        said = self._side_by_side(
            ["ping", "-n", "-c", str(some), "-i", "0.2", "-W", "1", "-s", str(size), *flags, address] for some in each
        )
        return icmp.parse_pings(said, count)

    def _side_by_side(self, commands: Iterable[list[str]]) -> list[str]:
        """The output of several programs run at once; raises if the first cannot be run."""
        said: list[Any] = []
        threads = []
        for command in commands:
            place = len(said)
            said.append(None)

            def run(command: list[str] = command, place: int = place) -> None:
                try:
                    answer = self.ask_run(*command, timeout=PARALLEL_LASTS)
                    said[place] = answer["out"] + answer["err"]
                except ProbeError as error:
                    said[place] = error

            threads.append(threading.Thread(target=run, daemon=True))
            threads[-1].start()
        for thread in threads:
            thread.join(PARALLEL_LASTS + 2)
        failed = next((one for one in said if isinstance(one, ProbeError)), None)
        if failed:
            raise failed
        return [one or "" for one in said]

    def ask_claimants(self, address: str, interface: str, *, timeout: float) -> Answer:
        """Ask the segment, with an empty sender address, who else has our address."""
        try:
            return self.in_thread(lambda: arp.claimants(address, interface, timeout), timeout + 1, address)
        except OSError as error:
            raise problem(error, interface) from error

    def ask_neighbour(self, address: str, interface: str, *, timeout: float) -> Answer:
        """ARP: as root by our own request, else by what the kernel learns when a packet is sent there."""
        if ":" in address:
            return {"state": "unknown", "mac": None}
        try:
            return self.in_thread(lambda: arp.ask(address, interface, timeout), timeout + 1, address)
        except PermissionError:
            return self.in_thread(lambda: arp.learned(address, timeout), timeout + 1, address)
        except OSError as error:
            raise ProbeError(Reason.UNREADABLE, f"{interface}: {error.strerror}") from error


def _deleted_files(end: float) -> Answer:
    found: list[dict[str, Any]] = []
    hidden = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):  # noqa: PTH208 - lean
        folder = f"/proc/{pid}/fd"
        try:
            names = os.listdir(folder)  # noqa: PTH208 - lean
        except PermissionError:
            hidden += 1
            continue
        except OSError:
            continue  # it has just ended
        for name in names:
            with contextlib.suppress(OSError):
                path = os.readlink(f"{folder}/{name}")  # noqa: PTH115 - lean
                if not path.endswith(" (deleted)") or path.startswith(("/memfd:", "/dev/", "/SYSV", "/[aio]")):
                    continue
                status = os.stat(f"{folder}/{name}")  # noqa: PTH116 - lean
                if stat.S_ISREG(status.st_mode) and not status.st_nlink:
                    found.append({
                        "pid": int(pid),
                        "path": os.fsencode(path.removesuffix(" (deleted)")).decode("utf-8", "backslashreplace"),
                        "size": status.st_blocks * 512,
                        "device": f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}",
                        "inode": status.st_ino,
                    })  # fmt: skip
        if time.monotonic() > end:
            raise ProbeError(Reason.TIMEOUT, "/proc/*/fd")
    return {"files": found, "hidden": hidden}
