"""Every antivirus has current signatures and gets updates."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, Unseen, critical, warning
from techkit.readings.antivirus import antiviruses
from techkit.readings.antivirus.antiviruses import Product, Updater

DAY = 86400


class Knowledge(Record, frozen=True):
    """The antiviruses of a machine; `now`: seconds since 1970."""

    system: str
    now: float
    products: tuple[Product, ...] = ()


class Limits(Record, frozen=True):
    """In days."""

    warning: float = 3
    critical: float = 7


def probe(host: Host) -> Knowledge:
    """Look at every antivirus."""
    return Knowledge(host.system, host.now(), antiviruses.antiviruses(host))


def judge(seen: Knowledge, limits: Limits) -> Iterator[Finding | Unseen]:
    """One finding per product: missing or damaged before old before failing updates."""
    others = seen.system == "windows" and any(one.protects and one.vendor != "microsoft" for one in seen.products)
    for product in seen.products:
        if others and product.vendor == "microsoft":
            continue  # it is passive, so its signatures do not matter
        # antivirus.engine reports one that is off; ClamAV also works without a daemon
        if product.signatures is None or (product.vendor != "clamav" and not product.protects):
            continue
        found = list(_present(product, seen.now, limits))
        yield from found or _renewed(product)


def _present(product: Product, now: float, limits: Limits) -> Iterator[Finding | Unseen]:
    kept, updater = product.signatures, product.updater or Updater()
    if kept is None:
        return
    facts: dict[str, Fact] = {"product": product.name, "updater": updater.unit}
    facts["state"] = updater.state if updater.unit else None
    facts |= {"folder": kept.folder, "volume": kept.volume, "error": _error(product)}
    if kept.rights:
        yield critical("shut", product.name, **facts, owner=kept.owner, rights=kept.rights)
    elif kept.shut:
        path, owner, rights = kept.shut
        yield critical("shut_file", product.name, **facts, path=path, owner=owner, rights=rights)
    elif kept.unseen:
        yield Unseen(product.name, kept.unseen)
    elif not kept.present:
        yield critical("missing", product.name, **facts)
    elif kept.damaged:
        yield critical("damaged", product.name, **facts, files=kept.damaged)
    elif kept.dated is not None:
        age = (now - kept.dated) / DAY
        if age < limits.warning:
            return
        severe = age >= limits.critical
        limit = limits.critical if severe else limits.warning
        facts |= {"age": int(age), "date": kept.dated, "meaning": kept.meaning, "limit": limit}
        yield Finding("old", Severity.CRITICAL if severe else Severity.WARNING, product.name, facts)
    elif kept.outdated:
        yield warning("outdated", product.name, **facts)


def _error(product: Product) -> str | None:
    return (product.story.update_error if product.story else "") or None


def _renewed(product: Product) -> Iterator[Finding]:
    updater = product.updater
    if updater is None:
        return
    facts: dict[str, Fact] = {"product": product.name, "updater": updater.unit}
    if updater.state in {"stopped", "failed", "disabled", "masked"}:
        yield warning("updates_off", product.name, **facts, state=updater.state)
    elif updater.message:
        yield warning("updates_failing", product.name, **facts, message=updater.message)
    elif updater.server:
        yield warning("updates_unreachable", product.name, **facts, server=updater.server, answer=updater.answer)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), core=True)
