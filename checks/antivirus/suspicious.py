"""Nothing behaves like malware: no hidden programs, no second root, no injected libraries."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Reason, Record, Unseen, critical, warning
from techkit.readings.antivirus import impostors, intrusions
from techkit.readings.antivirus.intrusions import Account, Loophole, Preload, Process
from techkit.readings.supplements import Supplements


class Signs(Record, frozen=True):
    """What was seen; `unseen`: how many processes could not be looked at."""

    processes: tuple[Process, ...] = ()
    accounts: tuple[Account, ...] = ()
    preloads: tuple[Preload, ...] = ()
    setuid: tuple[str, ...] = ()
    shells: tuple[str, ...] = ()
    loopholes: tuple[Loophole, ...] = ()
    unseen: int = 0
    shut: tuple[Unseen, ...] = ()
    """files that could not be read"""


def probe(host: Host) -> Signs:
    """Look at every process; on Linux also at the accounts and at preloaded libraries."""
    if host.system == "windows":
        return Signs(processes=impostors.processes(host))
    more = Supplements(host)
    processes, unseen = intrusions.processes(host, more)
    return Signs(
        processes=processes,
        accounts=intrusions.accounts(host),
        preloads=intrusions.preloads(host, more),
        setuid=intrusions.setuid(host),
        shells=intrusions.shells(host),
        loopholes=intrusions.loopholes(host),
        unseen=unseen,
        shut=more.unseen,
    )


def judge(seen: Signs, _: None) -> Iterator[Finding | Unseen]:
    """One finding for each program, account or library."""
    told = set()
    for one in seen.processes:
        if (one.sign, one.path) not in told:  # many processes of one program are one fault
            told.add((one.sign, one.path))
            yield _process(one)
    for account in seen.accounts:
        yield critical("second_root", account.name, account=account.name, shell=account.shell)
    for library in seen.preloads:
        if library.place == "elsewhere":
            yield critical("preload", library.path, path=library.path, place=library.place, file=library.file)
        else:
            yield warning("preload", library.path, path=library.path, place=library.place, file=library.file)
    for path in seen.setuid:
        yield critical("setuid", path, path=path)
    for path in seen.shells:
        yield critical("root_shell", path, path=path)
    for hole in seen.loopholes:
        yield _loophole(hole)
    if seen.unseen:
        yield Unseen("/proc", Reason.FORBIDDEN, str(seen.unseen))
    yield from seen.shut


def _loophole(hole: Loophole) -> Finding:
    if hole.kind == "empty":
        return warning("no_password", hole.account, account=hole.account)
    if hole.kind == "servant":
        return critical("servant", hole.account, account=hole.account, shell=hole.line)
    if hole.kind == "sudo":
        return critical("root_for_all", hole.file, file=hole.file, line=hole.line)
    return critical("any_password", hole.file, file=hole.file, line=hole.line)


def _process(one: Process) -> Finding:
    facts: dict[str, Fact] = {"program": one.program, "pid": one.pid, "path": one.path}
    facts |= {"started": one.started, "command": one.command}
    if one.sign == "disguised":
        return critical("disguised_process", one.program, **facts)
    if one.sign == "memory":
        return critical("memory_program", one.program, **facts)
    if one.sign == "deleted":
        return critical("deleted_program", one.program, **facts)
    if one.sign == "hidden":
        return critical("hidden_program", one.program, **facts)
    if one.sign == "miner":
        return critical("miner", one.program, **facts)
    if one.sign == "impostor":
        return critical("impostor", one.program, **facts)
    if one.sign == "stray":
        return warning("stray_program", one.program, **facts)
    return critical("remote_shell", one.program, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None)
