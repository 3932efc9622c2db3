"""PowerShell, for what nothing else answers: one process for all such questions, their snippets kept as files.

The snippets are the text of the command: nothing is encoded, and there is no script that a policy could refuse to run.
Each row comes as a line of JSON behind the name of its snippet, so that one that fails costs its own answer only. What
they select is ASCII by its nature, so that the code page of the console does not matter; an enumeration is made text
by them, for ConvertTo-Json makes it a number. They run in PowerShell's constrained language, too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from techkit.host import Answer, ProbeError
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parent / "snippets"
OPTIONS = ("-NoLogo", "-NoProfile", "-NonInteractive", "-Command")
QUIET = "$ErrorActionPreference = 'Stop'\n$ProgressPreference = 'SilentlyContinue'\n"
FRAME = """\
try {{
    & {{
{snippet}
    }} | ForEach-Object {{ '{name} ' + (ConvertTo-Json -InputObject $_ -Compress) }}
    '{name} .'
}} catch {{
    '{name} ! ' + $_.CategoryInfo.Category + ' ' + $_.FullyQualifiedErrorId
}}
"""
REASONS = {
    "CommandNotFoundException": Reason.INAPPLICABLE,
    "ObjectNotFound": Reason.MISSING,
    "PermissionDenied": Reason.FORBIDDEN,
    "SecurityError": Reason.FORBIDDEN,
    "OperationTimeout": Reason.TIMEOUT,
}
"""By the id of an error, else by its System.Management.Automation.ErrorCategory; neither is ever translated."""


def script() -> str:
    """All snippets, each in its frame."""
    return QUIET + "".join(
        FRAME.format(name=file.stem, snippet=file.read_text(encoding="utf-8").strip())
        for file in sorted(FOLDER.glob("*.ps1"))
    )


def rows(said: Mapping[str, Answer], name: str) -> Answer:
    """What one snippet answered; `said` is {code, out, err} of the process."""
    found: list[dict[str, Answer]] = []
    for line in said["out"].splitlines():
        of, _, rest = line.strip().partition(" ")
        if of != name:
            continue
        if rest == ".":
            return found
        if rest.startswith("! "):
            category, _, number = rest[2:].partition(" ")
            reason = REASONS.get(number.partition(",")[0]) or REASONS.get(category, Reason.UNREADABLE)
            raise ProbeError(reason, f"PowerShell: {name}: {number or category}")
        try:
            found.append(json.loads(rest))
        except ValueError as error:
            raise ProbeError(Reason.UNREADABLE, f"PowerShell: {name}: {rest[:80]}") from error
    raise ProbeError(Reason.UNREADABLE, f"PowerShell: {name}: no answer, exit code {said['code']}")
