"""What runs uses the newest files: no program has missed an update of its own libraries."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Reason, Unseen, info, warning
from techkit.readings import libraries
from techkit.readings.libraries import Look, Outdated


def probe(host: Host) -> Look:
    """Ask every process which files it holds."""
    return libraries.outdated(host)


def judge(seen: Look, _: None) -> Iterator[Finding | Unseen]:
    """A service goes on with the old file until it is started anew; a person's program, until it is closed."""
    if system := [one for one in seen.outdated if one.system]:
        yield warning("outdated", system[0].program, **_facts(system))
    elif seen.outdated:
        yield info("outdated_programs", seen.outdated[0].program, **_facts(seen.outdated))
    if not seen.whole:
        yield Unseen("/proc", Reason.FORBIDDEN)


def _facts(found: list[Outdated] | tuple[Outdated, ...]) -> dict[str, Fact]:
    names = tuple(dict.fromkeys(one.program for one in found))
    files = tuple(dict.fromkeys(file for one in found for file in one.files))
    return {"programs": names, "files": files[:10], "count": len(found)}


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("linux",))
