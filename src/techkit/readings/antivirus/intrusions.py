"""Signs of malware on Linux that need no signatures: hidden programs and back doors."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from techkit.host import Host
    from techkit.readings.supplements import Supplements

KTHREADD = 2
PRELOAD = "/etc/ld.so.preload"
ENVIRONMENT = "/etc/environment"
PAM, SUDOERS = "/etc/pam.d", "/etc/sudoers"
KERNEL = re.compile(
    r"\[?(kworker|kthreadd|ksoftirqd|kswapd|kdevtmpfs|khugepaged|kcompactd|kauditd|kblockd|kintegrityd|khungtaskd"
    r"|kthrotld|kstrp|ksmd|kpsmoused|kacpid|kmpath|migration/|cpuhp/|rcu_|idle_inject|jbd2/|scsi_eh_|xfsaild"
    r"|irq/\d|netns\]|watchdogd|mm_percpu_wq|writeback\]|crypto\]|bioset\])"
)
"""Names of kernel threads."""
TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/", "/run/shm/", "/dev/mqueue/")  # noqa: S108 - looked for, not written to
MEMORY = re.compile(r"/memfd:(?:([\w.+-]+?)(?:_cloned)?(?::.*)?$)?")
"""Programs without a file. Container engines run a copy of themselves like this, so that a container cannot write to
them: `runc_cloned:/proc/self/exe` and `crun_cloned:…` (CVE-2019-5736), and LXC's tools by their names. A name proves
nothing: the copy has to be one."""
ORIGINALS = 8
"""Installed programs that a copy is compared with."""
WRITTEN_BY_OTHERS = 0o022
HONEST = re.compile(
    r"(/var)?/tmp/(go-build|\.mount_|_MEI|selfgz|makeself|pip-|nix-build|cargo|rust|snap[.-]|systemd-private-|pytest-of-"
    r"|appimage|vmware-root|hsperfdata|bazel|npm-|yarn|tmp\.\w+/\.?(go|rust|cargo))"
)
"""Where compilers, installers and AppImages legitimately run programs from."""
MINERS = {
    "xmrig",
    "xmr-stak",
    "minerd",
    "cpuminer",
    "kinsing",
    "kdevtmpfsi",
    "xmrig-daemon",
    "cnrig",
    "t-rex",
    "nbminer",
}
INTERPRETERS = re.compile(r"(ba|da|z|k|a)?sh|busybox|python[\d.]*|perl[\d.]*|php[\d.]*|ruby[\d.]*|node|lua[\d.]*")
POOL = re.compile(r"stratum\d?\+(tcp|ssl|tls|udp)://", re.IGNORECASE)
DOORS = (
    re.compile(r"(ba|z|k)?sh\b.*(>&|<>|<|>)\s*/dev/(tcp|udp)/"),
    re.compile(r"\b(nc|ncat|netcat|nc\.traditional)\b(?=.*\s-(-exec|-sh-exec|\w*[ec])[= ]).*\b(ba|da|z|k)?sh\b"),
    re.compile(r"\bmkfifo\b.*\|\s*(/\S*/)?(ba|da|z|k)?sh\b.*\|\s*(/\S*/)?(nc|ncat|netcat|telnet|openssl)\b"),
    re.compile(r"\bsocat\b.*\b(exec|system):[\"']?(/\w+)*/?(ba|da|z|k)?sh\b", re.IGNORECASE),
)
"""A shell attached to a network connection."""
KNOWN = re.compile(
    r"lib(faketime|eatmydata|jemalloc|tcmalloc|snoopy|arm|onload|oneagent|cofi_rpi|mimalloc|proxychains|stderred|nss_wrapper"
    r"|uid_wrapper|fakeroot|sandbox|rr|asan|gtk3-nocsd|ocf|vma)[\w.${}-]*|.*(dynatrace|appdynamics|sysdig|datadog).*",
    re.IGNORECASE,
)
"""Libraries that people preload on purpose."""
LIBRARY_FOLDERS = ("/lib", "/usr/lib", "/usr/local/lib", "/opt/", "/usr/libexec")
OWNERS = (("dpkg-query", "-S"), ("rpm", "-qf"), ("pacman", "-Qo"), ("apk", "info", "-W"))
"""Commands that name the package of a file; each fails if no package owns it."""
SERVANTS = {
    "bin", "daemon", "games", "gnats", "irc", "list", "lp", "mail", "man", "news", "nobody", "proxy", "sys", "uucp",
    "www-data", "apache", "nginx", "ftp", "backup", "operator", "adm", "shutdown", "halt",
}  # fmt: skip
"""Standard system accounts that nobody signs in with; base-passwd."""
ASKING = {"pam_unix.so", "pam_sss.so", "pam_krb5.so", "pam_ldap.so", "pam_winbind.so", "pam_tcb.so", "pam_deny.so"}
"""PAM modules that ask for a password, or deny access."""
_EVERYBODY = re.compile(r"\s*ALL\s+ALL\s*=\s*(\([^)]*\))?\s*NOPASSWD\s*:\s*ALL\s*$")
LONGEST = 200
LINE = 1000
"""Characters of a command line that are examined."""
MANY = 100
"""Names per folder that are looked at."""
SETUID = 0o4000
OPEN_TO_ALL = tuple(
    f"/usr/bin/{name}"
    for name in (
        "bash", "dash", "zsh", "busybox", "python3", "perl", "find", "vim.basic", "vim", "env", "awk", "mawk", "gawk",
        "tar", "cp", "nano", "less", "nmap", "php", "ruby", "node", "gdb", "docker",
    )
)  # fmt: skip
"""Programs that can run or write anything: never legitimately set-user-ID root."""
OWN_PROGRAMS = ("/usr/local/bin", "/usr/local/sbin", "/root", "/opt", "/home", "/var/lib", "/etc")
"""Where no package installs set-user-ID programs."""
UNSEEN = (Reason.MISSING, Reason.FORBIDDEN, Reason.TIMEOUT, Reason.UNREADABLE)


class Process(Record, frozen=True):
    """A process that shows one of the signs."""

    sign: str
    """disguised, memory, deleted, hidden, miner or door; on Windows impostor, stray or miner"""
    pid: int
    program: str
    path: str
    command: str = ""
    started: float | None = None
    """seconds since 1970"""


class Account(Record, frozen=True):
    """An account that is the administrator under another name."""

    name: str
    shell: str = ""


class Preload(Record, frozen=True):
    """A library preloaded into every program; `place`: system, or elsewhere."""

    path: str
    place: str = "system"
    file: str = PRELOAD


class Loophole(Record, frozen=True):
    """A setting that lets anybody in.

    `kind`: pam, sudo, empty (an account without password) or servant (one of the system's own that can sign in).
    """

    kind: str
    file: str
    line: str
    account: str = ""


def processes(host: Host, more: Supplements) -> tuple[tuple[Process, ...], int]:
    """The processes with a sign, and how many could not be looked at."""
    rows = host.processes()
    found = (_process(host, more, row) for row in rows)
    unseen = 0 if host.elevated else sum(_unseen(row) for row in rows)  # root misses only those that have just ended
    return tuple(process for process in found if process), unseen


def _process(host: Host, more: Supplements, row: Mapping[str, Any]) -> Process | None:
    """The sign of one process; one in memory that is a copy of an installed program is judged as that program."""
    found = parse_process(row)
    if found is None or found.sign != "memory":
        return found
    original = more.ask(partial(_original, host, row), None, f"/proc/{row['pid']}/exe")
    if original is None:  # it could not be seen, or has ended
        return None
    return parse_process({**row, "exe": original, "deleted": False}) if original else found


def _original(host: Host, row: Mapping[str, Any]) -> str:
    """Of the programs of its names, installed or beside the one that started it, the one with the same content."""
    rows = host.processes()
    parent = next((str(one["exe"] or "") for one in rows if one["pid"] == row.get("ppid")), "")
    named = MEMORY.match(str(row["exe"]))
    words = [named[1] or "" if named else "", str(row.get("name") or ""), *map(str, (row.get("argv") or ())[:1])]
    names = [name for name in dict.fromkeys(word.rpartition("/")[2] for word in words) if name]
    beside = [f"{parent.rpartition('/')[0]}/{name}" for name in names if parent]
    alike = [one["exe"] for one in rows if one.get("name") == row.get("name")]
    places = dict.fromkeys([*map(host.which, names), parent, *beside, *alike])
    paths = [place for place in places if place and place.startswith("/") and not MEMORY.match(place)]
    copy = f"/proc/{row['pid']}/exe"
    return next((path for path in paths[:ORIGINALS] if _equal(host, copy, path)), "")


def _equal(host: Host, copy: str, path: str) -> bool:
    """Whether a program that only root can write to has the same content."""
    there = attempt(partial(host.stat, path), {}, Reason.MISSING, Reason.FORBIDDEN)
    safe = there.get("kind") == "file" and there.get("uid") == 0 and not there["mode"] & WRITTEN_BY_OTHERS
    return safe and host.stat(copy)["size"] == there["size"] and host.digest(copy) == host.digest(path)


def _unseen(row: Mapping[str, Any]) -> bool:
    return row.get("exe") is None and bool(row.get("argv")) and row.get("state") != "Z"


def parse_process(row: Mapping[str, Any]) -> Process | None:
    """The worst sign of one process; a kernel thread has neither program file nor command line.

    If its program file is unreadable, the first argument of the command line is used.
    """
    argv, name = [str(word) for word in row.get("argv") or ()], str(row.get("name") or "")
    exe = str(row.get("exe") or (argv[0] if argv and row.get("state") != "Z" else ""))
    path = _script(exe, argv) or exe
    sign = ""
    if not HONEST.match(path):
        disguised = bool(exe) and KTHREADD not in {row["pid"], row.get("ppid")} and _like_kernel(name, argv)
        if MEMORY.match(exe):
            sign = "memory"
        elif row.get("deleted") and (disguised or exe.startswith(TEMPORARY)):
            sign = "deleted"
        elif disguised:
            sign = "disguised"
        elif secret(path):
            sign = "hidden"
    line = " ".join(argv)[:LINE]
    if not sign and (name in MINERS or POOL.search(line)):
        sign = "miner"
    if not sign and any(door.search(line) for door in DOORS):
        sign = "door"
    if not sign:
        return None
    started = row.get("started")
    return Process(sign, int(row["pid"]), name or path.rpartition("/")[2], path, line[:LONGEST], started)


def _like_kernel(name: str, argv: Sequence[str]) -> bool:
    return bool(KERNEL.match(name) or (argv and KERNEL.match(argv[0])))


def _script(exe: str, argv: Sequence[str]) -> str:
    """What an interpreter was told to run, where that is a full path."""
    if len(argv) < 2 or not INTERPRETERS.fullmatch(exe.rpartition("/")[2]):
        return ""
    word = next((word for word in argv[1:] if not word.startswith("-")), "")
    return word if word.startswith("/") and " " not in word else ""


def secret(path: str) -> bool:
    """Whether a path is hidden: among temporary files, in shared memory, or by a deceptive name."""
    folders = path.split("/")[1:-1]
    hidden = [part for part in path.split("/")[1:] if part.startswith(".")]
    if any(re.fullmatch(r"\.{2,}\s*|\.?\s+", part) for part in folders):
        return True
    if path.startswith(("/dev/shm/", "/dev/mqueue/", "/run/shm/")):  # noqa: S108 - looked for, not written to
        return True
    if path.startswith(TEMPORARY):
        return bool(hidden)
    if re.match(r"/(home/[^/]+|root|var/home/[^/]+)/", path):
        return False
    return any(part.startswith(".") for part in folders) and path.startswith(
        ("/etc/", "/usr/", "/bin/", "/lib", "/var/", "/run/")
    )


def accounts(host: Host) -> tuple[Account, ...]:
    """The accounts besides root with uid 0."""
    return tuple(parse_accounts(host.read("/etc/passwd")))


def parse_accounts(text: str) -> Iterator[Account]:
    """Read passwd(5); lines that begin with + or - ask a directory service."""
    for line in text.splitlines():
        words = line.split(":")
        if (
            len(words) > 3
            and words[0] not in {"", "root"}
            and words[0][0] not in "+-#"
            and re.fullmatch("0+", words[2])
        ):
            yield Account(words[0], words[6] if len(words) > 6 else "")


def preloads(host: Host, more: Supplements) -> tuple[Preload, ...]:
    """The libraries in ld.so.preload that exist, are unknown, and belong to no package."""
    found = []
    environment = more.read(ENVIRONMENT)
    told = re.findall(r"^\s*(?:export\s+)?LD_PRELOAD\s*=\s*[\"']?([^\"'\n]*)", environment, re.MULTILINE)
    named = [(path, PRELOAD) for path in parse_preload(more.read(PRELOAD))]
    named += [(path, ENVIRONMENT) for line in told for path in parse_preload(line)]
    for path, file in named:
        name = path.rpartition("/")[2]
        plain = re.sub(r"\$(LIB|\{LIB\})", "lib", path)
        if KNOWN.fullmatch(name) or "$" in plain or not host.there(plain):
            continue
        system = plain.startswith(LIBRARY_FOLDERS) and "/." not in plain
        if not system or not _owned(host, plain):
            found.append(Preload(plain, "system" if system else "elsewhere", file))
    return tuple(found)


def parse_preload(text: str) -> tuple[str, ...]:
    """Read ld.so.preload, ld.so(8): paths between white space or colons."""
    lines = (line.partition("#")[0] for line in text.splitlines())
    return tuple(word for line in lines for word in re.split(r"[\s:]+", line) if word)


def _owned(host: Host, path: str) -> bool:
    """Whether a package owns it; True if no package database answers.

    A merged /usr has two names for each library, and dpkg knows but one.
    """
    names = {path, path.removeprefix("/usr") if path.startswith("/usr/lib") else f"/usr{path}"}
    asked = False
    for command in OWNERS:
        for name in sorted(names):
            try:
                said = host.run(*command, name)
            except ProbeError as error:
                if error.reason is Reason.MISSING:
                    break
                return True
            asked = True
            if not said["code"]:
                return True
        if asked:
            return False
    return True


def homes(host: Host) -> Iterable[tuple[str, str]]:
    """(account, home folder) of root and of the people of this machine; their names are private."""
    for line in host.read("/etc/passwd").splitlines():
        words = line.split(":")
        if len(words) < 6 or not words[2].isdecimal() or not words[5].startswith("/"):
            continue
        if words[2] == "0" or 1000 <= int(words[2]) < 60000:
            if words[2] != "0":
                host.private("person", words[0])
            yield words[0], words[5].rstrip("/")


def shells(host: Host) -> tuple[str, ...]:
    """Set-user-ID root shells and interpreters, and copies of them.

    A copy is recognised by its exact size.
    """
    sizes: set[int] = set()
    found = []
    for path in OPEN_TO_ALL:
        entry = attempt(partial(host.stat, path), {}, *UNSEEN, Reason.UNRECORDED)
        if entry.get("kind") == "file" and entry.get("size"):
            sizes.add(entry["size"])
            if _as_root(entry):
                found.append(path)
    for folder in OWN_PROGRAMS:
        for name in attempt(partial(host.listdir, folder), [], *UNSEEN, Reason.UNRECORDED)[:MANY]:
            entry = attempt(partial(host.stat, f"{folder}/{name}"), {}, *UNSEEN, Reason.UNRECORDED)
            if _as_root(entry) and entry.get("size") in sizes:
                found.append(f"{folder}/{name}")
    return tuple(found)


def _as_root(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("kind") == "file" and not entry["uid"] and entry["mode"] & SETUID and entry["mode"] & 0o111)


def setuid(host: Host) -> tuple[str, ...]:
    """Set-user-ID root programs in world-writable folders."""
    found = []
    for folder in (*(folder.rstrip("/") for folder in TEMPORARY), "/var/www"):
        for name in attempt(partial(host.listdir, folder), [], Reason.MISSING, Reason.FORBIDDEN)[:MANY]:
            path = f"{folder}/{name}"
            entry = attempt(partial(host.stat, path), {}, *UNSEEN)
            if _as_root(entry):
                found.append(path)
    return tuple(found)


def loopholes(host: Host) -> tuple[Loophole, ...]:
    """Access without a password: by PAM, by sudo for everybody, or by an account without one."""
    return (*_pam(host), *_sudo(host), *_empty(host))


def _pam(host: Host) -> Iterator[Loophole]:
    for name in attempt(partial(host.listdir, PAM), [], *UNSEEN, Reason.UNRECORDED)[:MANY]:
        text = attempt(partial(host.read, f"{PAM}/{name}"), "", *UNSEEN)
        if line := parse_pam(text):
            yield Loophole("pam", f"{PAM}/{name}", line)


def parse_pam(text: str) -> str:
    """The PAM line that admits everybody before a password is asked for; pam.conf(5)."""
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) < 3 or words[0].lstrip("-") != "auth":
            continue
        if words[1] == "sufficient" and words[2].rpartition("/")[2] == "pam_permit.so":
            return line.strip()
        if any(module.rpartition("/")[2] in ASKING for module in words[2:]):
            return ""
    return ""


def _sudo(host: Host) -> Iterator[Loophole]:
    folder = f"{SUDOERS}.d"
    names = attempt(partial(host.listdir, folder), [], *UNSEEN, Reason.UNRECORDED)[:MANY]
    for path in (SUDOERS, *(f"{folder}/{name}" for name in names if "." not in name and not name.endswith("~"))):
        for line in attempt(partial(host.read, path), "", *UNSEEN, Reason.UNRECORDED).splitlines():
            if _EVERYBODY.match(line):
                yield Loophole("sudo", path, line.strip())


def _empty(host: Host) -> Iterator[Loophole]:
    """Accounts with a shell and no password, and system accounts with a shell and a password."""
    stored = {
        line.partition(":")[0]: line.split(":")[1]
        for line in attempt(partial(host.read, "/etc/shadow"), "", *UNSEEN, Reason.UNRECORDED).splitlines()
        if line.count(":") >= 1
    }
    for line in host.read("/etc/passwd").splitlines():
        words = line.split(":")
        if len(words) != 7 or words[6].endswith(("nologin", "false", "sync")):
            continue
        if stored.get(words[0]) == "":
            yield Loophole("empty", "/etc/shadow", "", words[0])
        elif words[0] in SERVANTS and stored.get(words[0], "*").startswith("$"):
            yield Loophole("servant", "/etc/passwd", words[6], words[0])
