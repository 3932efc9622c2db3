"""Microsoft Office starts, is licensed and supported, and its mail files have room."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from techkit import Check, Fact, Finding, Host, Record, Severity, Unseen, critical, info, warning
from techkit.readings.software import offices
from techkit.readings.software.offices import Licence, Mailbox, Office


class Seen(Record, frozen=True):
    """The Office of this machine, and today's date (ISO 8601)."""

    office: Office
    today: str


class Limits(Record, frozen=True):
    """The share of its limit at which a mail file is a warning."""

    filling: float = 0.9


def probe(host: Host) -> Seen:
    """Ask the registry, the service, and the folders of licences and of mail."""
    today = datetime.fromtimestamp(host.now(), UTC).date().isoformat()
    return Seen(offices.office(host), today)


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """What blocks starting, mail and updates; disabled add-ins and documents are a note."""
    product = seen.office.name
    if seen.office.service == "missing":
        yield critical("service_missing", product, product=product, unit=offices.SERVICE)
    elif seen.office.service:
        yield critical("service_off", product, product=product, unit=offices.SERVICE)
    if seen.office.end and date.fromisoformat(seen.office.end) < date.fromisoformat(seen.today):
        moment = datetime.fromisoformat(f"{seen.office.end}T00:00:00+00:00").timestamp()
        yield warning("ended", product, product=product, end=moment, as_of=offices.AS_OF)
    elif not seen.office.updates:
        yield info("updates_off", product, product=product)
    for licence in seen.office.licences:
        yield from _licence(licence, datetime.fromisoformat(f"{seen.today}T00:00:00+00:00").timestamp())
    for mailbox in seen.office.mailboxes:
        yield from _mailbox(mailbox, limits)
    for one in seen.office.shut[:10]:
        yield info("shut_out", one.item, program=one.program, item=one.item)


def _licence(licence: Licence, today: float) -> Iterator[Finding | Unseen]:
    """An unconfirmed licence makes Office read-only; until somebody starts it again that is only a note."""
    name = offices.shown(licence.product)
    if licence.unseen:
        yield Unseen(licence.product, licence.unseen)
    elif not licence.there:
        yield info("no_licence", name, product=name, release=licence.product)
    elif licence.confirmed_until is not None and licence.confirmed_until < today:
        facts: dict[str, Fact] = {"product": name, "release": licence.product, "until": licence.confirmed_until}
        in_use = licence.used is not None and licence.used > licence.confirmed_until
        facts["used"] = licence.used
        yield Finding("unconfirmed", Severity.WARNING if in_use else Severity.INFO, name, facts)
    elif licence.ends is not None and licence.ends < today:
        yield warning("lapsed", name, product=name, release=licence.product, end=licence.ends)


def _mailbox(mailbox: Mailbox, limits: Limits) -> Iterator[Finding | Unseen]:
    facts: dict[str, Fact] = {"path": mailbox.path, "size": mailbox.size, "limit": mailbox.limit}
    if mailbox.unseen:
        yield Unseen(mailbox.path, mailbox.unseen)
    elif mailbox.size >= mailbox.limit:
        yield critical("mail_file_full", mailbox.path, **facts)
    elif mailbox.size >= mailbox.limit * limits.filling:
        yield warning("mail_file_filling", mailbox.path, **facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
