"""People can sign in: valid passwords, open accounts, existing homes and shells."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Reason, Record, Severity, Unseen, critical, info, warning
from techkit.readings.os import accounts, authentication, session_rules
from techkit.readings.os.accounts import Account, day
from techkit.readings.os.authentication import SignIns


class Limits(Record, frozen=True):
    """In days before a password ends; in seconds after the start, when nobody may sign in yet."""

    soon: int = 7
    settle: float = 600


def probe(host: Host) -> SignIns:
    """Read the accounts, and what concerns them all."""
    return authentication.look(host)


def judge(seen: SignIns, limits: Limits) -> Iterator[Finding | Unseen]:
    """A disabled account is a note, unless it belongs to the person at the desk."""
    if seen.no_login and seen.uptime > limits.settle:
        yield critical("nobody", seen.no_login, path=seen.no_login)
    if seen.sudoers:
        yield critical("sudoers", "sudo", message=seen.sudoers)
    if seen.passwords_lost:
        yield critical("no_passwords", accounts.SHADOW, path=accounts.SHADOW)
    yield from _rules(seen)
    alone = sum(one.uid > 0 for one in seen.accounts) == 1  # nobody else could sign in
    for one in seen.accounts:
        yield from _password(one, seen.today, limits, matters=one.person or (alone and one.uid > 0))
        yield from _places(one)
    if any(one.person and one.entry == "unknown" and one.uid for one in seen.accounts):
        yield Unseen(accounts.SHADOW, Reason.FORBIDDEN)
    yield from seen.unseen


def _rules(seen: SignIns) -> Iterator[Finding]:
    """Rules of PAM that keep everybody out, or let somebody do next to nothing."""
    for file, module in seen.modules[:1]:
        yield critical("no_module", module, module=module, file=file)
    if seen.refusal:
        line, names = seen.refusal.line, seen.refusal.accounts
        yield warning("turned_away", session_rules.ACCESS, file=session_rules.ACCESS, line=line, accounts=names)
    for one in seen.tight:
        yield warning(
            "tight", one.account, account=one.account, item=one.item, value=one.value, file=one.file, line=one.line
        )


def _password(one: Account, today: int, limits: Limits, *, matters: bool) -> Iterator[Finding]:
    worse = Severity.WARNING if matters else Severity.INFO
    facts: dict[str, Fact] = {"account": one.name, "person": one.person}
    if one.locked_out:
        yield warning("locked_out", one.name, **facts)
    elif one.entry == "locked" or (one.disabled and one.person):
        yield Finding("locked", worse, one.name, facts)
    elif one.ends is not None and one.ends < today:
        yield Finding("ended", worse, one.name, facts | {"ended": day(one.ends)})
    elif one.entry == "set" and one.changed == 0:
        yield Finding("must_change", worse, one.name, facts)
    elif one.lapses is not None and one.lapses - today <= limits.soon:
        yield _ageing(one, today, one.lapses - today, facts)


def _ageing(one: Account, today: int, left: int, facts: dict[str, Fact]) -> Finding:
    facts = facts | {
        "changed": day(one.changed or 0), "longest": one.longest, "expired": day(today + left), "left": left,
        "today": day(today), "ago": -left,
    }  # fmt: skip
    if left < 0 and one.grace is not None and -left > one.grace:
        return warning("shut_out", one.name, grace=one.grace, **facts)
    return warning("expired", one.name, **facts) if left < 0 else info("expiring", one.name, **facts)


def _places(one: Account) -> Iterator[Finding]:
    """Root can work without a home; others get no session."""
    if not one.uid or one.home in accounts.HOMELESS:
        return
    facts: dict[str, Fact] = {"account": one.name, "home": one.home, "shell": one.shell}
    used = Severity.WARNING if one.person or one.entry == "set" else Severity.INFO
    if not one.shell_there:
        yield Finding("no_shell", used, one.name, facts)
    if one.home_kind == "unknown":
        return
    if one.home_kind != "folder":
        yield Finding("no_home", used, one.name, facts)
    elif one.home_uid != one.uid:
        yield Finding("foreign_home", used, one.name, facts | {"owner": str(one.home_uid)})
    elif one.home_mode is not None and one.home_mode & 0o700 != 0o700:
        mode, wanted = f"{one.home_mode:04o}", f"{one.home_mode | 0o700:04o}"
        yield Finding("closed_home", used, one.name, facts | {"mode": mode, "wanted": wanted})
    elif one.foreign:
        path, owner = one.foreign[0]
        paths = tuple(path for path, _ in one.foreign)
        severity = used if any("/." in path for path in paths) else Severity.INFO  # folders may be shut on purpose
        yield Finding("foreign_file", severity, one.name, facts | {"path": path, "paths": paths, "owner": str(owner)})


CHECK = Check(probe=probe, judge=judge, limits=Limits())
