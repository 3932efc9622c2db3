"""techkit compare: what has gone, come and stayed between two incidents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from techkit.cli import options
from techkit.cli.speech import say, words
from techkit.words import visible

if TYPE_CHECKING:
    from techkit.model import Finding, Incident

Before = Annotated[Path, typer.Argument(metavar="BEFORE", help=say("help.compare_before"))]
After = Annotated[Path, typer.Argument(metavar="AFTER", help=say("help.compare_after"))]


def command(
    before: Before,
    after: After,
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
) -> int:
    from techkit import incident

    old, now = incident.load(before), incident.load(after)
    found = incident.compare(old, now)
    for key, findings, source in (("gone", found.gone, old), ("new", found.new, now), ("still", found.still, now)):
        if findings:
            print(say(f"compare.{key}"))
            for finding in findings:
                print(f"  {_title(finding, source, old)}  {finding.code}")
    if not (found.gone or found.new or found.still):
        print(say("compare.same"))
    counts = {"gone": len(found.gone), "new": len(found.new), "still": len(found.still)}
    print(say("compare.chat", name=visible(now.machine.name), **counts))
    return now.exit_code


def _title(finding: Finding, source: Incident, other: Incident) -> str:
    page = source.pages.get(finding.code) or other.pages.get(finding.code)
    if page is None:
        return visible(finding.subject)
    return words().fill(page.title[words().language], finding.named, page.values)
