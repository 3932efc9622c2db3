"""The graphics card: drawn by its own driver, or by the processor; and whether it hangs."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, Unseen, info, warning
from techkit.readings.hardware import graphics
from techkit.readings.hardware.graphics import Graphics


class Seen(Record, frozen=True):
    """Graphics trouble, and whether anybody uses the screen."""

    graphics: Graphics
    client: bool = True


class Limits(Record, frozen=True):
    """`fresh` in seconds: a card that hung longer ago is told by other signs."""

    fresh: float = 24 * 3600
    often: int = 3
    """how often in a week Windows may reset the driver"""


def probe(host: Host) -> Seen:
    """Nobody looks at a server's screen."""
    return Seen(graphics.graphics(host), host.machine()["edition"] == "client")


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """A virtual machine's card often has nothing but the basic driver."""
    it = seen.graphics
    if it.unseen:
        yield Unseen(it.log, it.unseen)
    if it.basic and it.maker and seen.client:
        yield warning("basic", it.basic, device=it.basic, maker=it.maker)
    elif it.basic:
        yield info("basic_note", it.basic, device=it.basic)
    if it.nomodeset and seen.client:
        yield warning("nomodeset", "nomodeset", parameter="nomodeset")
    if it.client:
        yield warning("mismatch", "NVIDIA", version=it.client)
    if it.hangs and (it.age is None or it.age <= limits.fresh):
        yield _hang(it, limits)


def _hang(it: Graphics, limits: Limits) -> Finding:
    """Windows resets the driver; a single time may be the fault of one program."""
    if not it.recovered:
        return warning("hang", it.driver, driver=it.driver, count=it.hangs, message=it.message)
    severity = Severity.WARNING if it.hangs >= limits.often else Severity.INFO
    facts: dict[str, Fact] = {"device": it.device or it.driver, "driver": it.driver, "count": it.hangs, "age": it.age}
    return Finding("recovered", severity, it.driver, facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
