"""The rights of the places that every program counts on."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, critical, warning
from techkit.readings.os import permissions
from techkit.readings.os.permissions import Item

WINDOWS = {"system", "session"}


def probe(host: Host) -> tuple[Item, ...]:
    """Look at about fifty paths; on Windows at the access lists of a few folders."""
    return permissions.items(host)


def judge(seen: tuple[Item, ...], _limits: None) -> Iterator[Finding]:
    """At most one finding for a place: what hurts most."""
    yield from _windows(seen)
    for item in seen:
        if item.role in WINDOWS:
            continue
        if item.kind == "missing":
            yield critical("temporary_missing", item.path, path=item.path, wanted="1777")
        elif item.role == "temporary":
            yield from _temporary(item)
        elif item.role == "device":
            yield from _device(item)
        elif item.role == "setuid" and item.uid not in {0, permissions.NOBODY}:
            yield critical("powerless_owner", item.path, **_facts(item, item.mode | 0o4000))
        elif item.role == "setuid" and item.uid == 0 and not item.mode & 0o4000:
            yield warning("powerless", item.path, **_facts(item, item.mode | 0o4000))
        elif item.role == "secret" and item.mode & 0o007:
            yield warning("secret_open", item.path, **_facts(item, item.mode & ~0o007))
        elif item.role in {"public", "entered", "root"}:
            yield from _system(item)


def _windows(seen: tuple[Item, ...]) -> Iterator[Finding]:
    """Permissions are inherited: one finding per kind of group."""
    for who in dict.fromkeys(item.who for item in seen if item.role == "system"):
        paths = tuple(item.path for item in seen if item.who == who)
        yield warning("open_to_all", paths[0], path=paths[0], paths=paths, who=who)
    for item in seen:
        if item.role == "session":
            yield warning("no_temporary", item.path, path=item.path)


def _facts(item: Item, wanted: int) -> dict[str, Fact]:
    return {"path": item.path, "mode": f"{item.mode:04o}", "wanted": f"{wanted:04o}", "owner": item.uid}


def _device(item: Item) -> Iterator[Finding]:
    if item.kind != "device":
        yield critical("no_device", item.path, path=item.path)
    elif item.mode & 0o666 != 0o666:
        yield critical("closed", item.path, **_facts(item, item.mode | 0o666))


def _temporary(item: Item) -> Iterator[Finding]:
    if item.mode & 0o777 != 0o777:
        yield critical("temporary_closed", item.path, **_facts(item, 0o1777))
    elif not item.mode & 0o1000:
        yield warning("temporary_unsticky", item.path, **_facts(item, 0o1777))


def _system(item: Item) -> Iterator[Finding]:
    """Paths that only root may write and, in part, everybody may read."""
    needed = {"public": 0o004, "entered": 0o001}.get(item.role, 0)
    if item.mode & 0o002 and not item.mode & 0o1000:
        yield critical("writable", item.path, **_facts(item, item.mode & ~0o022))
    elif item.mode & needed != needed:
        wanted = 0o755 if item.kind == "folder" else 0o644
        yield critical("closed", item.path, **_facts(item, wanted))
    elif item.uid not in {0, permissions.NOBODY} and item.role in {"entered", "root"}:
        yield warning("foreign", item.path, **_facts(item, item.mode))


CHECK = Check(probe=probe, judge=judge, limits=None)
