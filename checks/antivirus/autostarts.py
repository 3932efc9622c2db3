"""Nothing that starts by itself looks like malware."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Reason, Record, Severity, Unseen
from techkit.readings.antivirus import linux_autostarts, windows_autoruns
from techkit.readings.antivirus.linux_autostarts import Start


class Starts(Record, frozen=True):
    """Autostarts with a sign; `shut`: places that may not be read, `silent`: that do not answer."""

    found: tuple[Start, ...] = ()
    shut: tuple[str, ...] = ()
    unseen: tuple[Unseen, ...] = ()


class Limits(Record, frozen=True):
    """Signs that legitimate set-ups show too."""

    doubtful: tuple[str, ...] = ("fetched", "foreign")


def probe(host: Host) -> Starts:
    """Read the autostarts of the system and of each person."""
    if host.system == "windows":
        found, unseen = windows_autoruns.windows(host)
        return Starts(found, unseen=unseen)
    return Starts(*linux_autostarts.linux(host))


def judge(seen: Starts, limits: Limits) -> Iterator[Finding | Unseen]:
    """One finding per kind of place, because remedies differ by place."""
    told = set()
    for one in seen.found:
        if (one.kind, one.file, one.name) not in told:  # a script with many such lines is one fault
            told.add((one.kind, one.file, one.name))
            yield _start(one, limits)
    for place in seen.shut:
        yield Unseen(place, Reason.FORBIDDEN)
    yield from seen.unseen


def _start(one: Start, limits: Limits) -> Finding:
    sure = one.sign not in limits.doubtful or one.kind in {"debugger", "key"}
    severity = Severity.CRITICAL if sure else Severity.WARNING
    facts: dict[str, Fact] = {"file": one.file, "command": one.command, "sign": one.sign}
    if one.kind == "schedule":
        return Finding("schedule", severity, one.file, facts)
    if one.kind == "login":
        return Finding("login", severity, one.file, facts)
    if one.kind == "key":
        return Finding("key", severity, one.file, facts)
    if one.kind in {"unit", "service"}:
        return Finding("service", severity, one.unit or one.file, facts | {"unit": one.unit})
    facts["name"] = one.name
    if one.kind == "folder":
        return Finding("startup_folder", severity, one.name or one.file, facts)
    if one.kind == "debugger":
        return Finding("debugger", severity, one.name or one.file, facts)
    if one.kind == "task":
        return Finding("task", severity, one.name or one.file, facts)
    if one.kind == "subscription":
        return Finding("subscription", severity, one.name or one.file, facts)
    return Finding("registry", severity, one.name or one.file, facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
