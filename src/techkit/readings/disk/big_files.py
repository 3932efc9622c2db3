"""What takes the space: the biggest files of a volume that is low, and which of them are logs."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import attempt
from techkit.model import GiB, MiB, Reason, Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techkit.host import Host

TIGHT = 0.10
"""The share of free space below which a volume is searched."""
ROOMY = 20 * GiB
"""Free space with which no volume is searched, whatever its size."""
SMALL = MiB
"""Files that are not worth naming."""
LOGS = "/var/log"
"""Everything below it is a log."""
JOURNAL = re.compile(r"/(var|run)/log/journal/|\.journal~?$")
_LOG = re.compile(
    r"\.(log|err|out)([.-]\d[\d.-]*)?(\.(gz|xz|bz2|zst|old|bak))?$|[._-]log([.-]\d[\d.-]*)?(\.(gz|xz|bz2|zst))?$",
    re.IGNORECASE,
)


class File(Record, frozen=True):
    """One big file; `size` is what it takes on the disk."""

    path: str
    size: int
    modified: float = 0


class Tree(Record, frozen=True):
    """What a bounded search below a folder found."""

    files: tuple[File, ...] = ()
    folders: tuple[tuple[str, int], ...] = ()
    """(folder, entries in it), the fullest first"""
    size: int = 0
    complete: bool = True


def tree(host: Host, path: str) -> Tree:
    """The biggest files below a folder; none if it is missing or unreadable."""
    said: dict[str, Any] = attempt(partial(host.largest, path), {}, *Reason)
    return Tree(
        tuple(File(row["path"], row["size"], row["modified"]) for row in said.get("files", ())),
        tuple((row["path"], row["entries"]) for row in said.get("folders", ())),
        said.get("size", 0),
        said.get("complete", False),
    )


def is_tight(total: int, free: int) -> bool:
    """Whether a volume is short enough of space to search it."""
    return bool(total) and free < ROOMY and free < total * TIGHT


def told(found: Tree, count: int = 3) -> tuple[str, ...]:
    """The names of the biggest files, for the evidence."""
    return tuple(file.path for file in found.files[:count] if file.size >= SMALL)


def is_log(path: str) -> bool:
    """Whether a name is certainly that of a log: below the system's folder for logs, or by its ending."""
    return not JOURNAL.search(path) and (path.startswith(f"{LOGS}/") or bool(_LOG.search(path)))


def volume_of(path: str, mounted: Iterable[str]) -> str:
    """The mount that holds a path: the longest that it begins with."""
    held = [mount for mount in mounted if path == mount or path.startswith((f"{mount.rstrip('/')}/", f"{mount}\\"))]
    return max(held, key=len, default="")
