"""techkit alone: asks what is wrong, runs what answers it, shows the result, offers the fix and the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from techkit.cli import INTERRUPTED, options
from techkit.cli.speech import area, interactive, say, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.config import Settings
    from techkit.model import Incident, Moment
    from techkit.registry import Symptom

Version = Annotated[bool, typer.Option("--version", help=say("help.version"))]


def command(
    ctx: typer.Context,
    version: Version = False,
    lang: options.Lang = "",  # noqa: ARG001 - read before anything is said
    reader: options.Reader = "user",
) -> int:
    if ctx.invoked_subcommand:
        return 0
    if version:
        from techkit import __version__

        print(f"techkit {__version__}")
        return 0
    if not interactive():
        print(ctx.get_help())
        return 0
    return _guide(reader)


def _guide(reader: str) -> int:
    import msgspec

    from techkit import store
    from techkit.cli.deliver import deliver, muted, save
    from techkit.cli.desk import TerminalDesk
    from techkit.cli.live import watching
    from techkit.config import load
    from techkit.diagnose import diagnose
    from techkit.remedy import earlier
    from techkit.remedy.look import Look

    settings = load()
    look = Look(settings, (), lambda: watching(wanted=True))
    earlier.tell(store.journals(), TerminalDesk(reader=reader), look, dry=False)
    wanted, story = ask(settings.packs)
    with watching(wanted=True) as watch:
        found = diagnose(settings, wanted, mutes=muted(), watch=watch).incident
    found = msgspec.structs.replace(found, timeline=(*story, *found.timeline))
    deliver(found, form="terminal", output=None, names=False, reader=reader, quiet=False)
    if not found.complete:
        return INTERRUPTED
    found = fixed(settings, wanted, found, reader)
    if agreed(say("desk.save")):
        file = Path(f"techkit-{found.started[:16].replace(':', '').replace('T', '-')}.html")
        save(found, file, "html", "specialist", names=False)
        print(say("report.file_redacted", file=file))
    return found.exit_code


def fixed(settings: Settings, wanted: tuple[str, ...], found: Incident, reader: str) -> Incident:
    """Offer a fix where techkit can do something by itself; the incident as it is afterwards."""
    import msgspec

    from techkit import store
    from techkit.cli.desk import TerminalDesk
    from techkit.cli.fix import as_administrator, run_fix
    from techkit.cli.live import watching
    from techkit.diagnose import diagnose
    from techkit.remedy.plan import Wishes
    from techkit.remedy.verify import automatic

    if not any(automatic(found, cause) for cause in found.causes):
        return found
    desk = TerminalDesk(reader=reader)
    done = run_fix(settings, Wishes(tuple(cause.code for cause in found.causes)), desk)
    if done.refused:
        as_administrator(done, desk)
    if not (done.happened or done.refused):
        return found
    with watching(wanted=True) as watch:
        after = diagnose(settings, wanted, mutes=store.mutes(), watch=watch).incident
    return msgspec.structs.replace(after, timeline=(*found.timeline, *done.happened, *after.timeline))


def ask(packs: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Moment, ...]]:
    """The symptoms that the person describes or chooses, none for everything; and what was said, for the ticket."""
    from techkit import interview, registry
    from techkit.report.terminal import Screen

    symptoms = registry.symptoms(packs)
    groups = _by_area(symptoms)
    names = [name for group in groups.values() for name in group]
    screen = Screen()
    screen.print(say("desk.ask"), markup=False)
    for place, group in groups.items():
        screen.print(f"\n{area(place)}", style="bold", markup=False)
        for name in group:
            screen.print(f"{names.index(name) + 1:3}  {symptoms[name].title[words().language]}", markup=False)
    screen.print()
    answer = input("> ").strip()
    if not answer:
        return (), ()
    number = int(answer) if answer.isdecimal() and len(answer) < 4 else 0
    if 0 < number <= len(names):
        meant: tuple[str, ...] = (names[number - 1],)
    else:
        meant = interview.recognise(answer, symptoms)
    if not meant:
        print(say("desk.not_understood"))
        return (), (_said("complained", answer),)
    for name in meant:
        print(say("desk.chosen", title=symptoms[name].title[words().language]))
    story = [_said("complained", symptoms[meant[0]].title[words().language] if number else answer)]
    question = symptoms[meant[0]].question.get(words().language, "")
    if question and (told := input(f"{question} ").strip()):
        story.append(_said("answered", f"{question} {told}"))
    return meant, tuple(story)


def _by_area(symptoms: Mapping[str, Symptom]) -> dict[str, list[str]]:
    """The symptoms by area, the area with most of them first."""
    groups: dict[str, list[str]] = {}
    for name, symptom in symptoms.items():
        groups.setdefault(symptom.area, []).append(name)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def _said(what: str, text: str) -> Moment:
    from datetime import UTC, datetime

    from techkit.model import Moment

    return Moment(datetime.now(UTC).isoformat(timespec="seconds"), what, text)


def agreed(question: str) -> bool:
    """Ask yes or no; silence means no."""
    answer = input(f"{question} {say('desk.yes_no')} ").strip().casefold()
    return answer in {"y", "yes", "д", "да"}
