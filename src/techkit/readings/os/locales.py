"""The configured locales of this machine, and the generated ones."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

FILES = ("/etc/locale.conf", "/etc/default/locale", "/etc/environment", "/etc/sysconfig/i18n")
SOURCES = "/usr/share/i18n/locales"
ALWAYS = re.compile(r"(C|POSIX)(\..+)?|")
"""What glibc has without any file; C.UTF-8 since 2.35, and Debian long before."""


class Setting(Record, frozen=True):
    """One variable that names a locale, and the file that sets it."""

    file: str
    variable: str
    locale: str


class Locales(Record, frozen=True):
    """The configured, the generated and the possible locales; None if their sources are missing."""

    settings: tuple[Setting, ...] = ()
    present: tuple[str, ...] = ()
    sources: tuple[str, ...] | None = None


def locales(host: Host) -> Locales:
    """Ask for all three; raises INAPPLICABLE where the C library has no locales (musl) or nothing is set."""
    settings = tuple(
        setting
        for file in FILES
        for setting in parse(attempt(partial(host.read, file), ""), file)
        if not ALWAYS.fullmatch(setting.locale)
    )
    if not settings:
        return Locales()
    if any(name.startswith("ld-musl") for name in attempt(lambda: host.listdir("/lib"), [])):
        raise ProbeError(Reason.INAPPLICABLE, "musl")
    said = host.run("locale", "-a")
    if not said["out"]:
        raise ProbeError(Reason.UNREADABLE, "locale -a")
    sources = attempt(lambda: host.listdir(SOURCES))
    return Locales(settings, tuple(said["out"].split("\n")), None if sources is None else tuple(sources))


def parse(text: str, file: str) -> list[Setting]:
    """The LANG and LC_ variables of a file of assignments; LANGUAGE is a list of wishes and no locale."""
    rows = re.findall(r"""^\s*(?:export\s+)?(LANG|LC_[A-Z]+)=["']?([^"'\s#]*)""", text, re.MULTILINE)
    return [Setting(file, variable, value) for variable, value in rows]


def normal(locale: str) -> str:
    """Spell a locale as the C library does: de_DE.UTF-8 is de_DE.utf8."""
    name, dot, rest = locale.partition(".")
    charset, at, modifier = rest.partition("@")
    plain = re.sub(r"[^a-z0-9]", "", charset.lower())
    return name + dot + (f"iso{plain}" if plain.isdigit() else plain) + at + modifier


def parts(locale: str) -> tuple[str, str]:
    """The language with its country and modifier, and the character set: (de_DE@euro, UTF-8)."""
    name, _, rest = locale.partition(".")
    charset, at, modifier = rest.partition("@")
    return f"{name}{at}{modifier}", charset or "ISO-8859-1"
