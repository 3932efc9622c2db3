"""Finds checks by their path: `checks/disk/space.py` is `disk.space`. There is no list of checks."""

from __future__ import annotations

import os
import sys
import tomllib
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import msgspec

import techkit
from techkit.check import Check
from techkit.inputs import InputError
from techkit.model import Text

AnyCheck = Check[Any, Any]


class RegistryError(InputError):
    """A pack, a check or a symptom that cannot be used."""


class Symptom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people say, the checks that answer it, and what to ask them."""

    title: Text
    checks: tuple[str, ...]
    question: Text = {}
    words: tuple[str, ...] = ()
    """Prefixes of words, in any language, by which a complaint is recognised."""

    @property
    def area(self) -> str:
        """The area that is looked at first."""
        return self.checks[0].partition(".")[0]


@cache
def roots(packs: tuple[str, ...] = ()) -> tuple[Path, ...]:
    """The folders that hold checks/ and fixes/: our own, then the outside packs.

    Raises `RegistryError` for a pack that is no folder, claims one of our areas, or could be changed
    by others while we run elevated.
    """
    own = next(Path(home) for home in techkit.__path__ if os.path.isdir(os.path.join(home, "checks")))  # noqa: PTH112, PTH118 - quick
    areas = {folder.name for folder in (own / "checks").iterdir() if folder.is_dir()}
    found = [own]
    for pack in packs:
        folder = Path(pack).expanduser()
        if not (folder / "checks").is_dir():
            raise RegistryError("no_checks", folder=pack)
        if clash := areas & {inner.name for inner in (folder / "checks").iterdir() if inner.is_dir()} - {"__pycache__"}:
            raise RegistryError("own_area", folder=pack, area=min(clash))
        if _elevated() and (writable := next(filter(_writable_by_others, _walk(folder)), None)):
            raise RegistryError("open_pack", folder=pack, file=writable)
        found.append(folder)
    return tuple(found)


def _elevated() -> bool:
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.shell32.IsUserAnAdmin())
    return os.geteuid() == 0


def _writable_by_others(path: Path) -> bool:
    if sys.platform == "win32":
        return False
    status = path.stat()
    return bool(status.st_mode & 0o022) or status.st_uid not in {0, os.geteuid()}


def _walk(folder: Path) -> list[Path]:
    return [folder, *sorted(folder.rglob("*"))]


@cache
def names(packs: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names of all checks, sorted."""
    return tuple(sorted(_places(packs)))


@cache
def _places(packs: tuple[str, ...]) -> dict[str, tuple[Path, bool]]:
    return {
        f"{area.name}.{file.stem}": (file, index == 0)
        for index, root in enumerate(roots(packs))
        for area in (root / "checks").iterdir()
        if area.is_dir()
        for file in area.glob("*.py")
    }


def load(name: str, packs: tuple[str, ...] = ()) -> AnyCheck:
    """The check of that name."""
    file, own = _places(packs)[name]
    if own:
        module = import_module(f"techkit.checks.{name}")
    else:
        spec = spec_from_file_location(f"techkit_pack.{name}", file)
        if spec is None or spec.loader is None:
            raise RegistryError("not_loaded", file=file, why="–")
        module = module_from_spec(spec)
        sys.modules[spec.name] = module  # so that the records' annotations resolve
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise RegistryError("not_loaded", file=file, why=f"{type(error).__name__}: {error}") from error
    check = getattr(module, "CHECK", None)
    if not isinstance(check, Check):
        raise RegistryError("declares_nothing", file=file)
    return check


def title(name: str, packs: tuple[str, ...] = ()) -> Text:
    """The good state that a check looks for, by language."""
    file = _places(packs)[name][0].with_suffix(".toml")
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        return msgspec.convert(raw["title"], Text)
    except (OSError, KeyError, ValueError) as error:
        raise RegistryError("no_title", file=file, why=error) from error


@cache
def symptoms(packs: tuple[str, ...] = ()) -> dict[str, Symptom]:
    """What people say, by the file's name."""
    found: dict[str, Symptom] = {}
    for root in roots(packs):
        for file in sorted((root / "checks" / "symptoms").glob("*.toml")):
            try:
                found[file.stem] = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Symptom)
            except ValueError as error:
                raise RegistryError("file", file=file, why=error) from error
    return found


def select(wanted: tuple[str, ...], packs: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The checks that areas, checks, codes or symptoms name; all of them for none.

    Raises `RegistryError` naming the first word that means nothing here.
    """
    every = names(packs)
    if not wanted:
        return every
    chosen: set[str] = set()
    for word in wanted:
        by_symptom = symptoms(packs)[word].checks if word in symptoms(packs) else (word,)
        matched = {
            name
            for pattern in by_symptom
            for name in every
            if name == pattern or name.startswith(f"{pattern}.") or pattern.startswith(f"{name}.")
        }
        if not matched:
            raise RegistryError("unknown_check", word=word)
        chosen |= matched
    return tuple(sorted(chosen))
