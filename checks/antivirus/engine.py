"""The antivirus is at work: its services run and it watches every file."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, ProbeError, Reason, Record, Severity, Unseen, critical
from techkit.readings.antivirus import antiviruses, security_center
from techkit.readings.antivirus.antiviruses import Engine, Product
from techkit.readings.antivirus.defender_log import Story

DAEMONS = {"clamav": "clamd"}
"""Process names of antivirus daemons, by which they may have been killed or stopped."""


class Guards(Record, frozen=True):
    """The antiviruses of a machine."""

    system: str
    edition: str = "client"
    products: tuple[Product, ...] = ()
    left_behind: tuple[str, ...] = ()
    """Windows: antiviruses that are registered although they are gone"""


def probe(host: Host) -> Guards:
    """Look at every antivirus; without systemd it is unknown whether a daemon should run."""
    gone = security_center.left_behind(host) if host.system == "windows" else ()
    seen = Guards(host.system, host.machine()["edition"], antiviruses.antiviruses(host), gone)
    if seen.system == "linux" and not host.exists("/run/systemd/system"):
        raise ProbeError(Reason.INAPPLICABLE, "systemd does not run this machine")
    return seen


def judge(seen: Guards, _: None) -> Iterator[Finding | Unseen]:
    """On Windows one that guards is enough, and Defender can say that it does; on Linux each does what it is set to."""
    guards = [product for product in seen.products if product.protects] if seen.system == "windows" else []
    if guards:
        mute = all(product.vendor == "microsoft" and product.guard == "unknown" for product in guards)
        yield from [Unseen(guards[0].name, Reason.UNREADABLE, question="wmi")] if mute else ()
        return
    own = [product for product in seen.products if product.vendor == "microsoft"]
    if seen.left_behind and len(own) == len(seen.products):
        yield critical("left_behind", seen.left_behind[0], program=seen.left_behind[0], names=seen.left_behind)
        return
    for product in [product for product in seen.products if product not in own] or own:
        off = [engine for engine in product.engines if engine.wanted and not engine.automatic and not engine.running]
        windows = seen.system == "windows"
        if broken := list(_broken(product)):
            yield from broken
        elif off and not product.running:
            severity = Severity.CRITICAL if windows and seen.edition == "client" else Severity.WARNING
            yield Finding("disabled", severity, product.name, _facts(product, off[0]))
        elif product.guard in {"off", "snoozed", "expired"} or (windows and product.guard == "passive"):
            severity = Severity.CRITICAL if windows and seen.edition == "client" else Severity.WARNING
            yield _unguarded(product, severity, windows=windows)
        elif windows:
            yield Unseen(product.name, Reason.UNREADABLE)


def _broken(product: Product) -> Iterator[Finding]:
    """What should run by itself and does not, or runs where nobody can ask it."""
    stopped = [engine for engine in product.engines if engine.automatic and not engine.running]
    for engine in stopped:
        if engine.file:
            told: dict[str, Fact] = {"file": engine.file, "line": engine.line, "message": engine.message}
            yield critical("misconfigured", product.name, **_facts(product, engine), **told)
            continue
        told = {"product": product.name, "program": DAEMONS.get(product.vendor)}
        yield critical("stopped", product.name, **(_facts(product, engine) | told))
    lost = next((engine for engine in product.engines if engine.lost_socket), None)
    if lost and not stopped:
        told = {"socket": lost.socket, "path": lost.lost_socket}
        yield critical("unreachable", product.name, **_facts(product, lost), **told)


def _unguarded(product: Product, severity: Severity, *, windows: bool) -> Finding:
    """Switched off, or failed, which needs another remedy; a third-party product has its own window."""
    story = product.story or Story()
    facts: dict[str, Fact] = {"program": product.name, "state": product.guard}
    if story.guard_error and product.guard == "off":
        return Finding("guard_failed", severity, product.name, facts | {"error": story.guard_error})
    if windows and product.vendor != "microsoft":
        return Finding("other_guard_off", severity, product.name, facts)
    return Finding("guard_off", severity, product.name, facts | {"since": story.off_since})


def _facts(product: Product, engine: Engine) -> dict[str, Fact]:
    return {
        "program": product.name,
        "unit": engine.unit,
        "state": engine.state,
        "startup": engine.startup,
        "result": engine.result,
    }


CHECK = Check(probe=probe, judge=judge, limits=None, core=True)
