"""The antiviruses of a machine: which are active, and how current their signatures are."""

from __future__ import annotations

import calendar
import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.antivirus import clamav, defender_log, security_center, vendor_notes
from techkit.readings.disk import volumes
from techkit.readings.os import services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techkit.host import Host
    from techkit.readings.os.services import Unit


class Engine(Record, frozen=True):
    """One service of an antivirus."""

    unit: str
    state: str = "active"
    """active, reloading, activating, deactivating, inactive, failed; waiting: its socket starts it when it is needed"""
    startup: str = "enabled"
    wanted: bool = False
    """whether its installation implies that it should run"""
    result: str = "success"
    file: str | None = None
    """the settings that it could not read"""
    line: str | None = None
    message: str | None = None
    """what it says of that line"""
    socket: str | None = None
    """the unit that listens for it"""
    lost_socket: str | None = None
    """where it is to be asked, and nothing is any more although that unit runs"""

    @property
    def running(self) -> bool:
        """Whether it is active, or starts on demand."""
        return self.state in {"active", "reloading", "activating", "waiting"}

    @property
    def automatic(self) -> bool:
        """Whether the machine starts it by itself."""
        return self.startup in {"enabled", "enabled-runtime", "generated"}


class Signatures(Record, frozen=True):
    """How current a product's signatures are; `dated` in seconds since 1970."""

    present: bool = True
    dated: float | None = None
    meaning: str = "update"
    """the kind of date: build, release, or last update"""
    outdated: bool | None = None
    """the product's own verdict, where it gives no date"""
    damaged: tuple[str, ...] = ()
    owner: str | None = None
    """the account that must write in the folder and may not"""
    rights: str | None = None
    """octal, of a folder that keeps that account out"""
    shut: tuple[str, str, str] | None = None
    """(file, account, rights) of signatures that it may not read"""
    folder: str | None = None
    volume: str | None = None
    unseen: Reason | None = None


class Updater(Record, frozen=True):
    """The service that fetches new signatures, if there is a separate one."""

    unit: str | None = None
    state: str = "running"
    """running, replaced, waiting, stopped, failed, disabled, masked, absent or unknown"""
    message: str | None = None
    """why the last attempt failed"""
    server: str | None = None
    """the update server that cannot be reached now"""
    answer: str | None = None
    """refused, timeout, unreachable or unresolved"""


class Product(Record, frozen=True):
    """One antivirus."""

    name: str
    vendor: str
    engines: tuple[Engine, ...] = ()
    guard: str = "unknown"
    """real-time protection: on, off, snoozed, expired, passive (left to another product) or unknown"""
    signatures: Signatures | None = None
    """None: it has none"""
    updater: Updater | None = None
    """None: it updates itself"""
    story: defender_log.Story | None = None
    """what its own log says, if it is not active or not current"""

    @property
    def running(self) -> bool:
        """Whether one of its services runs."""
        return any(engine.running for engine in self.engines)

    @property
    def protects(self) -> bool:
        """Whether it protects this machine now, as far as can be told."""
        return self.guard == "on" or (self.guard == "unknown" and self.running)


class _Maker(Record, frozen=True):
    """A product: on Linux known by its program and its units, on Windows by its names."""

    vendor: str
    name: str
    program: str = ""
    units: tuple[str, ...] = ()
    called: str = ""
    """how it calls itself in the Security Center, a regular expression"""
    services: str = ""
    """how its main service is named, a regular expression"""


LINUX = (
    _Maker("kaspersky", "Kaspersky Endpoint Security", "/opt/kaspersky/kesl/bin/kesl-control", ("kesl.service",)),
    _Maker("drweb", "Dr.Web", "/opt/drweb.com/bin/drweb-configd", ("drweb-configd.service",)),
    _Maker("microsoft", "Microsoft Defender", "/opt/microsoft/mdatp/sbin/wdavdaemon", ("mdatp.service",)),
    _Maker("bitdefender", "Bitdefender", "/opt/bitdefender-security-tools/bin/bduitool", ("bdsec.service",)),
    _Maker("eset", "ESET Endpoint Antivirus", "/opt/eset/eea/bin/upd", ("eea.service",)),
    _Maker("eset", "ESET Server Security", "/opt/eset/efs/bin/upd", ("efs.service",)),
    _Maker("sophos", "Sophos Protection", "/opt/sophos-spl/base", ("sophos-spl.service",)),
    _Maker("trendmicro", "Trend Micro Deep Security", "/opt/ds_agent/ds_agent", ("ds_agent.service",)),
    _Maker("crowdstrike", "CrowdStrike Falcon", "/opt/CrowdStrike/falconctl", ("falcon-sensor.service",)),
    _Maker("sentinelone", "SentinelOne", "/opt/sentinelone/bin/sentinelctl", ("sentinelone.service",)),
)
WINDOWS = (
    _Maker("microsoft", "Microsoft Defender", called=r"\bdefender|security essentials", services="windefend|msmpsvc"),
    _Maker("kaspersky", "Kaspersky", called="kaspersky|касперск", services=r"avp(\d[\d.]*|\.kes.*)?"),
    _Maker("drweb", "Dr.Web", called=r"dr\.?\s?web", services="drwebavservice|drwebengine"),
    _Maker("eset", "ESET", called="eset", services="ekrn"),
    _Maker("avast", "Avast", called="avast", services="avast! antivirus|avastsvc"),
    _Maker("avg", "AVG", called=r"\bavg\b", services="avg antivirus|avgsvc"),
    _Maker("bitdefender", "Bitdefender", called="bitdefender", services="epsecurityservice|vsserv|bdservicehost"),
    _Maker("symantec", "Symantec", called="symantec|norton", services="sepmasterservice|nortonsecurity"),
    _Maker("mcafee", "McAfee", called="mcafee|trellix", services="mfemms|mcshield"),
    _Maker("sophos", "Sophos", called="sophos", services="savservice|sophos endpoint defense service"),
    _Maker("malwarebytes", "Malwarebytes", called="malwarebytes", services="mbamservice"),
    _Maker("trendmicro", "Trend Micro", called=r"trend\s?micro", services="ntrtscan|ds_agent"),
    _Maker("crowdstrike", "CrowdStrike Falcon", called="crowdstrike", services="csfalconservice"),
    _Maker("sentinelone", "SentinelOne", called="sentinel", services="sentinelagent"),
)
UNSIGNED = {"crowdstrike", "sentinelone"}
"""Behaviour-based products without signatures."""
DAY = 86400
NOBODY = "(?!)"
"""A regular expression that no name matches."""

_DAY = r"(\d{4})-(\d\d)-(\d\d)"
_RELEASE = re.compile(
    rf"^.*(?:release date of .*databases|дата .*выпуска баз).*?:\s*{_DAY}", re.IGNORECASE | re.MULTILINE
)
_FILES = re.compile(
    r"^\s*(?:File (?:monitoring|threat protection)|Защита от файловых угроз)\s*:\s*(.*)$", re.IGNORECASE | re.MULTILINE
)
_TIMESTAMP = re.compile(r"^Virus database timestamp:\s*(\d{4})-([A-Z][a-z]{2})-(\d\d)", re.MULTILINE)
_CONTENT = re.compile(rf"^Last security content update:\s*{_DAY}", re.MULTILINE)
_MODULE = re.compile(r"^\s*EM002\s.*\((\d{4})(\d\d)(\d\d)\)", re.MULTILINE)


def told_here(unit: str) -> bool:
    """Whether this unit belongs to an antivirus, whose faults the antivirus checks report."""
    return (
        unit in clamav.UNITS
        or any(unit in maker.units for maker in LINUX)
        or any(re.fullmatch(maker.services, unit, re.IGNORECASE) for maker in WINDOWS)
    )


def antiviruses(host: Host) -> tuple[Product, ...]:
    """Every antivirus that is installed here; only the tools of those are asked."""
    return _windows(host) if host.system == "windows" else _linux(host)


# ------------------------------------------------------------------ Linux
def _linux(host: Host) -> tuple[Product, ...]:
    makers = [maker for maker in LINUX if host.there(maker.program)]
    daemon, scanner = host.which("clamd"), host.which("clamscan")
    names = [unit for maker in makers for unit in maker.units]
    names += clamav.UNITS if daemon or scanner else ()
    units: Mapping[str, Unit] = attempt(partial(services.units, host, *names), {}, Reason.INAPPLICABLE)
    found: list[Product] = []
    for product in host.side_by_side(partial(_made, host, maker, units) for maker in makers):
        if isinstance(product, ProbeError):
            raise product
        found.append(product)
    if daemon or scanner:
        found.append(_clamav(host, units, daemon=bool(daemon)))
    return tuple(found)


def _engine(unit: Unit, socket: Unit | None = None, *, wanted: bool) -> Engine:
    state = "failed" if unit.sub == "auto-restart" and unit.result != "success" else unit.active
    startup = unit.startup
    if socket and state == "inactive" and socket.running:
        state = "waiting"
    if socket and startup == "disabled" and socket.automatic:
        startup = socket.startup
    return Engine(unit.name, state, startup, wanted, unit.result)


def _known(unit: Unit) -> bool:
    return unit.loaded or unit.startup.startswith("masked")


def _made(host: Host, maker: _Maker, units: Mapping[str, Unit]) -> Product:
    engines = tuple(_engine(units[name], wanted=True) for name in maker.units if units and _known(units[name]))
    product = Product(maker.name, maker.vendor, engines)
    if maker.vendor in UNSIGNED:
        return product
    if units and not product.running:  # nobody is there to answer
        return Product(maker.name, maker.vendor, engines, signatures=Signatures(unseen=Reason.MISSING))
    guard, signatures = attempt(
        partial(_ask, host, maker),
        ("unknown", Signatures(unseen=Reason.UNREADABLE)),
        Reason.MISSING,
        Reason.FORBIDDEN,
        Reason.TIMEOUT,
        Reason.UNREADABLE,
    )
    return Product(maker.name, maker.vendor, engines, guard, signatures)


def _ask(host: Host, maker: _Maker) -> tuple[str, Signatures]:
    """Ask the product's own tool for its real-time protection and the date of its signatures."""
    if maker.vendor == "kaspersky":
        said = host.run(maker.program, "--app-info")
        return parse_kesl(said["out"]), _dated(host, said, _RELEASE, "release")
    if maker.vendor == "drweb":
        said = host.run("/opt/drweb.com/bin/drweb-ctl", "baseinfo")
        return "unknown", _dated(host, said, _TIMESTAMP, "release")
    if maker.vendor == "microsoft":
        return parse_mdatp(host.run("mdatp", "health", "--output", "json")["out"])
    if maker.vendor == "bitdefender":
        said = host.run(maker.program, "get", "ps")
        return parse_bitdefender(said["out"]), _dated(host, said, _CONTENT, "update")
    if maker.vendor == "eset":
        return "unknown", _dated(host, host.run(maker.program, "--list-modules"), _MODULE, "release")
    return "unknown", Signatures(unseen=Reason.MISSING)


def _dated(host: Host, said: Mapping[str, Any], pattern: re.Pattern[str], meaning: str) -> Signatures:
    moment = parse_day(pattern.search(said["out"]))
    if moment is not None:
        return Signatures(dated=moment, meaning=meaning)
    return Signatures(unseen=Reason.UNREADABLE if host.elevated or not said["code"] else Reason.FORBIDDEN)


def parse_day(match: re.Match[str] | None) -> float | None:
    """Read year, month (its number or its name) and day; the end of that day, in the benefit of the doubt."""
    if not match:
        return None
    year, month, day = match.groups()
    number = clamav.MONTHS.get(month) or (int(month) if month.isdecimal() else 0)
    if not 1 <= number <= 12:
        return None
    return float(calendar.timegm((int(year), number, int(day), 23, 59, 59)))


def parse_kesl(text: str) -> str:
    """Parse real-time protection from `kesl-control --app-info`, in the language of the product's installation."""
    match = _FILES.search(text)
    state = match[1].lower() if match else ""
    if re.search(r"stopped|not running|остановлен|не запущен", state):
        return "off"
    return "on" if re.search(r"running|запущен", state) else "unknown"


def parse_bitdefender(text: str) -> str:
    """Parse real-time protection from `bduitool get ps`."""
    match = re.search(r"Antimalware status:\s*(\w+)", text)
    return {"On": "on", "Off": "off"}.get(match[1], "unknown") if match else "unknown"


def parse_mdatp(text: str) -> tuple[str, Signatures]:
    """Read `mdatp health --output json`: a setting may be an object with its `value`; moments are milliseconds."""
    try:
        said: dict[str, Any] = json.loads(text)
        live, passive = (_value(said.get(name)) for name in ("realTimeProtectionEnabled", "passiveModeEnabled"))
        moment = float(said["definitionsUpdated"]) / 1000
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ProbeError(Reason.UNREADABLE, "mdatp health") from None
    guard = "passive" if passive is True else "on" if live is True else "off" if live is False else "unknown"
    return guard, Signatures(dated=moment)


def _value(setting: Any) -> Any:
    return setting.get("value") if isinstance(setting, dict) else setting


def _clamav(host: Host, units: Mapping[str, Unit], *, daemon: bool) -> Product:
    engines: dict[str, Engine] = {}
    if daemon and units:
        packed = host.there(clamav.DAEMON_PACKAGE)
        for name in (*clamav.ENGINES, *clamav.ON_ACCESS):
            unit = units[name]
            wanted = name in clamav.ENGINES and (packed or unit.startup.startswith("masked"))
            if _known(unit):
                engines.setdefault(unit.name, _engine(unit, units.get(clamav.SOCKETS.get(name, "")), wanted=wanted))
    database = clamav.database(host)
    failed = next((engine for engine in engines.values() if engine.state == "failed"), None)
    said = clamav.complaint(host, failed.unit) if failed else clamav.Complaint()
    if failed and said.file:
        facts = {"file": said.file, "line": said.line, "message": said.message}
        engines[failed.unit] = msgspec.structs.replace(failed, **facts)
    for name, socket in clamav.SOCKETS.items():
        if name in engines and engines[name].running and units[socket].running and (path := clamav.lost_socket(host)):
            engines[name] = msgspec.structs.replace(engines[name], socket=socket, lost_socket=path)
    signatures = Signatures(
        present=bool(database.files),
        dated=database.dated,
        meaning="build",
        damaged=tuple(dict.fromkeys((*database.damaged, *said.damaged))),
        owner=database.owner,
        rights=database.rights,
        shut=database.shut,
        folder=database.folder,
        volume=_volume(host, database.folder),
        unseen=database.unseen,
    )
    return Product("ClamAV", "clamav", tuple(engines.values()), "unknown", signatures, _updater(host, units))


def _updater(host: Host, units: Mapping[str, Unit]) -> Updater:
    """Look for the updater's error; if it reached no server, try the servers again now."""
    unit, state = clamav.updater(host, units)
    if unit is None or state != "running":
        return Updater(unit, state)
    last = clamav.last_attempt(host, unit)
    if last.outcome in {"refused", "failed"}:
        return Updater(unit, state, message=last.message)
    if last.outcome in {"unreached", "unfinished"}:
        if missed := clamav.unreached(host, last.message):
            return Updater(unit, state, server=missed[0], answer=missed[1])
        return Updater(unit, state, message=clamav.refused(host, last.message))
    return Updater(unit, state)


def _volume(host: Host, folder: str) -> str | None:
    """Name the mount that holds a folder."""
    mounts = attempt(partial(volumes.mounts, host), (), Reason.MISSING, Reason.UNREADABLE)
    return volumes.holder(folder, (mount.mount for mount in mounts)) or None


# ------------------------------------------------------------------ Windows
def _windows(host: Host) -> tuple[Product, ...]:
    """Ask the Security Center, without it the services; Defender itself only if no other product is active."""
    units = services.windows(host)
    registered = security_center.entries(host)
    products = [_registered(host, entry, units) for entry in registered or ()]
    if not products:
        serviced = (_serviced(host, maker, units) for maker in WINDOWS)
        products = [
            product for product in serviced if any(engine.running or engine.automatic for engine in product.engines)
        ]
    if registered is None and host.machine()["edition"] == "client":  # only servers have no Security Center
        products = _vouched(security_center.health(host), products)
    others = any(product.protects for product in products if product.vendor != "microsoft")
    return tuple(
        product if others or product.vendor != "microsoft" else _defender(host, product) for product in products
    )


def _registered(host: Host, entry: security_center.Entry, units: tuple[Unit, ...]) -> Product:
    unknown = _Maker(entry.name.casefold(), entry.name, services=NOBODY)
    called = (maker for maker in WINDOWS if re.search(maker.called, entry.name, re.IGNORECASE))
    maker = WINDOWS[0] if entry.microsoft else next(called, unknown)
    signatures = _noted(host, maker.vendor, outdated=entry.outdated)
    return Product(entry.name, maker.vendor, _services(maker, units), entry.guard, signatures)


def _serviced(host: Host, maker: _Maker, units: tuple[Unit, ...]) -> Product:
    engines = _services(maker, units)
    noted = None if maker.vendor in UNSIGNED or not engines else _noted(host, maker.vendor, outdated=None)
    guard = vendor_notes.guard(host, maker.vendor) if engines else "unknown"
    return Product(maker.name, maker.vendor, engines, guard, noted)


def _vouched(health: str, products: list[Product]) -> list[Product]:
    """If the Security Center lists nothing but reports good health, a product whose service runs is active."""
    running = sorted((one for one in products if one.running), key=lambda one: one.vendor == "microsoft")
    if not products or (running and health not in {"", "good"}):
        raise ProbeError(Reason.UNREADABLE, f"{security_center.NAMESPACE}: {health}".rstrip(": "))
    if not running or not health:
        return products
    noted = running[0].signatures
    known = noted and msgspec.structs.replace(noted, outdated=False, unseen=None)
    guard = msgspec.structs.replace(running[0], guard="on", signatures=known)
    return [guard, *(one for one in products if one is not running[0])]


def _services(maker: _Maker, units: tuple[Unit, ...]) -> tuple[Engine, ...]:
    found = (unit for unit in units if re.fullmatch(maker.services, unit.name, re.IGNORECASE))
    return tuple(_engine(unit, wanted=True) for unit in found)


def _noted(host: Host, vendor: str, *, outdated: bool | None) -> Signatures:
    note = vendor_notes.noted(host, vendor)
    if note:
        return Signatures(dated=note.dated, meaning=note.meaning, outdated=outdated)
    return Signatures(outdated=outdated, unseen=Reason.UNREADABLE if outdated is None else None)


def _defender(host: Host, product: Product) -> Product:
    """Add what Defender reports; its service must run to answer."""
    said = security_center.defender(host) if product.running or not product.engines else None
    if said is None:
        return product
    known = said.dated is not None or not said.updated
    guard = product.guard if said.guard == "unknown" else said.guard
    fresh = said.dated is not None and host.now() - said.dated < DAY
    return Product(
        name=product.name,
        vendor=product.vendor,
        engines=product.engines,
        guard=guard,
        signatures=Signatures(present=said.updated, dated=said.dated) if known else product.signatures,
        story=None if guard == "on" and fresh else defender_log.story(host),
    )
