"""Microsoft Office on a Windows machine: which, its service, what it has shut out, and how full its mail files are.

The ends of support are those of Microsoft's life cycle pages as its administrators' guide repeats them; that of
Office 2021 and of what came later is from memory, not looked up.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import MiB, Reason, Record
from techkit.readings import services
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

AS_OF = "2026-11-24"
HKLM = r"HKLM\SOFTWARE\Microsoft\Office"
HKLM_SMALL = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Office"
CLICK_TO_RUN = rf"{HKLM}\ClickToRun\Configuration"
SERVICE = "ClickToRunSvc"
"""Without it no program of such an Office starts: error 0x426-0x0."""
SUBSCRIPTION = "365"
ENDS = {
    "2010": "2020-10-13", "2013": "2023-04-11", "2016": "2025-10-14", "2019": "2025-10-14", "2021": "2026-10-13",
    "2024": "2029-10-09",
}  # fmt: skip
SUITE = re.compile(
    r"(ProPlus|Standard|Professional|HomeBusiness|HomeStudent|Personal|Word|Excel|Outlook|PowerPoint|Access|Publisher)"
    r"(Retail|Volume)"
)
"""Products that without a year are of 2016; Visio and Project may be of a subscription then."""
INSTALLED = {"14.0": "2010", "15.0": "2013", "16.0": "2016"}
"""What an installer of the old kind leaves, by the version in its key."""
PROGRAMS = ("Word", "Excel", "PowerPoint", "Outlook", "Access")
LOCAL_MAIL = r"AppData\Local\Microsoft\Outlook"
LARGEST, SHARE = 51200, 0.95
"""MaxLargeFileSize where nobody has set it, in MiB, and the share of it from where Outlook adds nothing more."""
MANY = 40


class Shut(Record, frozen=True):
    """What a program of Office refuses to open because it once crashed or hung with it: an add-in or a document."""

    program: str
    item: str


class Mailbox(Record, frozen=True):
    """A mail file of Outlook, or a folder of such that may not be looked at; `limit`: nothing is added from there."""

    path: str
    size: int = 0
    limit: int = 0
    unseen: Reason | None = None


class Office(Record, frozen=True):
    """Everything about the Office of this machine and of the person at it."""

    name: str
    end: str = ""
    """the last day of support, ISO 8601; empty where it goes on with the subscription, or is in no table"""
    service: str = ""
    """disabled or missing, where it cannot start its programs"""
    shut: tuple[Shut, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()


def office(host: Host) -> Office:
    """Look for it; raises INAPPLICABLE where there is none."""
    values = _values(host, CLICK_TO_RUN)
    generation = generation_of(str(values.get("ProductReleaseIds") or "")) if values else _installed(host)
    if not generation:
        raise ProbeError(Reason.INAPPLICABLE, "no Microsoft Office is installed here")
    person = rf"HKU\{host.person()['id']}"
    return Office(
        "Microsoft 365" if generation == SUBSCRIPTION else f"Office {generation}",
        ENDS.get(generation, ""),
        _service(host) if values else "",
        tuple(_shut(host, person)),
        tuple(_mailboxes(host, person)),
    )


def _values(host: Host, key: str) -> dict[str, Any]:
    return dict(attempt(partial(host.registry, key), {"values": {}})["values"])


def generation_of(products: str) -> str:
    """The oldest generation among `ProPlus2019Volume,VisioPro2021Volume`; a subscription renews itself."""
    names = [name.strip() for name in products.split(",") if name.strip()]
    if any(name.startswith("O365") for name in names):
        return SUBSCRIPTION
    years = [found[0] for name in names if (found := re.search(r"20[12]\d", name))]
    return min(["2016"] * any(map(SUITE.fullmatch, names)) + years, default="")


def _installed(host: Host) -> str:
    """An Office of the old kind; the newest that has a place."""
    for version in sorted(INSTALLED, reverse=True):
        for root in (HKLM, HKLM_SMALL):
            if _values(host, rf"{root}\{version}\Common\InstallRoot").get("Path"):
                return INSTALLED[version]
    return ""


def _service(host: Host) -> str:
    unit = services.units(host, SERVICE)[SERVICE]
    return "" if unit.loaded and unit.startup != "disabled" else "disabled" if unit.loaded else "missing"


# ---------------------------------------------------------------------- what it has shut out
def _shut(host: Host, person: str) -> Iterator[Shut]:
    for program in PROGRAMS:
        for version in ("16.0", "15.0"):
            values = _values(host, rf"{person}\Software\Microsoft\Office\{version}\{program}\Resiliency\DisabledItems")
            for raw in values.values():
                if item := parse_item(str(raw)):
                    yield Shut(program, item)


def parse_item(raw: str) -> str:
    """The path, or else the name, in a value of DisabledItems: numbers, then texts that end with a zero."""
    try:
        text = bytes.fromhex(raw)[12:].decode("utf-16-le", "replace")
    except ValueError:
        return ""
    parts = [part for part in text.split("\0") if part.isprintable() and len(part) > 2]
    return next((part for part in parts if re.match(r"[A-Za-z]:\\|\\\\|https?:", part)), next(iter(parts), ""))


# ---------------------------------------------------------------------- the files of mail
def _mailboxes(host: Host, person: str) -> Iterator[Mailbox]:
    home = str(host.person()["home"])
    if not home:
        return
    limit = _limit(host, person)
    more = Supplements(host)
    documents = [name for name in more.listdir(rf"{home}\Documents") if "outlook" in name.lower()]
    for folder in (rf"{home}\{LOCAL_MAIL}", *(rf"{home}\Documents\{name}" for name in documents)):
        for name in [name for name in more.listdir(folder) if name.lower().endswith((".ost", ".pst"))][:MANY]:
            path = rf"{folder}\{name}"
            if "@" in name:
                host.private("person", name[:-4])
            size = more.ask(partial(host.stat, path), {}, path).get("size")
            if isinstance(size, int):
                yield Mailbox(path, size, limit)
    yield from (Mailbox(gap.subject, unseen=gap.reason) for gap in more.unseen)


def _limit(host: Host, person: str) -> int:
    """From where Outlook adds nothing more; a policy goes before the person's own setting."""
    for root in (rf"{person}\Software\Policies\Microsoft\Office", rf"{person}\Software\Microsoft\Office"):
        values = _values(host, rf"{root}\16.0\Outlook\PST")
        for name, share in (("WarnLargeFileSize", 1.0), ("MaxLargeFileSize", SHARE)):
            if isinstance(value := values.get(name), int) and value > 0:
                return int(value * share) * MiB
    return int(LARGEST * SHARE) * MiB
