"""How the command line speaks: the person's language, and streams that can always be written to."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import shlex
import shutil
import stat
import sys
from functools import cache
from typing import Any

import techkit
from techkit.words import NAME, Words, choose

PLAINLY = {
    "«": '"', "»": '"', "„": '"', "“": '"', "”": '"', "—": "-", "–": "-", "…": "...", "✗": "x", "✓": "+", "·": "-",
    "→": "->", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip
"""Replacements for characters that a console's code page lacks; Russian is transliterated, the rest becomes "?"."""
RUSSIAN = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziyklmnoprstufye", strict=True)) | {
    "ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu",
    "я": "ya",
}  # fmt: skip


def prepare_streams() -> None:
    """Make sure that no character a console lacks can stop the report.

    Unless PYTHONIOENCODING is set, a pipe gets the encoding of its console, and a file or pipe whose code
    page lacks the letters of the language in use gets UTF-8.
    """
    for name in ("COLUMNS", "LINES"):
        if not re.fullmatch(r"[1-9][0-9]{1,3}", os.environ.get(name, ""), re.ASCII):
            os.environ.pop(name, None)  # a width that nobody could write in
    codecs.register_error("plainly", _plainly)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")  # whatever a keyboard sends is an answer
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="plainly")
            if "PYTHONIOENCODING" in os.environ:
                continue
            if (page := code_page()) and stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
                with contextlib.suppress(LookupError):  # a code page that Python does not know
                    reconfigure(encoding=page)
            if not _has_letters(stream.encoding) and words().language == "ru":
                in_utf8(stream)


def code_page() -> str:
    """The code page of our console, in which PowerShell reads piped output; empty elsewhere.

    Python gives a pipe the ANSI code page, which differs from it in Russian.
    """
    if sys.platform != "win32" or sys.flags.utf8_mode:
        return ""
    import ctypes

    page = ctypes.windll.kernel32.GetConsoleOutputCP()
    return f"cp{page}" if page else ""


def in_utf8(stream: Any) -> None:
    """Switch a stream to UTF-8, which programs read; a console keeps its own code page."""
    if hasattr(stream, "reconfigure") and not stream.isatty():
        stream.reconfigure(encoding="utf-8", errors="plainly")


def _has_letters(encoding: str) -> bool:
    try:
        return bool("я".encode(encoding))
    except UnicodeEncodeError:
        return False


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_plain(character) for character in text), error.end


def _plain(character: str) -> str:
    if (sound := RUSSIAN.get(character.lower())) is not None:
        return sound if character.islower() else sound.capitalize()
    return PLAINLY.get(character, "?")


def forget_stdout() -> None:
    """Discard what is still buffered for a stdout that is gone."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(sentence: str) -> None:
    """Print one sentence on stderr, if that is still open."""
    if sentence and sys.stderr is not None:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"techkit: {sentence}\n")


@cache
def words() -> Words:
    """The language of this call: --lang, the configuration's by TECHKIT_LANG, else the person's own."""
    asked = ""
    for place, word in enumerate(sys.argv):
        if word == "--lang" and place + 1 < len(sys.argv):
            asked = sys.argv[place + 1]
        elif word.startswith("--lang="):
            asked = word.partition("=")[2]
    return Words(choose(asked, choose(os.environ.get("TECHKIT_LANG", ""), _own_language())), program=program())


def program() -> str:
    """What a person types to start us: the one file has the name and the place that somebody gave it."""
    file = techkit.started[-1]
    if file == NAME:
        return NAME
    found = shutil.which(os.path.basename(file))  # noqa: PTH119 - lean
    if found and os.path.realpath(found) == os.path.realpath(file):
        return shlex.quote(os.path.basename(file))  # noqa: PTH119 - lean
    home = os.path.expanduser("~") + os.sep  # noqa: PTH111 - lean
    typed = sys.argv[0] if os.sep in sys.argv[0] else os.path.join(os.curdir, sys.argv[0])  # noqa: PTH118 - lean
    typed = f"~/{shlex.quote(typed.removeprefix(home))}" if typed.startswith(home) else shlex.quote(typed)
    return typed if os.access(file, os.X_OK) else f"python3 {typed}"


def _own_language() -> str:
    """The language of the person's desktop: the display language on Windows, the locale elsewhere."""
    if sys.platform == "win32":
        import ctypes

        primary = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF
        return {0x09: "en", 0x19: "ru"}.get(primary, "en")
    return next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "en")


def area(name: str) -> str:
    """The label of an area; an area of an outside pack keeps its own name."""
    return say(f"area.{name}") if words().knows(f"area.{name}") else name


def say(key: str, **values: Any) -> str:
    """One of the engine's labels in the language of this call."""
    return words().say(key, **values)


def interactive() -> bool:
    """Whether a person reads what is written, and can answer."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stdout.isatty())


def write(text: str) -> None:
    """Print a line on stdout; a narrow terminal breaks it between words."""
    import shutil
    import textwrap

    if sys.stdout.isatty():
        indented = len(text) - len(text.lstrip(" "))
        deeper = " " * (indented + 2 if indented else 0)
        wide = shutil.get_terminal_size().columns
        text = textwrap.fill(text, wide, subsequent_indent=deeper, break_long_words=False, break_on_hyphens=False)
    print(text, flush=True)
