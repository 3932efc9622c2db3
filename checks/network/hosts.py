"""The hosts file agrees with the name servers, and this machine resolves its own names."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Reason, Record, Unseen, critical, warning
from techkit.readings.network import hosts_names, resolvers
from techkit.readings.network.hosts_names import LOCALHOST, Name, Written


class Limits(Record, frozen=True):
    """Domains that must never be redirected: updates, antivirus, banks, authorities."""

    watched: tuple[str, ...] = (
        "windowsupdate.com", "update.microsoft.com", "download.microsoft.com", "debian.org", "ubuntu.com",
        "fedoraproject.org", "astralinux.ru", "altlinux.org", "red-soft.ru", "clamav.net", "kaspersky.com",
        "kaspersky.ru", "drweb.com", "drweb.ru", "eset.com", "avast.com", "bitdefender.com", "virustotal.com",
        "gosuslugi.ru", "sberbank.ru", "vtb.ru", "tbank.ru", "nalog.gov.ru", "paypal.com",
    )  # fmt: skip


def probe(host: Host) -> Written:
    """Compare the file with the name servers."""
    return hosts_names.look(host)


def judge(seen: Written, limits: Limits) -> Iterator[Finding | Unseen]:
    """One finding per wrong address; a watched domain is critical in any case."""
    yield from _own(seen)
    wrong: dict[str, list[Name]] = {}
    for name in seen.names:
        watched = name.needed or _watched(name.name, limits)
        if name.differs or (watched and (name.blocks or name.unasked)):
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
    unasked = [name for name in seen.names if name.unasked and name.address not in wrong]
    if unasked:
        yield Unseen(seen.file, Reason.TIMEOUT, unasked[0].name)


def _own(seen: Written) -> Iterator[Finding]:
    """The machine's own names: redirected or not found."""
    for address in seen.strayed:
        yield critical("localhost_elsewhere", address, file=seen.file, target=address)
    if seen.lost and not seen.read:
        yield critical("unread", resolvers.NSSWITCH, file=seen.file, switch=resolvers.NSSWITCH, names=seen.lost)
        return
    for name in seen.lost:
        if name == LOCALHOST:
            yield critical("localhost_missing", name, file=seen.file)
        else:
            yield warning("own_name_missing", name, file=seen.file, name=name)


def _watched(name: str, limits: Limits) -> bool:
    return any(name == ending or name.endswith(f".{ending}") for ending in limits.watched)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
