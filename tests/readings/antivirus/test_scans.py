"""What a running clamd is asked, and that none is started for it."""

# ruff: noqa: S108 - folders of temporary files are what is looked at

from __future__ import annotations

import os
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.antivirus import clamav, scans
from techkit.readings.os import services

if TYPE_CHECKING:
    from pathlib import Path

GONE = ProbeError(Reason.MISSING, "gone")
CONF = "LocalSocket /run/clamav/clamd.ctl\n"
ACCOUNTS = "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nsync:x:4:65534::/bin:/bin/sync\n"


def machine(**more: Any) -> dict[tuple[Any, ...], Any]:
    answers: dict[tuple[Any, ...], Any] = {
        ("read", "/etc/clamav/clamd.conf"): CONF,
        ("read", "/etc/passwd"): ACCOUNTS,
        ("stat", "/run/clamav/clamd.ctl"): {"kind": "other"},
        ("stat", "/run/systemd/system"): GONE,
    }
    answers.update(more.get("answers", {}))
    return answers


def asked(host: Any) -> dict[tuple[Any, ...], Any]:
    folders = tuple(scans.folders(host))
    return {("scan", "/run/clamav/clamd.ctl", folders, scans.MOST, scans.LARGEST): None}


def test_folders_are_those_of_people_and_of_everybody() -> None:
    folders = scans.folders(given(machine()))
    assert {"/home/alice", "/home/alice/Downloads", "/root/Downloads", "/tmp", "/var/tmp"} <= set(folders)
    assert not any(folder.startswith("/bin") for folder in folders)


def test_what_is_found_is_told() -> None:
    key = next(iter(asked(given(machine()))))
    said = {"looked": 5, "late": 1, "found": [{"path": "/home/alice/Downloads/eicar.com", "name": "Eicar"}]}
    seen = scans.newest(given(machine(answers={key: said})))
    assert [(one.path, one.threat) for one in seen.infected] == [("/home/alice/Downloads/eicar.com", "Eicar")]
    assert (seen.looked, seen.late) == (5, 1)


@pytest.mark.parametrize("answers", [{("stat", "/run/clamav/clamd.ctl"): GONE}])
def test_without_a_daemon_nothing_is_asked(answers: dict[tuple[Any, ...], Any]) -> None:
    with pytest.raises(ProbeError) as error:
        scans.newest(given(machine(answers=answers)))
    assert error.value.reason is Reason.INAPPLICABLE


def test_a_daemon_that_waits_for_its_socket_is_left_asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        services, "units", lambda _host, *names: {name: services.Unit(name, loaded=True) for name in names}
    )
    with pytest.raises(ProbeError) as error:
        scans.newest(given(machine()))
    assert error.value.reason is Reason.INAPPLICABLE
    assert clamav.ENGINES


@pytest.mark.skipif(sys.platform == "win32", reason="a socket in the file system, with open files sent through it")
def test_the_daemon_gets_open_files_and_its_answers_are_read(tmp_path: Path) -> None:
    """A stand-in that speaks the session of clamd(8) as ClamAV 1.4 was heard to."""
    from techkit.host import clamd

    for name, text in (("clean.txt", b"hello"), ("eicar.com", b"BAD"), ("empty", b""), ("big", b"x" * 5000)):
        (tmp_path / name).write_bytes(text)
    (tmp_path / "link").symlink_to(tmp_path / "eicar.com")
    os.mkfifo(tmp_path / "pipe")
    paths = clamd.newest([str(tmp_path), str(tmp_path / "nowhere")], 10, 4096)
    assert sorted(path.rpartition("/")[2] for path in paths) == ["clean.txt", "eicar.com"]

    where = str(tmp_path / "ctl")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(where)
        listener.listen(1)
        thread = threading.Thread(target=_speak, args=(listener, len(paths)), daemon=True)
        thread.start()
        said = clamd.scan(where, [*paths, str(tmp_path / "pipe"), str(tmp_path / "link")], 5)
        thread.join(5)
    assert said == {"looked": 2, "late": 0, "found": [{"path": str(tmp_path / "eicar.com"), "name": "Lab.Eicar"}]}


def _speak(listener: socket.socket, wanted: int) -> None:
    line, _ = listener.accept()
    with line:
        descriptors: list[int] = []
        while len(descriptors) < wanted:
            _, some, _, _ = socket.recv_fds(line, 4096, 16)
            descriptors += some
        for number, descriptor in enumerate(descriptors, 1):
            bad = os.read(descriptor, 10) == b"BAD"
            verdict = f"Lab.Eicar({'0' * 32}:3) FOUND" if bad else "OK"
            line.sendall(f"{number}: fd[{descriptor}]: {verdict}\0".encode())
            os.close(descriptor)
