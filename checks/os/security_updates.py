"""No security update waits to be installed, as far as the lists say that this machine has downloaded."""

import re
from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, attempt, info, warning
from techkit.readings.os import apt, apt_settings, packages

BLOCKERS = (
    "os.integrity.damaged",
    "os.integrity.damaged_no_copy",
    "os.package_sources.never_fetched",
    "os.package_sources.no_security",
)


class Seen(Record, frozen=True):
    """The packages of which a newer version waits."""

    updates: tuple[apt.Update, ...] = ()
    automatic: bool = False
    """whether this machine installs them by itself"""
    age: float = 0
    """seconds since the lists were downloaded"""


class Limits(Record, frozen=True):
    """Seconds for which a machine that installs updates by itself may take its time."""

    patience: float = 3 * 86400


def probe(host: Host) -> Seen:
    """Compare what is installed with the lists; nothing is downloaded."""
    if attempt(lambda: host.stat(packages.STATUS)):
        return _dpkg(host)
    if host.which("zypper"):
        said = host.run("zypper", "--no-refresh", "--xmlout", "--quiet", "list-patches", "--category", "security")
        names = re.findall(r'<update\b[^>]*\bname="([^"]+)"', said["out"])
    elif host.which("dnf") and host.elevated:  # an ordinary user has no own lists
        said = host.run("dnf", "-C", "-q", "updateinfo", "list", "--security", timeout=6)
        names = re.findall(r"^\S+\s+\S*Sec\S*\s+(\S+?)-[^-\s]+-[^-\s]+\s*$", said["out"], re.MULTILINE)
    elif host.which("dnf"):
        raise ProbeError(Reason.FORBIDDEN, "dnf")
    else:
        raise ProbeError(Reason.INAPPLICABLE, "no package manager that tells security updates apart")
    if said["code"] and not names:
        raise ProbeError(Reason.UNREADABLE, said["err"].strip()[-200:])
    return Seen(tuple(apt.Update(name, "", "") for name in dict.fromkeys(names)))


def _dpkg(host: Host) -> Seen:
    updates = apt.security_updates(host)
    if updates and apt_settings.preferred(host):
        wanted = apt.candidates(host, [update.package for update in updates])
        updates = tuple(u for u in updates if wanted.get(u.package, u.available) != u.installed)
    age = host.now() - apt.refreshed(host, apt.lists(host)) if updates else 0
    automatic = bool(updates) and attempt(partial(apt_settings.automatic, host), None, Reason.FORBIDDEN)
    return Seen(updates, bool(automatic), age)


def judge(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """They wait for a person, or for the next automatic run."""
    if not seen.updates:
        return
    names = tuple(update.package for update in seen.updates)
    facts: dict[str, Fact] = {"packages": names, "count": len(names)}
    if seen.automatic and seen.age < limits.patience:
        yield info("coming", "-", **facts)
    else:
        yield warning("waiting", "-", **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), blocked_by=BLOCKERS, systems=("linux",))
