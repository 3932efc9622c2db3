"""People can sign in: passwords that hold, accounts that are open, homes and shells that are there."""

from collections.abc import Iterator
from datetime import date, timedelta

from techkit import Check, Fact, Finding, Host, Reason, Record, Severity, Unseen, critical, info, warning
from techkit.readings import accounts
from techkit.readings.accounts import Account
from techkit.readings.uptime import uptime


class Seen(Record, frozen=True):
    """The accounts of people, and what concerns them all."""

    today: int
    """days since 1970"""
    accounts: tuple[Account, ...]
    no_login: str = ""
    """the file that lets nobody but root in"""
    sudoers: str | None = None
    """what is wrong with the rules of sudo"""
    uptime: float = 1e9
    passwords_lost: bool = False
    modules: tuple[tuple[str, str], ...] = ()
    """(file, module) of what signing in needs and is not installed"""


class Limits(Record, frozen=True):
    """In days before a password ends; in seconds after the start, when nobody may sign in yet."""

    soon: int = 7
    settle: float = 600


def probe(host: Host) -> Seen:
    """Read the accounts; ask sudo's own checker."""
    today = int(host.now() // 86400)
    if host.system == "windows":
        return Seen(today, accounts.accounts(host))
    return Seen(
        today,
        accounts.accounts(host),
        accounts.no_login(host),
        accounts.sudoers(host),
        uptime(host),
        accounts.lost_passwords(host),
        accounts.lost_modules(host),
    )


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """What somebody has wished (an account that is off) is a note; it hurts where it is the one at the desk."""
    if seen.no_login and seen.uptime > limits.settle:
        yield critical("nobody", seen.no_login, path=seen.no_login)
    if seen.sudoers:
        yield critical("sudoers", "sudo", message=seen.sudoers)
    if seen.passwords_lost:
        yield critical("no_passwords", accounts.SHADOW, path=accounts.SHADOW)
    for file, module in seen.modules[:1]:
        yield critical("no_module", module, module=module, file=file)
    alone = sum(one.uid > 0 for one in seen.accounts) == 1  # nobody else could sign in
    for one in seen.accounts:
        yield from _password(one, seen.today, limits, matters=one.person or (alone and one.uid > 0))
        yield from _places(one)
    if any(one.person and one.entry == "unknown" and one.uid for one in seen.accounts):
        yield Unseen("/etc/shadow", Reason.FORBIDDEN)


def _password(one: Account, today: int, limits: Limits, *, matters: bool) -> Iterator[Finding]:
    worse = Severity.WARNING if matters else Severity.INFO
    facts: dict[str, Fact] = {"account": one.name, "person": one.person}
    if one.locked_out:
        yield warning("locked_out", one.name, **facts)
    elif one.entry == "locked" or (one.disabled and one.person):
        yield Finding("locked", worse, one.name, facts)
    elif one.ends is not None and one.ends < today:
        yield Finding("ended", worse, one.name, facts | {"ended": _day(one.ends)})
    elif one.entry == "set" and one.changed == 0:
        yield Finding("must_change", worse, one.name, facts)
    elif one.entry == "set" and one.changed is not None and one.longest is not None:
        left = one.changed + one.longest - today
        facts |= {
            "changed": _day(one.changed), "longest": one.longest, "expired": _day(today + left), "left": left,
            "today": _day(today), "ago": -left,
        }  # fmt: skip
        if one.longest >= accounts.FOREVER or left > limits.soon:
            return
        if left < 0 and one.grace is not None and -left > one.grace:
            yield warning("shut_out", one.name, grace=one.grace, **facts)
        elif left < 0:
            yield warning("expired", one.name, **facts)
        else:
            yield info("expiring", one.name, **facts)


def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=min(max(number, 0), 2_900_000))).isoformat()


def _places(one: Account) -> Iterator[Finding]:
    """Root works without; everybody else gets no session."""
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


CHECK = Check(probe=probe, judge=judge, limits=Limits())
