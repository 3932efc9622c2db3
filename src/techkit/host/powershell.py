"""PowerShell, for questions that nothing else answers: one process runs all of them; each snippet is a file.

The snippets are passed as the text of the command: nothing is encoded, and there is no script file that an execution
policy could block. Each row is a line of JSON after the name of its snippet, so a snippet that fails costs only its
own answer. Everything they select is ASCII, so the code page of the console does not matter; they turn enumerations
into text, because ConvertTo-Json would write numbers. They also run in PowerShell's constrained language mode.
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
"""By the id of an error, else by its System.Management.Automation.ErrorCategory; neither is translated."""


def script() -> str:
    """All snippets, each wrapped in FRAME, as one command."""
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
