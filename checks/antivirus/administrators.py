"""Only the intended people are administrators, and at least one of them can sign in."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Severity, Unseen, info, warning
from techkit.readings.antivirus import administrators
from techkit.readings.antivirus.administrators import Administrators, Member


def probe(host: Host) -> Administrators:
    """Ask for the members of the group."""
    return administrators.administrators(host)


def judge(seen: Administrators, _: None) -> Iterator[Finding | Unseen]:
    """Who lets in everybody is an alarm, and a machine that nobody can look after; daily accounts and groups are notes.

    Who is in a group of a domain, and in the groups in it, its servers alone can tell.
    """
    for servant in seen.servants:
        yield warning("servant", servant.account, account=servant.account, group=servant.group)
    for member in seen.members:
        yield from _member(member, seen)
    if groups := tuple(member.name for member in seen.members if member.kind == "group" and not member.gone):
        yield info("groups", groups[0], names=groups)
    if seen.unseen:
        yield Unseen("Win32_UserAccount", seen.unseen)
    elif seen.members and not any(member.able for member in seen.members):
        names = tuple(member.name for member in seen.members)
        yield warning("nobody", names[0], names=names)


def _member(member: Member, seen: Administrators) -> Iterator[Finding]:
    """Normal on a server, and on a PC outside a domain."""
    if member.kind == "everybody":
        yield warning("everybody", member.name, account=member.name, sid=member.sid)
    elif member.kind == "guest":
        severity = Severity.INFO if member.disabled else Severity.WARNING
        yield Finding("guest", severity, member.name, {"account": member.name})
    elif member.kind == "built_in" and member.bare and not member.disabled:
        yield warning("no_password", member.name, account=member.name)
    elif member.kind == "built_in" and member.person and not seen.server:
        yield info("built_in", member.name, account=member.name)
    elif member.person and seen.company and not seen.server:
        yield info("daily", member.name, account=member.name)


CHECK = Check(probe=probe, judge=judge, limits=None)
