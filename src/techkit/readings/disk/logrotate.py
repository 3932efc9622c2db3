"""logrotate's rules: which logs they cover, and which of their files cannot be understood; logrotate(8)."""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from techkit.model import Record
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from techkit.host import Host

MAIN = "/etc/logrotate.conf"
FOLDER = "/etc/logrotate.d"
PACKAGED = "/usr/etc/logrotate.d"
"""Where openSUSE's packages put theirs."""
SCRIPTS = {"prerotate", "postrotate", "firstaction", "lastaction", "preremove"}
DIRECTIVES = {
    "addextension", "allowhardlink", "compress", "compresscmd", "compressext", "compressoptions", "copy",
    "copytruncate", "create", "createolddir", "daily", "dateext", "dateformat", "datehourago", "dateyesterday",
    "delaycompress", "extension", "hourly", "ifempty", "ignoreduplicates", "include", "mail", "mailfirst", "maillast",
    "maxage", "maxsize", "minage", "minsize", "missingok", "monthly", "noallowhardlink", "nocompress", "nocopy",
    "nocopytruncate", "nocreate", "nocreateolddir", "nodateext", "nodelaycompress", "noignoreduplicates", "nomail",
    "nomissingok", "noolddir", "norenamecopy", "nosharedscripts", "noshred", "notifempty", "olddir", "renamecopy",
    "rotate", "sharedscripts", "shred", "shredcycles", "size", "start", "su", "tabooext", "taboopat", "uncompresscmd",
    "weekly", "yearly",
}  # fmt: skip
_DIRECTIVE = re.compile(r"[a-z]+")
_PATH = re.compile(r'"[^"]+"|\'[^\']+\'|[^\s{}]+')
_ARCHIVED = re.compile(r"([.-]\d[\d.-]*)?(\.(gz|xz|bz2|zst))?$")


class Rules(Record, frozen=True):
    """The patterns of all rules, and the rule files that cannot be parsed."""

    patterns: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    installed: bool = True
    hidden: bool = False
    """whether there are files that may not be read"""


def rules(host: Host) -> Rules:
    """Read the main file and the folder that it includes."""
    patterns: list[str] = []
    broken: list[str] = []
    files = [MAIN]
    more = Supplements(host)
    for folder in (FOLDER, PACKAGED):
        files += [f"{folder}/{name}" for name in more.listdir(folder) if not name.startswith(".")]
    for file in files:
        covered, good = parse(more.read(file))
        patterns += covered
        if not good:
            broken.append(file)
    return Rules(tuple(patterns), tuple(broken), host.which("logrotate") is not None, bool(more.unseen))


def parse(text: str) -> tuple[tuple[str, ...], bool]:
    """(the patterns of the file, whether it can be parsed): an unclosed brace invalidates the whole file."""
    patterns: list[str] = []
    inside, script, good = False, False, True
    for raw in text.splitlines():
        line = raw.strip()
        if script:
            script = line != "endscript"
            continue
        if not line or line.startswith("#"):
            continue
        if not inside and line[0] in "/\"'{":
            head, opened, rest = line.partition("{")
            patterns += [path.strip("\"'") for path in _PATH.findall(head)]
            inside, line = bool(opened), rest.strip()
        if line.endswith("}"):
            good = good and inside
            inside, line = False, line[:-1].strip()
        word = _DIRECTIVE.match(line)
        if not line or line[0] in "#/\"'":
            continue
        script = bool(word) and word[0] in SCRIPTS if word else False
        if not script and (not word or word[0] not in DIRECTIVES):
            good = False
    closed = not inside and not script
    return tuple(patterns) if closed else (), good and closed


def rule_of(path: str, known: Rules) -> str:
    """`covered`, `broken` (a rule file named like the log, or its folder, cannot be parsed), `missing` or `hidden`."""
    current = _ARCHIVED.sub("", path)
    if any(fnmatchcase(name, pattern) for pattern in known.patterns for name in (path, current)):
        return "covered" if known.installed else "missing"
    words = {posixpath.basename(posixpath.dirname(path)), posixpath.basename(current).partition(".")[0]}
    if words & {posixpath.basename(file).partition(".")[0] for file in known.broken}:
        return "broken"
    return "hidden" if known.hidden else "missing"


def file_of(path: str, known: Rules) -> str:
    """The unparsable rule file that is named like the log."""
    words = {posixpath.basename(posixpath.dirname(path)), posixpath.basename(_ARCHIVED.sub("", path)).partition(".")[0]}
    return next((file for file in known.broken if posixpath.basename(file).partition(".")[0] in words), "")


def new_file(path: str) -> str:
    """Where a new rule for a log can be written, under a name that logrotate does not ignore as a backup."""
    return f"{FOLDER}/techkit-{re.sub('[^A-Za-z0-9]+', '_', path).strip('_')}"
