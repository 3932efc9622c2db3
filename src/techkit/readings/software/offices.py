"""Microsoft Office on Windows: products, service, licences, disabled items, mail files.

The ends of support are those of Microsoft's life cycle pages, as endoflife.date repeats them.
"""

from __future__ import annotations

import math
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import ProbeError, attempt
from techkit.model import MiB, Reason, Record
from techkit.readings.os import services
from techkit.readings.supplements import Supplements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techkit.host import Host

AS_OF = "2026-11-24"
HKLM = r"HKLM\SOFTWARE\Microsoft\Office"
HKLM_SMALL = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Office"
CLICK_TO_RUN = rf"{HKLM}\ClickToRun\Configuration"
NOTED = r"Software\Microsoft\Office\16.0\Common\Licensing\LicensingNext"
"""By product how it is licensed; learn.microsoft.com, vnextdiag.md and the script that it describes."""
BY_PERSON, BY_MACHINE = 2, 3
SHARED = ("ClickToRun\\Configuration", "16.0\\Common\\Licensing")
"""Where SharedComputerLicensing is set: then there is a token for each session and no licence on the disk."""
LICENCES = r"Microsoft\Office\Licenses"
MACHINE_DATA = r"C:\ProgramData"
RECENT = r"AppData\Roaming\Microsoft\Office\Recent"
"""Where Office keeps a shortcut to each document that was opened."""
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\office\16.0\common"
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
"""Registry keys of MSI installations, by version."""
PROGRAMS = ("Word", "Excel", "PowerPoint", "Outlook", "Access")
LOCAL_MAIL = r"AppData\Local\Microsoft\Outlook"
LARGEST, SHARE = 51200, 0.95
"""MaxLargeFileSize where nobody has set it, in MiB, and the share of it from where Outlook adds nothing more."""
MANY = 40


class Shut(Record, frozen=True):
    """An add-in or document that an Office program has disabled after a crash or hang."""

    program: str
    item: str


class Mailbox(Record, frozen=True):
    """A mail file of Outlook, or an unreadable folder of such; `limit`: size at which nothing more is added."""

    path: str
    size: int = 0
    limit: int = 0
    unseen: Reason | None = None


class Licence(Record, frozen=True):
    """The best licence of one product, or an unreadable folder of such; times in seconds since 1970."""

    product: str
    ends: float | None = None
    """of a subscription that was not renewed"""
    confirmed_until: float | None = None
    """from then on it is read-only until it has reached Microsoft"""
    used: float | None = None
    """when this person last opened a document with Office, where that licence is no longer confirmed"""
    there: bool = True
    """False: it was activated once, and no licence is left"""
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
    licences: tuple[Licence, ...] = ()
    updates: bool = True
    """whether it updates itself"""


def office(host: Host) -> Office:
    """Look for it; raises INAPPLICABLE where there is none."""
    values = _values(host, CLICK_TO_RUN)
    products = products_of(values)
    generation = generation_of(products) if values else _installed(host)
    if not generation:
        raise ProbeError(Reason.INAPPLICABLE, "no Microsoft Office is installed here")
    person = rf"HKU\{host.person()['id']}"
    return Office(
        "Microsoft 365" if generation == SUBSCRIPTION else f"Office {generation}",
        ENDS.get(generation, ""),
        _service(host) if values else "",
        tuple(_shut(host, person)),
        tuple(_mailboxes(host, person)),
        tuple(_licences(host, person, products)) if values and not _shared(host) else (),
        not values or _updates(host, values),
    )


def products_of(values: dict[str, Any]) -> list[str]:
    """Of `ProPlus2019Volume,VisioPro2021Volume`."""
    return [name.strip() for name in str(values.get("ProductReleaseIds") or "").split(",") if name.strip()]


def _values(host: Host, key: str) -> dict[str, Any]:
    return dict(attempt(partial(host.registry, key), {"values": {}})["values"])


def generation_of(names: list[str]) -> str:
    """The oldest generation among these products; a subscription renews itself."""
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


def shown(product: str) -> str:
    """How people call a product: `VisioProRetail` is Visio."""
    names = {"o365": "Microsoft 365", "visio": "Visio", "project": "Project"}
    return next((name for start, name in names.items() if product.lower().startswith(start)), "Microsoft Office")


def _updates(host: Host, values: dict[str, Any]) -> bool:
    """By its own setting and by policy, as published scripts read both; how the last one went is documented nowhere."""
    policy = _values(host, rf"{POLICY}\officeupdate").get("enableautomaticupdates")
    return policy != 0 and str(values.get("UpdatesEnabled")).lower() != "false"


# ---------------------------------------------------------------------- its licences
def noted(host: Host, person: str) -> dict[str, int]:
    """How each product is licensed that this person has started, by its name in small letters."""
    values = _values(host, rf"{person}\{NOTED}")
    return {name.lower(): value for name, value in values.items() if isinstance(value, int)}


def kept_by_windows(host: Host) -> str:
    """Whether Windows itself keeps licences of an Office here: `any`, only of the `volume` kind, or none.

    A subscription never is; a product that is sold alone is where this person has started it and it is of the old kind.
    """
    values = _values(host, CLICK_TO_RUN)
    if not values:
        return "any" if _installed(host) in {"2013", "2016"} else ""
    products = [name for name in products_of(values) if not name.startswith("O365")]
    known = noted(host, rf"HKU\{host.person()['id']}")
    old = {name.lower() for name in products if known.get(name.lower(), BY_PERSON) not in {BY_PERSON, BY_MACHINE}}
    if any(name.endswith("retail") for name in old):
        return "any"
    return "volume" if any(name.endswith("Volume") for name in products) else ""


def _shared(host: Host) -> bool:
    keys = (*(rf"{HKLM}\{key}" for key in SHARED), rf"{POLICY}\licensing")
    return any(str(_values(host, key).get("SharedComputerLicensing", 0)) == "1" for key in keys)


def _licences(host: Host, person: str, products: list[str]) -> Iterator[Licence]:
    """Of each installed product of the new kind, wherever it was started by this person."""
    known = noted(host, person)
    mine = [name for name in products if known.get(name.lower()) in {BY_PERSON, BY_MACHINE}]
    if not mine:
        return
    home = str(host.person()["home"])
    folders = [rf"{MACHINE_DATA}\{LICENCES}", *([rf"{home}\AppData\Local\{LICENCES}"] if home else [])]
    found = []
    for folder in folders:
        try:
            found += attempt(partial(host.office_licences, folder), [])
        except ProbeError as error:
            yield Licence(folder, unseen=error.reason)
            return
    for name in mine:
        rows = [
            Licence(name, row["ends"], row["confirmed_until"])
            for row in found
            if row["product"].lower() == name.lower()
        ]
        best = max(rows, key=lambda one: one.confirmed_until or math.inf, default=Licence(name, there=False))
        late = best.confirmed_until is not None and best.confirmed_until < host.now()
        yield msgspec.structs.replace(best, used=_used(host, home)) if late else best


def _used(host: Host, home: str) -> float | None:
    """When a shortcut to an opened document was last made; None where that cannot be seen."""
    found: dict[str, Any] = attempt(partial(host.stat, rf"{home}\{RECENT}"), {}, *Reason) if home else {}
    return found.get("modified")


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
