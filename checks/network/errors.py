"""The link of every adapter is error-free, full duplex and at full speed."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Record, Severity, warning
from techkit.readings.network import links


class Limits(Record, frozen=True):
    """A share of all packets, and a count below which it means nothing."""

    share: float = 0.001
    floor: int = 200


def probe(host: Host) -> tuple[links.Link, ...]:
    """Read the counters of the adapters in use."""
    return links.read(host)


def judge(seen: tuple[links.Link, ...], limits: Limits) -> Iterator[Finding]:
    """Half duplex explains errors; a slow link alone means a damaged cable or an old switch."""
    for link in seen:
        share = link.errors / link.packets if link.packets else 0.0
        if link.half:
            yield warning("half_duplex", link.interface, interface=link.interface, speed=link.speed)
        elif link.errors >= limits.floor and share > limits.share:
            yield warning(
                "many",
                link.interface,
                interface=link.interface,
                errors=link.errors,
                packets=link.packets,
                share=round(share, 4),
                limit=limits.share,
            )
        elif link.speed and link.able and link.able >= 1000 and link.speed <= 100:
            severity = Severity.WARNING if link.sure else Severity.INFO
            facts: dict[str, Fact] = {"interface": link.interface, "speed": link.speed, "able": link.able}
            yield Finding("slow_link", severity, link.interface, facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
