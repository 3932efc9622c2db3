"""Microsoft Office can start, is still mended by its maker, and its mail files have room."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from techkit import Check, Fact, Finding, Host, Record, Unseen, critical, info, warning
from techkit.readings import offices
from techkit.readings.offices import Mailbox, Office


class Seen(Record, frozen=True):
    """The Office of this machine, and today's date (ISO 8601)."""

    office: Office
    today: str


class Limits(Record, frozen=True):
    """The share of its limit from where a mail file is worth a warning."""

    filling: float = 0.9


def probe(host: Host) -> Seen:
    """Ask the registry, the service and the folders of mail."""
    today = datetime.fromtimestamp(host.now(), UTC).date().isoformat()
    return Seen(offices.office(host), today)


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """What keeps it from starting, from taking mail and from being mended; what it has shut out is a note."""
    product = seen.office.name
    if seen.office.service == "missing":
        yield critical("service_missing", product, product=product, unit=offices.SERVICE)
    elif seen.office.service:
        yield critical("service_off", product, product=product, unit=offices.SERVICE)
    if seen.office.end and date.fromisoformat(seen.office.end) < date.fromisoformat(seen.today):
        moment = datetime.fromisoformat(f"{seen.office.end}T00:00:00+00:00").timestamp()
        yield warning("ended", product, product=product, end=moment, as_of=offices.AS_OF)
    for mailbox in seen.office.mailboxes:
        if mailbox.unseen:
            yield Unseen(mailbox.path, mailbox.unseen)
        elif mailbox.size >= mailbox.limit:
            yield critical("mail_file_full", mailbox.path, **_facts(mailbox))
        elif mailbox.size >= mailbox.limit * limits.filling:
            yield warning("mail_file_filling", mailbox.path, **_facts(mailbox))
    for one in seen.office.shut[:10]:
        yield info("shut_out", one.item, program=one.program, item=one.item)


def _facts(mailbox: Mailbox) -> dict[str, Fact]:
    return {"path": mailbox.path, "size": mailbox.size, "limit": mailbox.limit}


CHECK = Check(probe=probe, judge=judge, limits=Limits(), systems=("windows",))
