"""Unpacks the packages for this Python into a private temporary folder, and starts techkit from there."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn

FILE = os.path.abspath(sys.path[0])


def main() -> None:
    """Unpack, and run techkit."""
    while os.open(os.devnull, os.O_RDWR) < 3:
        pass  # closed standard streams become /dev/null, so that no other file gets their numbers
    folder = unpacked()
    sys.path[0] = folder
    import techkit

    techkit.started = ("-I", "-B", FILE)  # the administrator's half and the guard outlive this folder
    from techkit.__main__ import main

    main()


def unpacked() -> str:
    """Unpack the pure packages, and the native ones for this machine; returns the folder."""
    machine = os.uname().machine if sys.maxsize > 1 << 32 else "32 bits"
    native = f"native/{machine}-{libc()}/{sys.version_info[0]}.{sys.version_info[1]}/"
    with zipfile.ZipFile(FILE) as packed:
        every = packed.namelist()
        parts = {name: name[len(start) :] for start in ("lib/", native) for name in every if name.startswith(start)}
        if not any(name.startswith(native) for name in parts):
            sys.exit(f"techkit has nothing for {native} / ничего нет для {native}")
        for place in filter(None, places()):
            try:
                folder = made(place)
                for parent in {os.path.dirname(part) for part in parts.values()}:
                    os.makedirs(os.path.join(folder, parent), exist_ok=True)
                for name, part in parts.items():
                    write(os.path.join(folder, part), packed.read(name))
            except OSError:  # full, read-only, or not there
                continue
            return folder
    sys.exit("techkit finds no folder to write to / не находит папки, куда можно писать: TMPDIR")


def libc() -> str:
    """The C library that this Python was built for."""
    try:
        return "glibc" if os.confstr("CS_GNU_LIBC_VERSION") else "musl"
    except (OSError, ValueError):
        return "musl"


def places() -> tuple[str | None, ...]:
    """Candidate places for the folder: in memory first, which works even if a disk is full or read-only."""
    tell, home = os.environ.get, os.path.expanduser("~/.cache")
    common = ("/tmp", "/var/tmp")  # noqa: S108 - for a folder of a random name that nobody else may enter
    return (tell("XDG_RUNTIME_DIR"), "/dev/shm", tell("TMPDIR"), *common, tell("XDG_CACHE_HOME"), home)  # noqa: S108


def made(place: str) -> str:
    """Create a private folder, and a child process that removes it after us."""
    found = os.stat(place)
    if found.st_uid not in {0, os.geteuid()} or (found.st_mode & 0o022 and not found.st_mode & 0o1000):
        raise PermissionError(place)  # others could replace our folder
    folder = os.path.join(place, f"techkit-{os.urandom(8).hex()}")
    os.mkdir(folder, 0o700)
    ours, theirs = os.pipe()
    try:
        child = os.fork()
    except OSError:  # no more processes: the folder is removed only on a regular exit
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return folder
    if not child:
        outlive(ours, theirs, folder)
    os.close(ours)
    return folder


def outlive(ours: int, theirs: int, folder: str) -> NoReturn:
    """Wait until the other end of the pipe closes, however techkit ends, and remove the folder."""
    os.setsid()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.chdir("/")
    os.close(theirs)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.read(ours, 1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def write(path: str, content: bytes) -> None:
    """Write a file; shared libraries stay in memory, so that a noexec file system does not matter."""
    if path.endswith(".so"):
        try:
            held = os.memfd_create(os.path.basename(path))
        except (AttributeError, OSError):
            pass
        else:
            with open(held, "wb", closefd=False) as file:
                file.write(content)
            os.symlink(f"/proc/self/fd/{held}", path)
            return
    with open(path, "xb") as file:
        file.write(content)
