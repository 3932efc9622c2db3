"""What several tests share: where cases and tapes are, and how they are read and judged."""

from __future__ import annotations

import json
import os
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import settings

from techkit import registry

if TYPE_CHECKING:
    from techkit.model import Finding, Gap

# no deadline, because a busy machine is no failure: benchmarks/ measures time;
# in CI always the same examples, while local runs look for new ones
settings.register_profile("patient", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("patient")

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"
TAPES = ROOT / "tests" / "tapes"


def cases() -> list[tuple[str, Path]]:
    """(check, file) of every case."""
    return [(".".join(file.parent.relative_to(CASES).parts), file) for file in sorted(CASES.glob("*/*/*.json"))]


def read(file: Path) -> dict[str, Any]:
    """A JSON file."""
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def judged(name: str, file: Path) -> list[Finding | Gap]:
    """The verdicts of a check's judge on the observation, and with the limits, of a case."""
    case, check = read(file), registry.load(name)
    kind = next(iter(typing.get_type_hints(check.judge).values()))
    limits = check.limits
    if "limits" in case:
        limits = msgspec.convert(msgspec.to_builtins(limits) | case["limits"], type(limits))
    return list(check.judge(msgspec.convert(case["observation"], kind), limits))
