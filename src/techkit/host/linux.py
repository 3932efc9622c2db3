"""What only Linux can answer: the machine's own description, the person at the desk, mounts, ARP and ping."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
import stat
import struct
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError
from techkit.host.local import PLAIN, SESSION_VARIABLES, Local, problem
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

ECHO_REQUEST, ECHO_REQUEST_6 = 8, 128
ECHO_BODY = b"techkit!" * 4
ECHO_REPLIES = {0, 129}
PARALLEL = 8
"""How many programs ping are run at once, each of which may ask every fifth of a second."""
PARALLEL_LASTS = 6.0
ETH_ARP = 0x0806


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
        """Who called us by sudo or pkexec, else who sits at the active seat, else who we are."""
        import pwd

        uid = int(os.environ.get("SUDO_UID") or os.environ.get("PKEXEC_UID") or os.geteuid())
        environment = {name: os.environ[name] for name in SESSION_VARIABLES if name in os.environ}
        if uid == 0 and os.path.isdir("/run/systemd/seats"):  # noqa: PTH112 - quick
            with contextlib.suppress(ProbeError, OSError, ValueError):
                text = self.ask_read("/run/systemd/seats/seat0", timeout=timeout)
                seat = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
                uid = int(seat["ACTIVE_UID"]) if "ACTIVE_UID" in seat else uid
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
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
        """Follow the path part by part: a link is read only after its folder was found plain."""
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
                continue  # no link, or not there
            links += 1
            if walked.startswith("/proc/"):
                return True  # the links of /proc are no paths
            joined = os.path.normpath(os.path.join(os.path.dirname(walked), target))  # noqa: PTH118, PTH120 - lean
            left = [part for part in joined.split("/") if part] + left
            walked = ""
        return next((kind in PLAIN for mount, kind in table if mount == "/"), True)

    # ------------------------------------------------------------------ the virus scanner
    def ask_scan(self, where: str, folders: list[str], most: int, size: int, *, timeout: float) -> Answer:
        """A running clamd looks at the newest files of folders that answer at once."""
        from techkit.host import clamd

        paths = clamd.newest([folder for folder in folders if self._is_plain(folder)], most, size)
        try:
            return self.in_thread(lambda: clamd.scan(where, paths, timeout), timeout + 1, where)
        except OSError as error:
            raise problem(error, where) from error

    def ask_deleted_files(self, *, timeout: float) -> Answer:
        """What descriptors hold open without a name; only such a file is looked at, the others by their link alone."""
        return self.in_thread(lambda: _deleted_files(time.monotonic() + 1), timeout, "/proc/*/fd")

    # ------------------------------------------------------------------ the network
    def ask_ping(self, address: str, *, timeout: float) -> Answer:
        """ICMP echo by an unprivileged socket where the system allows it, else by the program ping."""
        return self.in_thread(lambda: self._ping(address, timeout), timeout + 2, address)

    def _ping(self, address: str, timeout: float) -> Answer:
        six = ":" in address
        line = _icmp(six=six)
        if line is None:
            return self._ping_by_program(address, timeout)
        with line:
            for sequence in (1, 2):
                began = time.monotonic()
                end = began + timeout / 2
                try:
                    line.sendto(_echo(ECHO_REQUEST_6 if six else ECHO_REQUEST, sequence), (address, 0))
                    while (left := end - time.monotonic()) > 0:
                        line.settimeout(left)
                        packet, (sender, *_) = line.recvfrom(1024)
                        if sender == address and ECHO_BODY in packet:  # a raw socket hears everybody's
                            return {"state": "answered", "milliseconds": round((time.monotonic() - began) * 1000, 1)}
                except TimeoutError:
                    continue
                except OSError:
                    return {"state": "unreachable", "milliseconds": None}
        return {"state": "timeout", "milliseconds": None}

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
        """A train of echoes by a socket, else by the program ping: several at once, since it lets users ask slowly."""
        lasts = count * interval + timeout
        line = _icmp(six=":" in address)
        if line is not None:
            return self.in_thread(
                lambda: _train(line, address, count, interval, size, timeout, whole=whole), lasts + 1, address
            )
        flags = ("-M", "do") if whole else ()
        each = [len(range(part, count, PARALLEL)) for part in range(min(PARALLEL, count))]
        said = self._side_by_side(
            ["ping", "-n", "-c", str(some), "-i", "0.2", "-W", "1", "-s", str(size), *flags, address] for some in each
        )
        return parse_pings(said, count)

    def _side_by_side(self, commands: Iterable[list[str]]) -> list[str]:
        """What several programs say that run at once; raises where the first cannot be run."""
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
        """Ask the segment, in nobody's name, who else has our address."""
        try:
            return self.in_thread(lambda: _claimants(address, interface, timeout), timeout + 1, address)
        except OSError as error:
            raise problem(error, interface) from error

    def ask_neighbour(self, address: str, interface: str, *, timeout: float) -> Answer:
        """ARP: as root a request of our own, else what the kernel learns when something is sent there."""
        if ":" in address:
            return {"state": "unknown", "mac": None}
        try:
            return self.in_thread(lambda: _arp(address, interface, timeout), timeout + 1, address)
        except PermissionError:
            return self.in_thread(lambda: _arp_table(address, timeout), timeout + 1, address)
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


def _icmp(*, six: bool) -> socket.socket | None:
    """A socket for ICMP: the one for everybody where the system allows it, else the administrator's."""
    family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if six else (socket.AF_INET, socket.IPPROTO_ICMP)
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        with contextlib.suppress(OSError):
            return socket.socket(family, kind, protocol)
    return None


def _train(  # noqa: PLR0913, PLR0917 - what the question is made of
    line: socket.socket, address: str, count: int, interval: float, size: int, timeout: float, *, whole: bool
) -> Answer:
    """Send at a steady pace and collect what comes; each echo carries its own mark and number."""
    six = line.family == socket.AF_INET6
    mark = os.urandom(8)
    filler = bytes(max(0, size - len(mark) - 2))
    sent: dict[int, float] = {}
    times: dict[int, float] = {}
    said = {"too_big": 0, "refused": 0}
    began = time.monotonic()
    with line:
        if whole:
            level, option = (socket.IPPROTO_IPV6, 23) if six else (socket.IPPROTO_IP, 10)  # *_MTU_DISCOVER
            line.setsockopt(level, option, 2)  # IP_PMTUDISC_DO
        for number in range(count):
            until = began + number * interval
            _collect(line, mark, sent, times, until)
            sent[number] = time.monotonic()
            try:
                body = mark + struct.pack("!H", number) + filler
                line.sendto(_echo(ECHO_REQUEST_6 if six else ECHO_REQUEST, number + 1, body), (address, 0))
            except OSError as error:
                del sent[number]
                said["too_big"] += error.errno == errno.EMSGSIZE
                said["refused"] += error.errno in {errno.EPERM, errno.EACCES}
        _collect(line, mark, sent, times, time.monotonic() + timeout, last=True)
    return {"sent": count, "received": len(times), **said, "milliseconds": [times[one] for one in sorted(times)]}


def _collect(  # noqa: PLR0913 - the state of one train
    line: socket.socket,
    mark: bytes,
    sent: dict[int, float],
    times: dict[int, float],
    until: float,
    *,
    last: bool = False,
) -> None:
    """Take answers until the moment; the `last` time no longer than one is missing."""
    while (left := until - time.monotonic()) > 0 and not (last and len(times) == len(sent)):
        line.settimeout(left)
        try:
            packet = line.recv(1 << 16)
        except TimeoutError:
            return
        except OSError:
            continue  # somebody said that it cannot be delivered
        came, place = time.monotonic(), packet.find(mark)
        if place < 8 or packet[place - 8] not in ECHO_REPLIES:
            continue
        number = int.from_bytes(packet[place + 8 : place + 10], "big")
        if number in sent:
            times.setdefault(number, round((came - sent[number]) * 1000, 1))


def parse_pings(outputs: list[str], count: int) -> Answer:
    """What ping(8), of iputils or busybox, says of every answer."""
    text = "\n".join(outputs)
    times = [float(number) for number in re.findall(r"\btime[=<]([0-9.]+) ?ms", text)]
    big = len(re.findall(r"message too long|frag needed|packet too big", text, re.IGNORECASE))
    refused = len(re.findall(r"operation not permitted|permission denied", text, re.IGNORECASE))
    if refused and not times and "socket" in text.lower():
        raise ProbeError(Reason.FORBIDDEN, "ping")
    return {"sent": count, "received": len(times), "too_big": big, "refused": refused, "milliseconds": times}


def _echo(kind: int, sequence: int, body: bytes = ECHO_BODY) -> bytes:
    """An echo request; for IPv6 the kernel writes the checksum."""
    body += bytes(len(body) % 2)
    head = struct.pack("!BBHHH", kind, 0, 0, 0, sequence)
    total = sum(struct.unpack(f"!{(len(head) + len(body)) // 2}H", head + body))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!BBHHH", kind, 0, ~total & 0xFFFF, 0, sequence) + body


def _arp(address: str, interface: str, timeout: float) -> Answer:
    """Ask the segment who has the address; RFC 826."""
    wanted = socket.inet_aton(address)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ARP)) as line:
        line.bind((interface, ETH_ARP))
        own = line.getsockname()[4]
        if len(own) != 6:
            return {"state": "unknown", "mac": None}
        source = _own_address(address)
        head = b"\xff" * 6 + own + struct.pack("!HHHBBH", ETH_ARP, 1, 0x0800, 6, 4, 1)
        end = time.monotonic() + timeout
        for deadline in (end - timeout / 2, end):
            line.send(head + own + source + bytes(6) + wanted)
            while (left := deadline - time.monotonic()) > 0:
                line.settimeout(left)
                try:
                    packet = line.recv(2048)
                except TimeoutError:
                    break
                if packet[20:22] == b"\x00\x02" and packet[28:32] == wanted:
                    return {"state": "reachable", "mac": packet[22:28].hex(":")}
    return {"state": "silent", "mac": None}


def _claimants(address: str, interface: str, timeout: float) -> list[str]:
    """An ARP probe with the sender 0.0.0.0, so that nobody learns from it; our own answers are left out."""
    wanted = socket.inet_aton(address)
    found: dict[str, None] = {}
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_ARP)) as line:
        line.bind((interface, ETH_ARP))
        own = line.getsockname()[4]
        if len(own) != 6:
            return []
        head = b"\xff" * 6 + own + struct.pack("!HHHBBH", ETH_ARP, 1, 0x0800, 6, 4, 1)
        end = time.monotonic() + timeout
        for deadline in (end - timeout / 2, end):
            line.send(head + own + bytes(4) + bytes(6) + wanted)
            while (left := deadline - time.monotonic()) > 0:
                line.settimeout(left)
                try:
                    packet = line.recv(2048)
                except TimeoutError:
                    break
                if packet[20:22] == b"\x00\x02" and packet[28:32] == wanted and packet[22:28] != own:
                    found[packet[22:28].hex(":")] = None
    return list(found)


def _own_address(towards: str) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.connect((towards, 9))
        return socket.inet_aton(line.getsockname()[0])


def _arp_table(address: str, timeout: float) -> Answer:
    """Send something there and watch the kernel's table; a complete old entry proves nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line, contextlib.suppress(OSError):
        line.sendto(b"", (address, 9))
    end = time.monotonic() + timeout
    entry: dict[str, Any] = {"state": "unknown", "mac": None}
    while time.monotonic() < end:
        rows = [line.split() for line in Path("/proc/net/arp").read_text(encoding="ascii").splitlines()]
        flags = next((int(row[2], 16) for row in rows if row and row[0] == address), None)
        if flags is not None and flags & 2:
            return {"state": "unknown", "mac": None}
        if flags == 0:
            entry = {"state": "silent", "mac": None}
        time.sleep(0.1)
    return entry
