"""Signs of a dropper in the text of a command line."""

from __future__ import annotations

import ntpath
import re
from typing import TYPE_CHECKING

from techkit.readings.antivirus import intrusions

if TYPE_CHECKING:
    from collections.abc import Iterator

SHELL = r"(?:sudo\s+)?(?:\S*/)?(?:(?:ba|da|z|k|a)?sh|python[\d.]*|perl|php|ruby|node)\b"
FETCH = r"\b(?:curl|wget|lwp-download|fetch)\b"
FETCHED = re.compile(
    rf"{FETCH}[^|;\n]*(?:\|[^|;\n]*)*\|\s*{SHELL}"
    rf"|(?:\beval\b|\bsh\s+-c|(?:^|\s)(?:\.|source|{SHELL}))\s*[\"']?\s*(?:<\(|\$\(|`)\s*{FETCH}"
    r"|\b(?:mshta|regsvr32|msiexec|rundll32)(?:\.exe)?\b.*\bhttps?:"
    r"|\b(?:iex|invoke-expression|downloadstring|downloadfile|start-bitstransfer)\b.*\bhttps?:"
    r"|\bhttps?:.*\|\s*(?:iex|invoke-expression)\b",
    re.IGNORECASE,
)
"""Fetches something and runs it at once."""
UNNAMED = re.compile(
    r"\bhttp://|\bhttps?://\d+\.\d+\.\d+\.\d+|pastebin\.|paste\.|transfer\.sh|\.onion|discord(app)?\.com", re.IGNORECASE
)
"""Hosts of unknown owners, or connections that can be tampered with."""
ENCODED = re.compile(
    rf"\bbase(?:64|32)\s+(?:-d|-D|--decode|-di)\b.*\|\s*{SHELL}|\bxxd\s+-r\b.*\|\s*{SHELL}"
    r"|\b(?:eval|exec)\b.*\bbase64\s+(?:-d|--decode)|\b(?:exec|eval)\s*\(.*\bb64decode\b|\beval\s*\(\s*base64_decode\b"
    r"|\b(?:powershell|pwsh)(?:\.exe)?\b.*\s[-/]e(?:n|nc|nco\w*|c)?\s+[A-Za-z0-9+/=]{40,}|\bfrombase64string\b.*\biex\b",
    re.IGNORECASE,
)
"""Runs obfuscated code."""
LISTENING = re.compile(r"\bread\s+(?:-\w+\s+)*-\w*s\w*\b.{0,400}\bsudo\s+(?:-\w+\s+)*-\w*S")
"""Asks for a password itself and hands it on to sudo."""
WRAPPERS = {
    "chroot", "command", "doas", "env", "exec", "ionice", "nice", "nohup", "setsid", "stdbuf", "sudo", "time",
    "timeout", "if", "then", "else", "do", "while", "until", "!", "{", "chronic", "flock", "su",
}  # fmt: skip
ONE_MORE = {"flock", "timeout", "chroot"}
"""Wrappers whose first plain argument is no command."""
SOURCES = {".", "source"}
TEMPORARY_WINDOWS = re.compile(
    r"^([a-z]:)?\\(windows\\temp|temp|tmp|users\\public|perflogs|\$recycle\.bin|recycler"
    r"|users\\[^\\]+\\appdata\\local\\temp"
    r"|programdata\\[^\\]+\.(exe|scr|pif|com|bat|vbs|js)$"
    r"|users\\[^\\]+\\appdata\\(roaming|local)\\[^\\]+\.(exe|scr|pif|vbs|js)$)"
    r"|^%(temp|tmp|public)%\\",
    re.IGNORECASE,
)
"""Folders that everybody may write to and installers do not use."""
HONEST_WINDOWS = re.compile(
    r"\\appdata\\local\\temp\\(\w+\\)?(onedrive|teams|zoom|chrome|edge|vs_|winget|\{?[0-9a-f-]{36}\}?\\)", re.IGNORECASE
)
LONGEST = 800
"""Characters of a line that are examined: the expressions are quadratic in its length."""
SCRIPTED = {"cmd", "cscript", "mshta", "powershell", "pwsh", "regsvr32", "rundll32", "wscript"}


def sign(command: str) -> str:
    """Name what is wrong with a line for a Linux shell.

    door, encoded, fetched (from a known host), smuggled (from an untrusted one), listening (to a password),
    temporary, hidden; or "".
    """
    command = command[:LONGEST]
    if any(door.search(command) for door in intrusions.DOORS):
        return "door"
    if brought := _brought(command):
        return brought
    if LISTENING.search(command):
        return "listening"
    for path in programs(command):
        if intrusions.HONEST.match(path):
            continue
        if path.startswith(intrusions.TEMPORARY):
            return "temporary"
        if intrusions.secret(path):
            return "hidden"
    return ""


def _brought(command: str) -> str:
    """How a line obtains what it runs: encoded, fetched or smuggled; else empty."""
    if ENCODED.search(command):
        return "encoded"
    if FETCHED.search(command):
        return "smuggled" if UNNAMED.search(command) else "fetched"
    return ""


def programs(command: str) -> Iterator[str]:
    """The full paths that a shell line starts, directly or through an interpreter."""
    for part in re.split(r"\|\|?|(?<!>)&&?(?!>)|;|\$\(|`|<\(", command):
        words = [word.strip("\"'(){}") for word in part.split()]
        place = _first(words)
        if place < len(words):
            name = words[place].rpartition("/")[2]
            if name in SOURCES or intrusions.INTERPRETERS.fullmatch(name):
                place = next((n for n in range(place + 1, len(words)) if not words[n].startswith("-")), len(words))
        if place < len(words) and words[place].startswith("/"):
            yield words[place]


def _first(words: list[str]) -> int:
    """The position of the command after assignments, wrappers and their options."""
    place, skipped = 0, 0
    while place < len(words):
        word = words[place]
        if word in {"-u", "-g", "-n", "-c", "-s", "-k"} and place + 1 < len(words) and words[place + 1][:1] != "/":
            place += 1
        elif word in WRAPPERS:
            skipped = 1 if word in ONE_MORE else 0
        elif re.match(r"[A-Za-z_]\w*=", word) or word.startswith("-") or re.fullmatch(r"\d+[smh]?", word):
            skipped = 0 if skipped and re.fullmatch(r"\d+[smh]?", word) else skipped
        elif skipped:
            skipped = 0
        elif word:
            return place
        place += 1
    return place


def sign_windows(command: str) -> str:
    """Name what is wrong with a command line of Windows; as `sign`."""
    command = command[:LONGEST]
    if brought := _brought(command):
        return brought
    for path in programs_windows(command):
        if TEMPORARY_WINDOWS.match(path) and not HONEST_WINDOWS.search(path):
            return "temporary"
    return ""


def programs_windows(command: str) -> Iterator[str]:
    """The program of a command line, or the script that a system script host runs."""
    words = [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', command.strip())]
    if not words:
        return
    whole = re.match(
        r"([a-z]:|%\w+%)?\\[^\"<>|]*?\.(exe|com|scr|pif|bat|cmd|vbs|js)(?=\s|$|,)", command.strip(), re.IGNORECASE
    )
    yield whole[0] if whole else words[0]
    if ntpath.splitext(ntpath.basename(words[0]))[0].lower() in SCRIPTED:
        yield from (word.split(",")[0] for word in words[1:] if re.match(r"([a-z]:|%\w+%)\\", word, re.IGNORECASE))
