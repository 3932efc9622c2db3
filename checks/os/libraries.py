"""No process uses replaced files, and no needed library is missing."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Reason, Record, Unseen, critical, info, warning
from techkit.readings.antivirus import intrusions
from techkit.readings.os import replaced_libraries
from techkit.readings.os.replaced_libraries import Look, Lost, Outdated
from techkit.readings.supplements import Supplements


class Seen(Record, frozen=True):
    """What processes hold, and what is gone."""

    look: Look = Look()
    lost: tuple[Lost, ...] = ()
    misled: tuple[str, ...] = ()
    unseen: tuple[Unseen, ...] = ()


def probe(host: Host) -> Seen:
    """Ask every process for its deleted files, and the loader for its cache."""
    more = Supplements(host)
    look, lost = replaced_libraries.outdated(host), replaced_libraries.lost(host, more)
    return Seen(look, lost, replaced_libraries.misled(host, more), more.unseen)


def judge(seen: Seen, _: None) -> Iterator[Finding | Unseen]:
    """A service uses the old file until it is restarted; a person's program, until it is closed."""
    for one in seen.lost:
        if one.preload:
            yield critical("preload_lost", one.path, path=one.path, file=intrusions.PRELOAD)
        else:
            yield critical("lost", one.path, path=one.path, package=one.package)
    if seen.misled:
        path, folder = seen.misled[0], seen.misled[0].rpartition("/")[0]
        yield critical("misled", path, path=path, paths=seen.misled, folder=folder, file=intrusions.ENVIRONMENT)
    look = seen.look
    if system := [one for one in look.outdated if one.system]:
        yield warning("outdated", system[0].program, **_facts(system))
    elif look.outdated:
        yield info("outdated_programs", look.outdated[0].program, **_facts(look.outdated))
    if not look.whole:
        yield Unseen("/proc", Reason.FORBIDDEN)
    yield from seen.unseen


def _facts(found: list[Outdated] | tuple[Outdated, ...]) -> dict[str, Fact]:
    names = tuple(dict.fromkeys(one.program for one in found))
    files = tuple(dict.fromkeys(file for one in found for file in one.files))
    return {"programs": names, "files": files[:10], "count": len(found)}


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
