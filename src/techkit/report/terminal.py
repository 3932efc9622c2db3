"""The report on a terminal: for the specialist evidence and commands, for the user plain words and numbered steps."""

from __future__ import annotations

import errno
import io
import os
import string
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from techkit.report.view import remedy_view
from techkit.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from techkit.model import Incident, Page
    from techkit.report.view import CauseView, UnseenView, View

COLOURS = {"critical": "bold red", "warning": "yellow", "info": "cyan", "unknown": "magenta", "ok": "green"}
SIGNS = {"critical": "✗", "warning": "!", "info": "·", "unknown": "?", "ok": "✓"}
WIDTH, NARROWEST = 100, 40
SHOWN = 3
"""Of the checks that could not look, for the user; the specialist gets all."""


class Screen(Console):
    """The terminal, or wherever stdout goes; a broken pipe is an error like any other."""

    def __init__(self) -> None:
        super().__init__(highlight=False)
        self.width = max(self.width, NARROWEST)

    def on_broken_pipe(self) -> None:
        """Leave it to the command line, instead of exiting with Rich's own code."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def render(view: View, incident: Incident) -> str:  # noqa: ARG001 - every format is called alike
    """The report as plain text."""
    out = io.StringIO()
    asked = os.environ.get("COLUMNS", "")
    width = max(int(asked) if asked.isdecimal() else WIDTH, NARROWEST)
    Console(file=out, width=width, color_system=None, legacy_windows=False).print(drawing(view), crop=False)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def drawing(view: View) -> RenderableType:
    """The report as a Rich renderable for any width; text from the machine is never parsed as markup."""
    parts: list[RenderableType] = [Text(f"techkit {view.techkit} · {view.machine}", style="dim"), Text("")]
    parts += list(_for_user(view) if view.reader == "user" else _for_specialist(view))
    return Group(*parts)


def _verdict(view: View) -> Text:
    return Text.assemble((f"{SIGNS[view.verdict]} ", COLOURS[view.verdict]), (view.summary, "bold"))


def _for_specialist(view: View) -> Iterator[RenderableType]:
    for problem in view.problems:
        yield Text(problem, style="magenta")
    if not view.causes:
        yield _verdict(view)
    for number, cause in enumerate(view.causes):
        if number:
            yield Text("")
        yield from _cause(view, cause)
    if view.notes:
        yield Text("")
        yield Text(view.labels["notes"], style="bold")
        yield from (_line("·", note, "cyan") for note in view.notes)
    if view.unseen:
        yield Text("")
        yield Text(view.labels["unseen"], style="bold")
        yield from (_line("?", f"{', '.join(one.names)}: {_why(one)}", "magenta") for one in view.unseen)
    if view.muted:
        yield Text("")
        yield _line("·", f"{view.labels['muted']}: {', '.join(view.muted)}", "dim")
    yield Text("")
    if not view.complete:
        yield Text(view.labels["interrupted"], style="magenta")
    yield Text(" · ".join(view.coverage), style="dim")


def _why(unseen: UnseenView) -> str:
    return f"{unseen.reason}{f'; {unseen.lift}' if unseen.lift else ''}"


def _line(sign: str, text: str, style: str) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(min_width=1, no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(sign, style=style), Text(text))
    return table


def _cause(view: View, cause: CauseView) -> Iterator[RenderableType]:
    head = Table.grid(padding=(0, 1))
    head.add_column(width=1)
    head.add_column(no_wrap=True)
    head.add_column(overflow="fold")
    style = COLOURS[cause.severity]
    head.add_row(
        Text(SIGNS[cause.severity], style=style), Text(cause.label, style=style), Text(cause.title, style="bold")
    )
    yield head
    yield _inside(Text(cause.evidence))
    if cause.again:
        yield _typed(f"  {view.labels['again']} ", cause.again)
    body: list[RenderableType] = []
    if told := " · ".join(one.title for one in cause.consequences if one.state == "found"):
        body.append(Text.assemble((f"{view.labels['because']} ", "dim"), told))
    if silent := ", ".join(one.check for one in cause.consequences if one.state == "not_checked"):
        body.append(Text.assemble((f"{view.labels['because_not_checked']} ", "dim"), silent))
    if cause.also_possible:
        body.append(Text(f"{view.labels['also_possible']} {', '.join(cause.also_possible)}", style="dim"))
    yield _inside(*body, _remedies(cause), Text(cause.code, style="dim"))


def _inside(*parts: RenderableType) -> RenderableType:
    return Padding(Group(*parts), (0, 0, 0, 2))


def _typed(label: str, command: str) -> Text:
    """A command in one piece at any width, so that it can be copied: the screen may break it, the text does not."""
    return Text.assemble((label, "dim"), command, no_wrap=True, overflow="ignore")


def _remedies(cause: CauseView) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=2, justify="right")
    table.add_column(overflow="fold")
    for number, remedy in enumerate(cause.remedies, 1):
        text = Text.assemble(remedy.title, (f"  {' · '.join(remedy.tags)}", "dim"))
        if remedy.command:
            text.append(f"\n{remedy.command}", style="green")
        table.add_row(Text(str(number), style="dim"), text)
    return table


def _for_user(view: View) -> Iterator[RenderableType]:
    if not view.causes:
        yield _verdict(view)
    else:
        first, *rest = view.causes
        yield Text(first.headline, style="bold")
        if first.rest:
            yield Text(first.rest)
        yield from _first_aid(view)
        yield from _next(view)
        if rest:
            yield Text("")
            yield Text(view.labels["by_the_way"])
            yield from (_line("·", cause.headline, COLOURS[cause.severity]) for cause in rest)
    if view.unseen:
        yield Text("")
        yield Text(view.labels["unseen"])
        for one in view.unseen:
            shown = *one.titles[:SHOWN], *("…",) * (len(one.titles) > SHOWN)
            yield _line("?", f"{', '.join(shown)}: {_why(one)}", "magenta")
    yield Text("")
    if not view.complete:
        yield Text(view.labels["interrupted"])
    yield Text(view.touched, style="dim")
    yield Text(view.coverage[0], style="dim")


def _first_aid(view: View) -> Iterator[RenderableType]:
    if view.first_aid:
        yield Text("")
        yield Text(view.labels["first_aid"])
        steps = Table.grid(padding=(0, 1))
        steps.add_column(justify="right")
        steps.add_column(overflow="fold")
        for number, step in enumerate(view.first_aid.steps, 1):
            steps.add_row(Text(f"{number}."), Text(step))
        yield steps
        if view.first_aid.loses:
            yield Text(view.first_aid.loses, style="yellow")
        yield Text("")
        yield Text(view.first_aid.done)


def _next(view: View) -> Iterator[RenderableType]:
    if not view.first_aid:
        yield Text("")
    yield from map(Text, view.next)


def explanation(code: str, page: Page, language: str) -> RenderableType:
    """A page with its facts by name: what `techkit explain` shows."""
    words = Words(language)

    def plain(text: dict[str, str]) -> str:
        return bare(text[language])

    def bare(template: str) -> str:
        parsed = string.Formatter().parse(template)
        return "".join(literal + (f"<{name}>" if name else "") for literal, name, _, _ in parsed)

    parts: list[RenderableType] = [Text(plain(page.title), style="bold"), Text(code, style="dim"), Text("")]
    parts += [Text(plain(page.why)), Text(""), Text(plain(page.evidence), style="dim")]
    again = words.say("report.again")
    parts += [_typed(f"· {again} ", f"{bare(command)} ({system})") for system, command in page.again.items()]
    if page.caused_by:
        parts += [Text(""), Text(words.say("report.caused_by"), style="bold")]
        parts += [_line("·", pattern, "dim") for pattern in page.caused_by]
    for number, remedy in enumerate(page.remedy, 1):
        tags = remedy_view(remedy, code, {}, page, words).tags
        head = Text.assemble(
            (f"{number}. {plain(remedy.title)}", "bold"), (f"  {' · '.join((*tags, *remedy.systems))}", "dim")
        )
        parts += [Text(""), head]
        steps: list[RenderableType] = [
            _line(f"{place}.", plain(step.text), "dim") for place, step in enumerate(remedy.step, 1)
        ]
        lost = (
            [Text(words.say("report.loses").format(what=plain(remedy.loses)), style="yellow")] if remedy.loses else []
        )
        steps += [*lost, Text(plain(remedy.done), style="green")]
        parts.append(Padding(Group(*steps), (0, 0, 0, 3)))
    parts += [Text(reference, style="dim") for reference in page.references]
    return Group(*parts)
