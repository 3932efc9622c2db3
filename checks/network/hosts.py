"""The hosts file sends no name elsewhere than the name servers do, and this machine knows its own names."""

import ipaddress
from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, Unseen, critical, warning
from techkit.readings import hosts_file, needed, resolvers

MOST = 20
"""Names that are asked for."""
SERVERS = 2
"""Name servers that are asked for each."""
LOCALHOST = "localhost"
OWN = 2
"""Seconds to find a name of this machine itself."""
SAID = {"NOERROR", "NXDOMAIN"}
"""Answers that tell what a name has; every other one tells of the server's own trouble."""


class Name(Record, frozen=True):
    """One entry and what the name servers say of its name: nothing where they know none, None where none answered."""

    address: str
    name: str
    blocks: bool = False
    needed: bool = False
    """whether packages or signatures come from there"""
    expected: tuple[str, ...] | None = None


class Seen(Record, frozen=True):
    """The file's entries that are neither this machine's own nor of its own network."""

    file: str
    names: tuple[Name, ...]
    lost: tuple[str, ...] = ()
    """names of this machine itself that it does not find"""
    read: bool = True
    """whether programs look into the file at all"""
    strayed: tuple[str, ...] = ()
    """addresses elsewhere that the file gives to localhost"""


class Limits(Record, frozen=True):
    """Endings of names that must never lead elsewhere: updates, antivirus, banks and authorities."""

    watched: tuple[str, ...] = (
        "windowsupdate.com", "update.microsoft.com", "download.microsoft.com", "debian.org", "ubuntu.com",
        "fedoraproject.org", "astralinux.ru", "altlinux.org", "red-soft.ru", "clamav.net", "kaspersky.com",
        "kaspersky.ru", "drweb.com", "drweb.ru", "eset.com", "avast.com", "bitdefender.com", "virustotal.com",
        "gosuslugi.ru", "sberbank.ru", "vtb.ru", "tbank.ru", "nalog.gov.ru", "paypal.com",
    )  # fmt: skip


def probe(host: Host) -> Seen:
    """Ask the first name servers for every name of the file that could be meant for the world."""
    machine = host.machine()
    own = {machine["name"].casefold(), f"{machine['name']}.{machine['domain']}".casefold()}
    every = hosts_file.entries(host)
    read = host.system != "linux" or resolvers.reads_hosts_file(host)
    entries = [
        entry
        for entry in every
        if "." in entry.name and entry.name not in own and not entry.name.endswith((".localdomain", ".local"))
    ]
    asked = [entry for entry in entries if not entry.blocks][:MOST]
    servers = resolvers.servers(host)[:SERVERS] if asked else ()
    pairs = [(entry, server) for entry in asked for server in servers]
    answers = host.side_by_side([partial(host.dns, server, entry.name, _kind(entry)) for entry, server in pairs])
    wanted = {name for name, _ in needed.servers(host)} if any(entry.blocks for entry in entries) else set()
    said: dict[hosts_file.Entry, set[str]] = {}
    for (entry, _), answer in zip(pairs, answers, strict=True):
        if not isinstance(answer, ProbeError) and answer["state"] == "answered" and answer["code"] in SAID:
            said.setdefault(entry, set()).update(answer["addresses"])
    return Seen(
        hosts_file.path(host),
        tuple(
            Name(
                address=entry.address,
                name=entry.name,
                blocks=entry.blocks,
                needed=entry.name in wanted,
                expected=tuple(sorted(said[entry])) if entry in said else None,
            )
            for entry in entries
        ),
        lost=_lost(host, {entry.name for entry in every} if read else set(), machine["name"]),
        read=read,
        strayed=tuple(entry.address for entry in every if entry.name == LOCALHOST and not entry.blocks),
    )


def _lost(host: Host, known: set[str], name: str) -> tuple[str, ...]:
    """Which of its own names, that the file does not tell, a Linux machine does not find another way either."""
    if host.system != "linux":
        return ()
    asked = [one for one in (LOCALHOST, name) if one and one.casefold() not in known]
    answers = host.side_by_side([partial(host.resolve, one, timeout=OWN) for one in asked])
    return tuple(
        one
        for one, answer in zip(asked, answers, strict=True)
        if not isinstance(answer, ProbeError) and answer["error"] == "unknown"
    )


def _kind(entry: hosts_file.Entry) -> str:
    return "AAAA" if ipaddress.ip_address(entry.address).version == 6 else "A"


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """One finding per wrong address; a watched name is critical whatever the servers say."""
    for address in seen.strayed:
        yield critical("localhost_elsewhere", address, file=seen.file, target=address)
    if seen.lost and not seen.read:
        yield critical("unread", resolvers.NSSWITCH, file=seen.file, switch=resolvers.NSSWITCH, names=seen.lost)
    for own in seen.lost if seen.read else ():
        if own == LOCALHOST:
            yield critical("localhost_missing", own, file=seen.file)
        else:
            yield warning("own_name_missing", own, file=seen.file, name=own)
    wrong: dict[str, list[Name]] = {}
    for name in seen.names:
        watched = name.needed or _watched(name.name, limits)
        differs = not name.blocks and bool(name.expected) and name.address not in (name.expected or ())
        if differs or (watched and (name.blocks or name.expected is None)):
            wrong.setdefault(name.address, []).append(name)
    for address, names in wrong.items():
        facts: dict[str, Fact] = {
            "file": seen.file,
            "target": address,
            "names": tuple(dict.fromkeys(name.name for name in names)),
            "expected": tuple(sorted({one for name in names for one in name.expected or ()})),
        }
        if any(_watched(name.name, limits) for name in names):
            yield critical("redirected", address, **facts)
        else:
            yield warning("redirected", address, **facts)
    unasked = [name for name in seen.names if not name.blocks and name.expected is None and name.address not in wrong]
    if unasked:
        yield Unseen(seen.file, Reason.TIMEOUT, unasked[0].name)


def _watched(name: str, limits: Limits) -> bool:
    return any(name == ending or name.endswith(f".{ending}") for ending in limits.watched)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
