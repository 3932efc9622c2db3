"""The graphics card: drawn by its own driver, or by the processor; and whether it hangs."""

from collections.abc import Iterator

from techkit import Check, Finding, Host, Record, Unseen, info, warning
from techkit.readings import graphics
from techkit.readings.graphics import Graphics


class Seen(Record, frozen=True):
    """What keeps pictures from being drawn well, and whether somebody looks at them."""

    graphics: Graphics
    client: bool = True


class Limits(Record, frozen=True):
    """`fresh` in seconds: a card that hung longer ago is told by other signs."""

    fresh: float = 24 * 3600


def probe(host: Host) -> Seen:
    """A server shows its pictures to nobody."""
    return Seen(graphics.graphics(host), host.machine()["edition"] == "client")


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """A virtual machine's card often has nothing but the basic driver."""
    it = seen.graphics
    if it.unseen:
        yield Unseen("/dev/kmsg", it.unseen)
    if it.basic and it.maker and seen.client:
        yield warning("basic", it.basic, device=it.basic, maker=it.maker)
    elif it.basic:
        yield info("basic_note", it.basic, device=it.basic)
    if it.nomodeset and seen.client:
        yield warning("nomodeset", "nomodeset", parameter="nomodeset")
    if it.client:
        yield warning("mismatch", "NVIDIA", version=it.client)
    if it.hangs and (it.age is None or it.age <= limits.fresh):
        yield warning("hang", it.driver, driver=it.driver, count=it.hangs, message=it.message)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
