"""The records that flow from a check to a report, and nothing else."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

KiB = 1 << 10
MiB = 1 << 20
GiB = 1 << 30

Fact = str | int | float | bool | None | tuple[str, ...]
Text = dict[str, str]
"""Words by language: {"en": …, "ru": …}."""

SCHEMA = 1
"""The version of a saved incident's form."""

IDENTITY = ("volume", "disk", "interface", "address", "unit", "program", "account", "printer")
"""Facts that identify a place or thing: a cause and its consequence must agree on each that both carry."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a check has observed, or a limit it judges by; unknown fields are refused."""


class Severity(StrEnum):
    """What a finding means for the person."""

    INFO = "info"
    """Worth knowing; never a cause, an alarm or an exit code."""
    WARNING = "warning"
    """Will hurt."""
    CRITICAL = "critical"
    """Hurts now, or loses data."""

    @property
    def rank(self) -> int:
        """0 for info, 2 for critical."""
        return list(Severity).index(self)


class Outcome(StrEnum):
    """What became of a check."""

    OK = "ok"
    FOUND = "found"
    SKIPPED = "skipped"
    """Does not apply here, or was made meaningless by a finding of another check."""
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a question has no answer."""

    FORBIDDEN = "forbidden"
    """The machine refuses; an administrator may ask."""
    MISSING = "missing"
    """The file, tool, service or class is not there."""
    TIMEOUT = "timeout"
    UNREADABLE = "unreadable"
    """An answer came and could not be understood."""
    INAPPLICABLE = "inapplicable"
    """The question makes no sense on this machine."""
    UNRECORDED = "unrecorded"
    """The tape has no answer to this question."""
    BROKEN = "broken"
    """The check itself failed."""


class Finding(msgspec.Struct, frozen=True):
    """One fault, one thing: `code` names the fault, `subject` the thing, `facts` what was measured."""

    code: str
    severity: Severity
    subject: str
    facts: dict[str, Fact] = {}

    @property
    def check(self) -> str:
        """The check that found it: the code without its last part."""
        return self.code.rpartition(".")[0]

    @property
    def named(self) -> dict[str, Fact]:
        """What the page's texts may name: the facts, and the subject as one of them."""
        return {"subject": self.subject, **self.facts}


class Gap(msgspec.Struct, frozen=True):
    """A thing that a check could not see, and why."""

    subject: str
    reason: Reason
    detail: str = ""
    question: str = ""
    """The question to the host that left the whole check without an answer."""


class Result(msgspec.Struct, frozen=True):
    """What became of one check; `started` and `seconds` are measured from the start of the run."""

    check: str
    outcome: Outcome
    core: bool = False
    findings: tuple[Finding, ...] = ()
    gaps: tuple[Gap, ...] = ()
    blocked_by: str = ""
    """The code that made the question meaningless."""
    started: float = 0.0
    seconds: float = 0.0


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a remedy: words for a person and, with `do`, an action that techkit carries out."""

    en: str
    ru: str
    do: str = ""
    args: dict[str, Any] = {}

    @property
    def text(self) -> Text:
        """The words by language."""
        return {"en": self.en, "ru": self.ru}


class Remedy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to fix a fault: what it does, risks and needs, and how to tell that it worked."""

    id: str
    title: Text
    step: tuple[Step, ...]
    done: Text
    risk: str = "none"
    """none, low, medium or high"""
    admin: bool = False
    systems: tuple[str, ...] = ("linux", "windows")
    editions: tuple[str, ...] = ("client", "server")
    tools: tuple[str, ...] = ()
    desktop: bool = False
    """Whether it leads to a window of Windows, which a server without a desktop does not have."""
    minutes: int = 1
    settle: float = 0
    """Seconds until verification is fair."""
    reboot: bool = False
    drops_network: bool = False
    loses: Text = {}
    """What is lost for good, in words."""
    stop_if: tuple[str, ...] = ()
    """Codes that forbid this remedy."""

    @property
    def automatic(self) -> bool:
        """Whether techkit can carry out every step itself."""
        return all(step.do for step in self.step)


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the catalogue says about one code."""

    title: Text
    why: Text
    evidence: Text
    again: dict[str, str] = {}
    """The commands that show it again, by system, as they are typed."""
    caused_by: tuple[str, ...] = ()
    silences: tuple[str, ...] = ()
    """Questions to the host that it leaves without an answer."""
    references: tuple[str, ...] = ()
    values: dict[str, dict[str, Text]] = {}
    """Explanations of single values: fact -> value -> words."""
    remedy: tuple[Remedy, ...] = ()


class Consequence(msgspec.Struct, frozen=True):
    """What follows from a cause: a finding of its own, or a check that it made meaningless or left without answers."""

    check: str
    state: str
    """found or not_checked"""
    code: str | None = None
    subject: str | None = None
    severity: Severity | None = None


class Cause(msgspec.Struct, frozen=True):
    """A finding that no other finding explains, what follows from it, and what can be done."""

    code: str
    severity: Severity
    subject: str
    facts: dict[str, Fact] = {}
    remedies: tuple[str, ...] = ()
    """Ids of the remedies that fit this machine, gentlest first."""
    consequences: tuple[Consequence, ...] = ()
    also_possible: tuple[str, ...] = ()
    """Codes of other causes present that explain the same consequences."""

    @property
    def named(self) -> dict[str, Fact]:
        """What the page's texts may name: the facts, and the subject as one of them."""
        return {"subject": self.subject, **self.facts}


class Machine(msgspec.Struct, frozen=True):
    """Which machine this is, as the report's head shows it."""

    name: str
    system: str
    """linux or windows"""
    release: str
    edition: str = "client"
    """client or server"""
    elevated: bool = False
    person: str = ""


class Moment(msgspec.Struct, frozen=True):
    """One line of the timeline: when (ISO 8601, UTC), what, about what."""

    at: str
    what: str
    subject: str = ""
    title: Text = {}
    """Title of the remedy, if it is about one."""
    facts: dict[str, Fact] = {}
    """What the title names."""


class Private(msgspec.Struct, frozen=True):
    """A value that names this machine or its people."""

    kind: str
    """host, person, mac, serial, network (a Wi-Fi name) or address (a public one of this machine)"""
    value: str


class Mute(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding that somebody has silenced until a day, for a reason."""

    code: str
    """may hold * for anything"""
    reason: str
    until: str
    """ISO 8601 date, the last day on which it holds"""
    subject: str = "*"


class Incident(msgspec.Struct, frozen=True):
    """Everything one run found, self-contained: any report can be made from it, later, elsewhere."""

    techkit: str
    machine: Machine
    started: str
    """ISO 8601 with the machine's own offset"""
    seconds: float
    results: tuple[Result, ...]
    causes: tuple[Cause, ...]
    notes: tuple[Finding, ...] = ()
    muted: tuple[Finding, ...] = ()
    pages: dict[str, Page] = {}
    titles: dict[str, Text] = {}
    """The good state that each check looks for."""
    timeline: tuple[Moment, ...] = ()
    private: tuple[Private, ...] = ()
    problems: tuple[str, ...] = ()
    """Faults of techkit itself, such as a page that could not be read."""
    complete: bool = True
    """False when the run was interrupted."""
    schema: int = SCHEMA

    @property
    def exit_code(self) -> int:
        """2 critical, 1 warning, 3 a core check could not see, else 0: the monitoring convention."""
        worst = max((cause.severity.rank for cause in self.causes), default=0)
        if worst:
            return worst
        doubts = (gap for result in self.results if result.core for gap in result.gaps)
        return 3 if any(gap.reason is not Reason.INAPPLICABLE for gap in doubts) else 0
