"""What signing in needs besides an account: no nologin file, passwords, PAM modules, valid sudo rules."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.model import Gap, Reason, Record
from techkit.readings.os import accounts, session_rules
from techkit.readings.os.accounts import SHADOW, Account
from techkit.readings.os.session_rules import Refusal, Tight  # noqa: TC001 - msgspec reads the annotations
from techkit.readings.os.uptime import uptime
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from techkit.host import Host

NO_LOGIN = ("/etc/nologin", "/run/nologin", "/var/run/nologin")
"""If any of these exists, only root may sign in: nologin(5)."""
PAM = "/etc/pam.d"
SIGN_IN = {"login", "system-auth", "password-auth", "su", "sudo", "sshd", "gdm-password", "sddm", "lightdm", "other"}
MODULES = (
    "/usr/lib/x86_64-linux-gnu/security", "/lib/x86_64-linux-gnu/security", "/usr/lib/aarch64-linux-gnu/security",
    "/usr/lib64/security", "/lib64/security", "/usr/lib/security", "/lib/security",
)  # fmt: skip
"""Folders of PAM modules, by distribution."""


class SignIns(Record, frozen=True):
    """The accounts of people, and faults that concern them all."""

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
    refusal: Refusal | None = None
    tight: tuple[Tight, ...] = ()
    unseen: tuple[Gap, ...] = ()


def look(host: Host) -> SignIns:
    """Read the accounts; ask sudo's own checker."""
    today = int(host.now() // 86400)
    if host.system == "windows":
        return SignIns(today, accounts.accounts(host))
    more = Supplements(host)
    everybody = accounts.accounts(host)
    people = [one.name for one in everybody if one.uid]
    return SignIns(
        today,
        everybody,
        no_login(more),
        sudoers(host),
        uptime(host),
        lost_passwords(host),
        lost_modules(more),
        session_rules.refusal(more, (more.read(f"{PAM}/{name}") for name in _rules(more)), people),
        session_rules.tight(more, people),
        more.unseen,
    )


def no_login(more: Supplements) -> str:
    """The file that lets nobody but root in; empty where there is none."""
    return next((path for path in NO_LOGIN if more.exists(path)), "")


def sudoers(host: Host) -> str | None:
    """The error in the sudo rules, by visudo; None if it was not run."""
    if not host.elevated or not host.which("visudo"):
        return None
    said = host.run("visudo", "-c")
    lines = [line.strip() for line in (said["err"] + said["out"]).splitlines() if line.strip(" ^~\t")]
    wrong = [line for line in lines if "parsed OK" not in line and "warning" not in line.lower()]
    return (wrong or lines or [str(said["code"])])[0] if said["code"] else ""


def lost_passwords(host: Host) -> bool:
    """Whether /etc/passwd refers to a missing shadow file."""
    if attempt(partial(host.there, SHADOW), True, *Reason):  # noqa: FBT003 - doubt is there
        return False
    return bool(re.search(r"^[^:\n]+:x:", host.read("/etc/passwd"), re.MULTILINE))


def _rules(more: Supplements) -> list[str]:
    """The files of PAM that a person who signs in meets."""
    return [name for name in more.listdir(PAM) if name in SIGN_IN or name.startswith("common-")]


def lost_modules(more: Supplements) -> tuple[tuple[str, str], ...]:
    """(file, module) of what signing in cannot do without and is not installed; pam.conf(5)."""
    wanted = [(f"{PAM}/{name}", module) for name in _rules(more) for module in parse_pam(more.read(f"{PAM}/{name}"))]
    folders = [folder for folder in MODULES if more.exists(folder)] if wanted else []
    there = {name for folder in folders for name in more.listdir(folder)}
    return tuple((file, module) for file, module in wanted if there and module not in there)


def parse_pam(text: str) -> tuple[str, ...]:
    """The required modules of one file; a leading dash marks an optional module."""
    rows = (line.partition("#")[0].split() for line in text.splitlines())
    return tuple(
        row[2] for row in rows if len(row) > 2 and row[1] in {"required", "requisite"} and row[2].endswith(".so")
        and "/" not in row[2] and not row[0].startswith("-")
    )  # fmt: skip
