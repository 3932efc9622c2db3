"""PAM rules that keep people out or leave them too few resources: access.conf(5), limits.conf(5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techkit.model import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techkit.readings.supplements import Supplements

ACCESS = "/etc/security/access.conf"
LIMITS = "/etc/security/limits.conf"
FOLDER = "/etc/security/limits.d"
FEWEST = {"nproc": 20, "nofile": 64, "fsize": 10240, "as": 262144, "maxlogins": 1, "maxsyslogins": 1}
"""The least that a session needs; sizes in KiB."""


class Tight(Record, frozen=True):
    """A limit too low to work with; `account` may be * for everybody."""

    account: str
    item: str
    value: int
    file: str
    line: str


class Refusal(Record, frozen=True):
    """The line of access.conf that refuses all ordinary accounts."""

    line: str
    accounts: tuple[str, ...]


def tight(more: Supplements, people: Sequence[str]) -> tuple[Tight, ...]:
    """The limits in force: a later line replaces an earlier one."""
    names = sorted(name for name in more.listdir(FOLDER) if name.endswith(".conf"))
    found: dict[tuple[str, str], Tight] = {}
    for file in (LIMITS, *(f"{FOLDER}/{name}" for name in names)):
        for raw in more.read(file).splitlines():
            words = raw.partition("#")[0].split()
            if len(words) != 4 or words[0] not in {"*", *people}:
                continue
            key, value = (words[0], words[2]), words[3]
            if value.isdecimal() and int(value) < FEWEST.get(words[2], 0):
                found[key] = Tight(*key, int(value), file, raw.strip())
            else:
                found.pop(key, None)
    return tuple(found.values())


def refusal(more: Supplements, pam: Iterable[str], people: Sequence[str]) -> Refusal | None:
    """Evaluate access.conf for a local session; `pam`: the texts of /etc/pam.d."""
    lines = [line.partition("#")[0].split() for text in pam for line in text.splitlines()]
    if not people or not any("pam_access.so" in words for words in lines):
        return None
    rules = [line for raw in more.read(ACCESS).splitlines() if (line := raw.strip()) and not line.startswith("#")]
    refused = [_refused(rules, person, people) for person in people]
    return Refusal(refused[0], tuple(people)) if all(refused) else None


def _refused(rules: Iterable[str], person: str, people: Sequence[str]) -> str:
    """The line that refuses a person; empty if none does, or if that depends on a group or a host."""
    for line in rules:
        parts = [part.split() for part in line.split(":", 2)]
        if len(parts) != 3 or parts[0] not in (["+"], ["-"]):
            continue
        if any(word not in {"ALL", "EXCEPT", "root", *people} for word in parts[1]):
            return ""
        if _matches(parts[1], {person, "ALL"}) and _matches(parts[2], {"ALL", "LOCAL"}):
            return line if parts[0] == ["-"] else ""
    return ""


def _matches(words: list[str], wanted: set[str]) -> bool:
    some, _, others = " ".join(words).partition(" EXCEPT ")
    return bool(wanted & set(some.split())) and not wanted & set(others.split())
