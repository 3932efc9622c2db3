"""The licences that Microsoft Office keeps in files; only their periods of validity leave this module.

Neither the holder nor the licence itself is read out. Parsed as Microsoft's own vnextdiag.ps1 does.
"""

from __future__ import annotations

import base64
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from techkit.host.local import problem, valid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Answer

MANY, LONGEST = 40, 1 << 20
MARK = b"\xff\xfe"


def licences(folder: str) -> Answer:
    """Every licence below a folder, one of each file."""
    try:
        return [found for raw in _files(folder) if (found := parse(raw))]
    except OSError as error:
        raise problem(error, folder) from error


def _files(folder: str) -> Iterator[bytes]:
    def refused(error: OSError) -> None:
        raise error

    paths = (os.path.join(root, name) for root, _, names in os.walk(folder, onerror=refused) for name in sorted(names))  # noqa: PTH118 - lean
    for _, path in zip(range(MANY), paths, strict=False):
        with open(path, "rb") as file:  # noqa: PTH123 - lean
            yield file.read(LONGEST)


def parse(raw: bytes) -> dict[str, Any] | None:
    """A file is JSON in UTF-16 whose member License is base64 of more JSON; None for any other file."""
    text = raw.decode("utf-16" if raw[:2] == MARK else "utf-16-le" if raw[1:2] == b"\0" else "utf-8", "replace")
    try:
        licence = _lower(json.loads(base64.b64decode(_lower(json.loads(text))["license"])))
        metadata = _lower(licence.get("metadata"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return {
        "product": valid(str(licence.get("productreleaseid") or "")),
        "ends": moment(licence.get("expireson")),
        "confirmed_until": moment(metadata.get("notafter")),
    }


def _lower(thing: Any) -> dict[str, Any]:
    """Keys in lower case, because PowerShell ignores case."""
    return {str(name).lower(): value for name, value in dict(thing or {}).items()}


def moment(text: Any) -> float | None:
    """Seconds since 1970 of a date in ISO 8601, in UTC unless it says otherwise; None for anything else."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
