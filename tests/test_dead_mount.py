"""A mount that never answers: whatever asks it hangs in the kernel, and must cost its own line and nothing else."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import struct
import subprocess
import sys
import threading
import time
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from techkit.host import Host, ProbeError
from techkit.host.local import local
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FUSE_INIT = 26
NOSUID_NODEV, FORCE_DETACH = 2 | 4, 1 | 2


def _swallow(device: int) -> None:
    """Greet the kernel as FUSE wants, then take every request and answer none: the asker waits beyond SIGKILL."""
    with contextlib.suppress(OSError):
        while True:
            request = os.read(device, 1 << 18)
            _, opcode, unique = struct.unpack_from("<IIQ", request)
            if opcode == FUSE_INIT:
                reply = struct.pack("<IIIIHHIIHHI28x", 7, 31, 4096, 0, 8, 8, 4096, 1, 1, 0, 0)
                os.write(device, struct.pack("<IiQ", 16 + len(reply), 0, unique) + reply)


@pytest.fixture
def dead(tmp_path: Path) -> Iterator[Path]:
    """A folder on which such a file system is mounted."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting needs root on Linux")
    place = tmp_path / "dead"
    place.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError:
        pytest.skip("this machine has no FUSE")
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0".encode()
    if libc.mount(b"dead", bytes(place), b"fuse", NOSUID_NODEV, options):
        os.close(device)
        pytest.skip("this machine does not allow FUSE")
    thread = threading.Thread(target=_swallow, args=(device,), daemon=True)
    thread.start()
    try:
        yield place
    finally:
        libc.umount2(bytes(place), FORCE_DETACH)
        thread.join(5)
        os.close(device)


def test_every_question_about_it_ends_at_its_deadline(dead: Path) -> None:
    host = Host(local({}))
    questions: list[Callable[[], Any]] = [
        partial(host.statvfs, str(dead), timeout=0.5),
        partial(host.stat, str(dead / "file"), timeout=0.5),
        partial(host.listdir, str(dead), timeout=0.5),
        partial(host.read, str(dead / "file"), timeout=0.5),
        partial(host.run, "ls", str(dead), timeout=0.5),
    ]
    began = time.monotonic()
    answers = host.side_by_side(questions)
    assert [answer.reason if isinstance(answer, ProbeError) else answer for answer in answers] == [Reason.TIMEOUT] * 5
    assert time.monotonic() - began < 3
    with warnings.catch_warnings():  # Python warns of the children that were left behind, as they had to be
        warnings.simplefilter("ignore", ResourceWarning)
        del host, questions, answers
        gc.collect()


def test_a_whole_check_ends_in_time_though_the_persons_home_is_there(dead: Path, tmp_path: Path) -> None:
    environment = os.environ | {"HOME": str(dead), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "techkit", "check", "disk", "os.release", "--lang", "en"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    out, err = process.communicate(timeout=30)
    assert process.returncode in {0, 1, 2, 3}, err
    assert "Traceback" not in err
    assert "checks ran" in out
    assert time.monotonic() - began < 12
