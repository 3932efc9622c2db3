"""Where a report goes: the terminal, a pipe or a file."""

from __future__ import annotations

import sys
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING

from techkit.cli import IO, Stop, speech
from techkit.cli.options import form_of
from techkit.engine import HEAD_START
from techkit.report import render
from techkit.report.view import View, view

if TYPE_CHECKING:
    from pathlib import Path

    from techkit.model import Incident, Mute
    from techkit.words import Words


LOADING = threading.Lock()
"""Held while the renderer is imported: two threads that import one package in different places see half of it."""


def get_ready(form: str, output: Path | None) -> None:
    """Import the renderer while the machine is still answering."""
    threading.Thread(target=_load, args=(form_of(form, output), speech.words()), daemon=True).start()


def _load(form: str, words: Words) -> None:
    time.sleep(HEAD_START)
    with LOADING:
        import_module(f"techkit.report.{form}")
        words.write(1.5, "duration")


def deliver(incident: Incident, *, form: str, output: Path | None, names: bool, reader: str, quiet: bool) -> None:
    """Write the report to the file, if one was named, and show what belongs on the screen.

    If the file cannot be written, say so and print the report instead: nothing is lost.
    """
    with LOADING:
        _deliver(incident, form=form, output=output, names=names, reader=reader, quiet=quiet)


def _deliver(incident: Incident, *, form: str, output: Path | None, names: bool, reader: str, quiet: bool) -> None:
    language = speech.words().language
    shown = form_of(form, output)
    if output is None:
        _show(incident, shown, language, reader, quiet=quiet)
        return
    try:
        save(incident, output, shown, reader, names=names)
    except Stop as stop:
        speech.complain(speech.say("error.disk_full", why=stop.sentence))
        _show(incident, shown, language, reader, quiet=False)
        raise Stop(IO) from stop
    _show(incident, "terminal", language, reader, quiet=quiet)
    print(speech.say("report.file" if names else "report.file_redacted", file=output))


def save(incident: Incident, output: Path, form: str, reader: str, *, names: bool) -> None:
    """Write a report into a file; without `names` nothing in it names this machine or its people."""
    from techkit import privacy, store

    leaving = incident if names else privacy.redact(incident, incident.private)
    text = render(leaving, form, speech.words().language, reader)
    own = " ".join(text for page in incident.pages.values() for text in (*page.title.values(), *page.why.values()))
    if not names and (left := privacy.leaks(text, incident.private, own + render_empty(form, reader, leaving))):
        raise Stop(IO, f"{output}: {', '.join(left)}")
    try:
        store.write(output, text.encode("utf-8", "replace"), private=True)
    except store.StoreError as error:
        raise Stop(IO, speech.words().told(error)) from error
    if not names and incident.private:
        try:
            store.keep_names(output.name, privacy.tokens(incident.private))
        except store.StoreError as error:
            speech.complain(speech.say("error.names_lost", why=speech.words().told(error)))


def muted() -> tuple[Mute, ...]:
    """What was muted; where that cannot be read it is told, and nothing is muted."""
    from techkit import store

    try:
        return store.mutes()
    except store.StoreError as error:
        speech.complain(speech.say("error.mutes_left", why=speech.words().told(error)))
        return ()


def render_empty(form: str, reader: str, incident: Incident) -> str:
    """A report of nothing: only the format's own words."""
    import msgspec

    bare = msgspec.structs.replace(incident, results=(), causes=(), notes=(), muted=(), pages={}, problems=())
    return render(bare, form, speech.words().language, reader)


def _show(incident: Incident, form: str, language: str, reader: str, *, quiet: bool) -> None:
    if form != "terminal":
        speech.in_utf8(sys.stdout)
        sys.stdout.write(render(incident, form, language, reader))
        return
    spoken = view(incident, language, reader, speech.program())
    if not quiet and sys.stdout.isatty():
        _draw(spoken)
    elif not quiet:
        sys.stdout.write(render(incident, form, language, reader, speech.program()))
    print(spoken.chat)


def _draw(spoken: View) -> None:
    from techkit.report.terminal import Screen, drawing

    Screen().print(drawing(spoken), crop=False)
