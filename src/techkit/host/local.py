"""Answers from this machine: files, programs, psutil, sockets; `linux` and `windows` add what only they have.

Nothing here may wait longer than its deadline. What may block in the kernel forever (a dead mount) is asked in a
separate process; programs run in a session of their own; both are killed at the deadline and abandoned, never
waited for. Sockets have time-outs. `outstanding` counts what was left behind: the command line then exits by
`os._exit`.
"""

from __future__ import annotations

import errno
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError, errand
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

CAP = errand.CAP
PLAIN = {
    "bcachefs", "bpf", "btrfs", "cgroup", "cgroup2", "configfs", "debugfs", "devpts", "devtmpfs", "efivarfs", "erofs",
    "ext2", "ext3", "ext4", "f2fs", "hugetlbfs", "iso9660", "jfs", "mqueue", "overlay", "proc", "pstore", "ramfs",
    "securityfs", "squashfs", "sysfs", "tmpfs", "tracefs", "vfat", "xfs", "zfs",
}  # fmt: skip
"""File systems that answer at once or with an error; any other is asked in a separate process."""
QUIET = {"LC_ALL": "C", "LANGUAGE": "", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "", "PAGER": "cat", "NO_COLOR": "1"}
SESSION_VARIABLES = (
    "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY",
    "ALL_PROXY", "NO_PROXY", "LANG", "LC_ALL", "LANGUAGE", "TZ", "XDG_CURRENT_DESKTOP", "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
EXTRA_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
REASONS = {
    errno.ENOENT: Reason.MISSING,
    errno.ENOTDIR: Reason.MISSING,
    errno.ENODEV: Reason.MISSING,
    errno.ENXIO: Reason.MISSING,
    errno.EACCES: Reason.FORBIDDEN,
    errno.EPERM: Reason.FORBIDDEN,
    errno.ETIMEDOUT: Reason.TIMEOUT,
}
WINDOWS_REASONS = {
    2: Reason.MISSING,  # file or key
    3: Reason.MISSING,  # path
    5: Reason.FORBIDDEN,
    21: Reason.MISSING,  # a drive without a medium
    53: Reason.MISSING,  # server
    67: Reason.MISSING,  # share
    121: Reason.TIMEOUT,
    1018: Reason.MISSING,  # a key that is being deleted
    1260: Reason.FORBIDDEN,  # a program that a policy blocks
    1314: Reason.FORBIDDEN,
    1460: Reason.TIMEOUT,
    15007: Reason.MISSING,  # event log
}
"""Python's own mapping of these numbers to errno is coarser: it calls an empty drive forbidden."""


def valid(text: str) -> str:
    """Text without lone surrogates."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "backslashreplace")


def problem(error: OSError, subject: str) -> ProbeError:
    """The reason that an OS error stands for, by its number, because the messages of Windows are translated."""
    if (number := getattr(error, "winerror", None)) is not None:
        return ProbeError(WINDOWS_REASONS.get(number, Reason.UNREADABLE), f"{subject}: error {number}")
    return ProbeError(REASONS.get(error.errno or 0, Reason.UNREADABLE), f"{subject}: {error.strerror or error}")


class Local:
    """The machine that techkit runs on."""

    system = sys.platform

    def __init__(self, site: dict[str, Any]) -> None:
        self._site = site
        self._left = 0
        self._lock = threading.Lock()
        self._mounts: list[tuple[str, str]] | None = None

    def answer(self, question: str, args: list[Any], timeout: float) -> Answer:
        """Answer one question; INAPPLICABLE if only another system knows it."""
        method: Callable[..., Answer] | None = getattr(self, f"ask_{question}", None)
        if method is None:
            raise ProbeError(Reason.INAPPLICABLE, question)
        return method(*args, timeout=timeout)

    def now(self) -> float:
        """The system's clock."""
        return time.time()

    @property
    def outstanding(self) -> int:
        """How many children and threads were abandoned."""
        return self._left

    def left_behind(self) -> None:
        """Count one child or thread that is abandoned."""
        with self._lock:
            self._left += 1

    def in_thread(self, ask: Callable[[], Answer], timeout: float, subject: str) -> Answer:
        """Ask in a daemon thread and abandon it at the deadline: for calls without a time-out of their own."""
        said: queue.SimpleQueue[tuple[Answer, BaseException | None]] = queue.SimpleQueue()

        def work() -> None:
            try:
                said.put((ask(), None))
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
                said.put((None, error))

        try:
            threading.Thread(target=work, daemon=True).start()
        except RuntimeError as none_left:  # the system allows no more threads for now
            raise ProbeError(Reason.TIMEOUT, f"{subject}: {none_left}") from none_left
        try:
            answer, error = said.get(timeout=timeout)
        except queue.Empty:
            self.left_behind()
            raise ProbeError(Reason.TIMEOUT, subject) from None
        if error is not None:
            raise error
        return answer

    def ask_site(self, *, timeout: float) -> Answer:  # noqa: ARG002 - every question has a deadline
        """What the configuration says."""
        return self._site

    # ------------------------------------------------------------------ files
    def _file(self, question: str, path: str, *args: Any, timeout: float) -> Answer:
        try:
            if self._is_plain(path):
                ask: Any = errand.QUESTIONS[question]
                return ask(path, *args)
            return self._errand(question, path, *args, timeout=timeout)
        except OSError as error:
            raise problem(error, path) from error
        except ValueError as error:  # a path with a null byte
            raise ProbeError(Reason.UNREADABLE, f"{path!r}: {error}") from error

    def _errand(self, question: str, path: str, *args: Any, timeout: float) -> Answer:
        command = [sys.executable, "-I", "-S", errand.__file__, question, path, *map(str, args)]
        said = self.ask_run(*command, timeout=timeout)
        try:
            answer = json.loads(said["out"])
        except ValueError as error:
            raise ProbeError(Reason.UNREADABLE, f"{path}: {said['err'].strip()[-200:]}") from error
        if "answer" in answer:
            return answer["answer"]
        raise problem(OSError(answer["errno"], answer["detail"]), path)

    def _is_plain(self, path: str) -> bool:  # noqa: ARG002 - only Linux knows better
        """Whether every step of the path, links followed by hand, lies on a file system that answers at once."""
        return True

    def ask_read(self, path: str, *, timeout: float) -> Answer:
        """A file's text."""
        return self._file("read", path, timeout=timeout)

    def ask_head(self, path: str, size: int, *, timeout: float) -> Answer:
        """A file's beginning."""
        return self._file("head", path, size, timeout=timeout)

    def ask_digest(self, path: str, *, timeout: float) -> Answer:
        """A file's SHA-256."""
        return self._file("digest", path, timeout=timeout)

    def ask_listdir(self, path: str, *, timeout: float) -> Answer:
        """The names in a folder."""
        return self._file("listdir", path, timeout=timeout)

    def ask_stat(self, path: str, *, timeout: float) -> Answer:
        """A file's state."""
        return self._file("stat", path, timeout=timeout)

    def ask_statvfs(self, path: str, *, timeout: float) -> Answer:
        """A volume's space."""
        return self._file("statvfs", path, timeout=timeout)

    def ask_largest(self, path: str, count: int, *, timeout: float) -> Answer:
        """What takes the space below a folder."""
        return self._file("largest", path, count, timeout=timeout)

    # ------------------------------------------------------------------ programs
    def ask_which(self, tool: str, *, timeout: float) -> Answer:  # noqa: ARG002 - answers at once
        """A program's full path."""
        import shutil

        path = os.environ.get("PATH", os.defpath)
        if sys.platform != "win32":
            path = os.pathsep.join((path, *EXTRA_PATH))
        return shutil.which(tool, path=path)

    def ask_run(self, *argv: str, timeout: float) -> Answer:
        """Run a program in its own session; at the deadline it is killed and abandoned.

        Raises MISSING if it is not installed, TIMEOUT if it is late. Output beyond the cap is dropped.
        """
        tool = argv[0] if os.path.isabs(argv[0]) else self.ask_which(argv[0], timeout=timeout)  # noqa: PTH117 - quick
        if tool is None:
            raise ProbeError(Reason.MISSING, argv[0])
        answer: Answer = self.in_thread(lambda: self._run([tool, *argv[1:]], timeout), timeout + 1, argv[0])
        return answer

    def _run(self, argv: list[str], timeout: float) -> Answer:
        flags: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            flags = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
        try:
            process = subprocess.Popen(  # `with` would wait for it
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=os.environ | QUIET,
                **flags,
            )
        except OSError as error:
            raise problem(error, argv[0]) from error
        end = time.monotonic() + timeout
        out, err = bytearray(), bytearray()
        readers = [
            threading.Thread(target=_drain, args=(pipe, kept), daemon=True)
            for pipe, kept in ((process.stdout, out), (process.stderr, err))
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(max(0.0, end - time.monotonic()))
        try:
            code = process.wait(max(0.01, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            _kill(process)
            self.left_behind()
            raise ProbeError(Reason.TIMEOUT, argv[0]) from None
        return {"code": code, "out": self.decode(bytes(out)), "err": self.decode(bytes(err))}

    def decode(self, raw: bytes) -> str:
        """What a program wrote, as text."""
        return raw.decode("utf-8", "backslashreplace")

    def ask_processes(self, *, timeout: float) -> Answer:
        """Every process."""
        from techkit.host import processes

        try:
            return self.in_thread(processes.rows, timeout, "processes")
        except OSError as error:
            raise problem(error, "processes") from error

    def ask_sample(self, what: str, seconds: float, *, timeout: float) -> Answer:
        """Two samples and their difference."""
        from techkit.host import processes

        try:
            return self.in_thread(lambda: processes.sample(what, seconds), timeout, f"sample {what}")
        except OSError as error:
            raise problem(error, what) from error

    def ask_psutil(self, name: str, *, timeout: float) -> Answer:
        """One of psutil's functions without arguments, or net_if_addrs and the like, as JSON."""
        import psutil

        function = getattr(psutil, name, None)
        if function is None:
            raise ProbeError(Reason.INAPPLICABLE, f"psutil.{name}")
        try:
            return self.in_thread(lambda: plain(function()), timeout, f"psutil.{name}")
        except psutil.AccessDenied as error:
            raise ProbeError(Reason.FORBIDDEN, f"psutil.{name}") from error
        except (OSError, RuntimeError, NotImplementedError, psutil.Error) as error:
            raise ProbeError(Reason.UNREADABLE, f"psutil.{name}: {error}") from error

    # ------------------------------------------------------------------ the network
    def ask_connect(self, address: str, port: int, *, timeout: float) -> Answer:
        """One TCP connection."""
        from techkit.host import net

        return self.in_thread(lambda: net.connect(address, port, timeout), timeout + 1, f"{address}:{port}")

    def ask_knocks(self, address: str, port: int, count: int, *, timeout: float) -> Answer:
        """Many TCP connections at once."""
        from techkit.host import net

        return self.in_thread(lambda: net.knocks(address, port, count, timeout), timeout + 2, f"{address}:{port}")

    def ask_resolve(self, name: str, *, timeout: float) -> Answer:
        """The system's own resolver."""
        from techkit.host import net

        try:
            return self.in_thread(lambda: net.resolve(name), timeout, name)
        except ProbeError:
            return {"addresses": [], "error": "timeout", "milliseconds": timeout * 1000}

    def ask_dns(self, server: str, name: str, kind: str, *, timeout: float) -> Answer:
        """One name server, asked by itself."""
        from techkit.host import net

        return self.in_thread(lambda: net.dns(server, name, kind, timeout), timeout + 1, f"{server} {name}")

    def ask_http(self, url: str, proxy: str, *, timeout: float) -> Answer:
        """One page."""
        from techkit.host import net

        return self.in_thread(lambda: net.http(url, proxy, timeout), timeout * 2, url)

    def ask_tls(self, name: str, port: int, *, timeout: float) -> Answer:
        """One handshake."""
        from techkit.host import net

        return self.in_thread(lambda: net.tls(name, port, timeout), timeout * 2, name)

    def ask_sntp(self, server: str, *, timeout: float) -> Answer:
        """One time server."""
        from techkit.host import net

        return self.in_thread(lambda: net.sntp(server, timeout), timeout * 2, server)


def _drain(pipe: IO[bytes] | None, kept: bytearray) -> None:
    """Read a pipe to its end, keep the first part."""
    if pipe is None:
        return
    with pipe:
        while part := os.read(pipe.fileno(), 1 << 16):
            if len(kept) < CAP:
                kept += part


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a program with everything it started, without waiting."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        pass  # it has just ended by itself


def plain(value: Any) -> Answer:
    """A psutil result as JSON: named tuples and mappings as objects, enumerations by their value."""
    if hasattr(value, "_asdict"):
        return {key: plain(inner) for key, inner in value._asdict().items()}
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value)


def local(site: dict[str, Any]) -> Local:
    """The answerer for the system we run on."""
    if sys.platform == "win32":
        from techkit.host.windows import Windows

        return Windows(site)
    from techkit.host.linux import Linux

    return Linux(site)
