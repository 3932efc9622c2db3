"""The kinds of action: `actions/<kind>.py` is what a step with `do = "<kind>"` does.

Each module declares `Action`, a record of the step's arguments, and four functions: `undoable(action)`;
`prepare(action, facts, host, earlier) -> Change` decides and changes nothing; `apply(before, after)` does
exactly that, or nothing if the thing has changed since; `undo(before, after)` puts it back, or refuses
if it is not as we left it. The step's `do` names the module, so there is no list of kinds.
"""

from __future__ import annotations

import os
import re
import string
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import msgspec

from techkit import words
from techkit.model import Fact  # noqa: TC001 - msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from techkit.host import Host
    from techkit.model import Step

ONE_FACT = re.compile(r"\{[a-z_]+\}")
PATIENCE = 95.0
"""Seconds that a program may take; starting a service may take 90 of them."""
LONGEST = 256 << 10
"""Bytes of a program's output that are kept."""
BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that break a line."""


class Shown(msgspec.Struct, frozen=True):
    """A sentence for the person: the key of a label, its values, and keys of further labels to put into it."""

    key: str
    names: dict[str, Fact] = {}
    words: dict[str, str] = {}


class ActionError(Exception):
    """What cannot be done, as a sentence for the person."""

    def __init__(self, key: str, **names: Fact) -> None:
        super().__init__(f"{key} {names}")
        self.shown = Shown(key, names)


class RefusedError(ActionError):
    """A change that is not undone, because somebody has changed the thing since."""


class Change(msgspec.Struct, frozen=True):
    """What one step will do: the states `before` and `after`, both JSON and both journalled."""

    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    shown: tuple[Shown, ...] = ()
    """What the person reads before consenting; empty if there is nothing to do."""
    diff: tuple[str, ...] = ()
    undoable: bool = True


def parse(step: Step) -> Any:
    """The `Action` of a step; raises ValueError for an unknown kind or a wrong argument."""
    if not _known(step.do):
        raise ValueError(f"there is no action {step.do!r}")
    return msgspec.convert(step.args, _kind(step.do).Action)


def undoable(step: Step) -> bool:
    """Whether a step can be undone; a kind that only a newer techkit knows cannot."""
    return _known(step.do) and bool(_kind(step.do).undoable(parse(step)))


def needs_administrator(step: Step) -> bool:
    """Whether a step always needs an administrator."""
    own = step.do == "registry" and not str(step.args.get("key", "")).startswith("HKLM")  # a person's own settings
    return step.do in {"service", "package", "network", "registry", "rule", "link"} and not own


def wears_the_disk(step: Step) -> bool:
    """Whether a step reads or writes so much that it may kill a dying disk."""
    repairs = r"fsck.*|e2fsck|xfs_repair|btrfs|ntfsfix|chkdsk|sfc|dism|dpkg|apt-get|dnf|zypper|apk|pacman"
    if step.do == "command":
        told = [str(argument).casefold().removesuffix(".exe") for argument in step.args.get("argv", ["", ""])]
        return bool(re.fullmatch(repairs, told[0])) and "update" not in told[1:]
    return step.do == "clean" or (step.do == "package" and step.args.get("what") != "lists")


def named(step: Step) -> set[str]:
    """The facts that a step's action uses."""
    told = [text for value in step.args.values() for text in (value if isinstance(value, list) else [value])]
    return {name for text in told if isinstance(text, str) for name in words.named(text)}


def prepare(step: Step, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change] = ()) -> Change:
    """Decide what a step will do here, after the `earlier` changes of its remedy; raises `ActionError`."""
    change: Change = _kind(step.do).prepare(parse(step), facts, host, earlier)
    return change


def apply(change: Change) -> None:
    """Do it; raises `ActionError`."""
    _kind(change.kind).apply(change.before, change.after)


def undo(kind: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Put back what a change did, wholly or partly; raises `RefusedError` or `ActionError`."""
    if not _known(kind):
        raise ActionError("fix.unknown_kind", kind=kind)
    _kind(kind).undo(before, after)


def fill(template: str, facts: Mapping[str, Fact], quote: Callable[[str], str] = str) -> str:
    """A text of a page with its facts filled in; raises `ActionError` for a fact that is not one plain line."""
    parts = []
    for text, name, _, _ in string.Formatter().parse(template):
        parts.append(text)
        if name is None:
            continue
        value = facts.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value) or BREAKS.search(str(value)):
            raise ActionError("fix.bad_fact", name=name, value=str(value))
        parts.append(quote(str(value)))
    return "".join(parts)


def word(template: str, facts: Mapping[str, Fact]) -> str:
    """One argument for a program: a text, or one fact that cannot be mistaken for an option."""
    value = fill(template, facts)
    if ONE_FACT.fullmatch(template) and value.startswith("-"):
        raise ActionError("fix.bad_fact", name=template.strip("{}"), value=value)
    return value


def program(*argv: str, patience: float = PATIENCE, fine: tuple[int, ...] = (0,), **environment: str) -> str:
    """The output of a program; raises `ActionError` if it is missing, late or fails."""
    import subprocess
    import tempfile

    with tempfile.TemporaryFile() as out:  # a pipe that a grandchild holds would never end
        try:
            process = subprocess.Popen(  # `with` would wait for it
                _spelled(argv),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | {"LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""} | environment,
                start_new_session=True,  # Ctrl-C is for techkit, which then undoes what has begun
                **_hidden(),
            )
            process.wait(patience)
        except (OSError, ValueError) as error:
            raise ActionError("fix.program_failed", what=argv[0], why=str(error)) from error
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise ActionError("fix.program_late", what=argv[0]) from error
        size = out.seek(0, os.SEEK_END)
        out.seek(max(0, size - LONGEST))
        said = out.read().decode("utf-8", "backslashreplace")
    if process.returncode not in fine:
        raise ActionError("fix.program_failed", what=" ".join(argv), why=_complaint(said) or process.returncode)
    return said


def _complaint(said: str) -> str:
    """The line that names the error: the first that says so, else the last."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = (
        line for line in lines if re.search(r"^E:|error|fail|cannot|denied|invalid|not found", line, re.IGNORECASE)
    )
    return next(telling, lines[-1] if lines else "")


def _spelled(argv: tuple[str, ...]) -> list[str]:
    """The program by its full path, also from the folders that an ordinary PATH lacks."""
    import shutil

    more = () if os.name == "nt" else ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin")
    found = shutil.which(argv[0], path=os.pathsep.join((os.environ.get("PATH", os.defpath), *more)))
    return [found or argv[0], *argv[1:]]


def _hidden() -> dict[str, Any]:
    return {"creationflags": 0x08000000} if os.name == "nt" else {}  # no console window


def _end(process: Any) -> None:
    """Kill a program that is late, with everything it started."""
    import signal

    if os.name == "nt":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(5)
    except OSError:
        return
    except Exception:  # noqa: BLE001 - subprocess.TimeoutExpired, without importing it again
        os.killpg(process.pid, signal.SIGKILL)


def _known(kind: str) -> bool:
    return kind.isidentifier() and not kind.startswith("_") and find_spec(f"{__name__}.{kind}") is not None


def _kind(kind: str) -> Any:
    return import_module(f"{__name__}.{kind}")
