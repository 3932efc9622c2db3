"""cron's tables, and the jobs in them that never run: crontab(5), cron(8)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

TABLE, FOLDER = "/etc/crontab", "/etc/cron.d"
DAEMONS = ("cron", "crond")
MANY = 100
OTHERS_WRITE = 0o022
FIELDS = ((0, 59, ""), (0, 23, ""), (1, 31, ""), (1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
          (0, 7, "sun mon tue wed thu fri sat"))  # fmt: skip
NICKNAMES = {
    "@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly", "@every_minute",
}  # fmt: skip
NO_SUCH = 2
"""How getent(1) ends where it has looked everywhere and found nothing."""
_ACCOUNT = re.compile(r"[A-Za-z_][\w.-]{0,63}\$?")
_SETTING = re.compile(r"\s*[A-Za-z_]\w*\s*=|\s*[\"'][^\"']*[\"']\s*=")
_ITEM = re.compile(r"(\*|[a-z]{3}|\d{1,2})?(?:[-~](\w{1,3})?)?(?:/(\d{1,2}))?", re.IGNORECASE)
_PROGRAM = re.compile(r"(/[\w./+@-]+)(?=\s|$|;|>|\|&|2>)")


class Job(Record, frozen=True):
    """A table, or one line of it, that cron does not do; `why`: line, rights, end, program, account, or shut to us."""

    file: str
    why: str
    number: int = 0
    line: str = ""
    program: str = ""
    account: str = ""
    mode: int = 0
    uid: int = 0


def undone(host: Host) -> tuple[Job, ...]:
    """The first trouble of every table of the system; nothing where there is no cron."""
    if not any(host.which(daemon) for daemon in DAEMONS):
        return ()
    names = attempt(partial(host.listdir, FOLDER), [], Reason.MISSING)[:MANY]
    files = [TABLE, *(f"{FOLDER}/{name}" for name in names if re.fullmatch(r"[A-Za-z0-9_-]+", name))]
    return tuple(job for file in files for job in _of(host, file))


def _of(host: Host, file: str) -> Iterator[Job]:
    entry = attempt(partial(host.stat, file), {}, Reason.MISSING)
    if entry.get("kind") != "file":
        return
    if entry["mode"] & OTHERS_WRITE or entry["uid"]:
        yield Job(file, "rights", mode=entry["mode"], uid=entry["uid"])
        return
    try:
        text = attempt(partial(host.read, file), "", Reason.MISSING)
    except ProbeError as error:
        if error.reason is not Reason.FORBIDDEN:
            raise
        yield Job(file, "shut")
        return
    if text and not text.endswith("\n"):
        yield Job(file, "end", len(text.splitlines()), text.splitlines()[-1])
        return
    for number, line, command in parse_table(text):
        if not command:
            yield Job(file, "line", number, line)
            return
        account = line.split()[1 if line.startswith("@") else 5]
        if not _known(host, account):
            yield Job(file, "account", number, line, account=account)
            return
        match = _PROGRAM.match(command)
        if match and not attempt(partial(host.there, match[1]), True, *Reason):  # noqa: FBT003 - doubt is there
            yield Job(file, "program", number, line, match[1])
            return


def _known(host: Host, account: str) -> bool:
    """Whether there is such an account, here or in the network; doubt is yes."""
    if not _ACCOUNT.fullmatch(account):
        return True
    passwd = attempt(partial(host.read, "/etc/passwd"), "", *Reason)
    if not passwd or any(line.startswith(f"{account}:") for line in passwd.splitlines()):
        return True
    said = attempt(partial(host.run, "getent", "passwd", account), {"code": 0}, *Reason)
    return bool(said["code"] != NO_SUCH)


def parse_table(text: str) -> Iterator[tuple[int, str, str]]:
    """(number, line, command) of every job; no command where cron cannot read the line."""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#") or _SETTING.match(line):
            continue
        words = line.split(None, 6)
        if line.startswith("@"):
            known = words[0].lower() in NICKNAMES and len(words) > 2
            yield number, line, line.split(None, 2)[2] if known else ""
            continue
        good = len(words) == 7 and all(_is_time(word, *field) for word, field in zip(words, FIELDS, strict=False))
        yield number, line, words[6] if good else ""


def _is_time(word: str, first: int, last: int, names: str) -> bool:
    known = names.split()
    for item in word.removeprefix("-").split(","):
        match = _ITEM.fullmatch(item)
        if not item or not match or match[3] == "0":
            return False
        for value in match.groups()[:2]:
            told = value is None or value == "*" or value.lower() in known
            if not told and not (value.isdecimal() and first <= int(value) <= last):
                return False
    return True
