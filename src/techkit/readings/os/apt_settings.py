"""apt's settings: apt.conf(5), and its pins, apt_preferences(5)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import attempt
from techkit.readings.os.apt import Malformed, paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.host import Host
    from techkit.readings.supplements import Supplements

CONF, PREFERENCES = "/etc/apt/apt.conf", "/etc/apt/preferences"
PERIODIC = "apt::periodic::"
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{};])|((?:[^\s"{};/#]|/(?![/*]))+)')
_COMMENT = re.compile(r"/\*.*?\*/|^\s*(?://|#).*?$|(?<=[\s;])(?://|#).*?$", re.DOTALL | re.MULTILINE)


def settings(host: Host) -> dict[str, str]:
    """What apt is set to, by its small name: {"apt::periodic::unattended-upgrade": "1"}."""
    files = _files(attempt(partial(host.listdir, f"{CONF}.d"), []))
    return merged({file: attempt(partial(host.read, file), "") for file in files})


def texts(more: Supplements) -> dict[str, str]:
    """The text of every file of settings that may be read."""
    return {file: more.read(file) for file in _files(more.listdir(f"{CONF}.d"))}


def _files(names: list[str]) -> list[str]:
    return [*(f"{CONF}.d/{name}" for name in names if re.fullmatch(r"[\w-]+(\.conf)?", name)), CONF]


def merged(texts: Mapping[str, str]) -> dict[str, str]:
    """What several files set together: a later one goes before an earlier."""
    return {name: value for text in texts.values() for name, value in parse_settings(text).items()}


def parse_settings(text: str) -> dict[str, str]:
    """Read apt.conf(5); of a list only its last member is kept."""
    found: dict[str, str] = {}
    above: list[str] = []
    words: list[str] = []
    for value, mark, word in _TOKEN.findall(_COMMENT.sub("", text)):
        if mark == "{":
            above.append(words[0] if words else "")
            words = []
        elif mark in {"}", ";"}:
            if words:
                found["::".join(filter(None, (*above, words[0]))).lower()] = words[-1] if len(words) > 1 else ""
            words = []
            if mark == "}" and above:
                above.pop()
        else:
            words.append(word or value)
    return found


def bad_settings(texts: Mapping[str, str]) -> tuple[Malformed, ...]:
    """Settings files with unbalanced braces, which stop apt altogether."""
    return tuple(bad for file, text in texts.items() if (bad := parse_braces(text, file)))


def parse_braces(text: str, file: str) -> Malformed | None:
    """The line of an unmatched closing brace, or the last line if one stays open."""
    depth, number = 0, 0
    plain = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(plain.splitlines(), 1):
        for mark in re.findall(r"[{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", line)):
            depth += 1 if mark == "{" else -1
            if depth < 0:
                return Malformed(file, number, text.splitlines()[number - 1].strip()[:120])
    return Malformed(file, number, text.splitlines()[-1].strip()[:120]) if depth else None


def forbidden(more: Supplements) -> str:
    """The preferences file that forbids every package."""
    names = [name for name in more.listdir(f"{PREFERENCES}.d") if re.fullmatch(r"[\w-]+(\.pref)?", name)]
    files = [*(f"{PREFERENCES}.d/{name}" for name in names), PREFERENCES]
    return next((file for file in files if parse_pins(more.read(file))), "")


def parse_pins(text: str) -> bool:
    """Whether a paragraph gives every package of every release a priority below zero."""
    for block in re.split(r"\n[ \t]*\n", text):
        fields = paragraph(block)
        all_of_it = re.fullmatch(r"release\s+([ano]=)?\*|origin\s+\*", fields.get("pin", ""))
        if fields.get("package") == "*" and all_of_it and fields.get("pin-priority", "").startswith("-"):
            return True
    return False


def preferred(host: Host) -> bool:
    """Whether apt_preferences(5) are set on this machine."""
    files = attempt(partial(host.listdir, f"{PREFERENCES}.d"), [])
    return bool(files) or host.exists(PREFERENCES)


def automatic(host: Host) -> bool:
    """Whether security updates are installed automatically: unattended-upgrades, enabled."""
    if not attempt(lambda: host.stat("/usr/bin/unattended-upgrade")):
        return False
    said = settings(host)
    return said.get(f"{PERIODIC}unattended-upgrade", "0") not in {"0", ""} and said.get(f"{PERIODIC}enable") != "0"
