"""No clutter takes the space of a volume that is short of it."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, GiB, Host, MiB, Record, Severity
from techkit.readings.disk import clutter


class Limits(Record, frozen=True):
    """`worth`: bytes for a note; `large`, or `share` of what is used: bytes for a warning."""

    worth: int = 256 * MiB
    large: int = 10 * GiB
    share: float = 0.2


def probe(host: Host) -> tuple[clutter.Pile, ...]:
    """Measure the known places on volumes that are short of space."""
    return clutter.piles(host)


def judge(seen: tuple[clutter.Pile, ...], limits: Limits) -> Iterator[Finding]:
    """Each kind has its own code, because each is removed differently."""
    for pile in seen:
        if pile.size < limits.worth:
            continue
        large = pile.size >= limits.large or pile.size >= (pile.total - pile.free) * limits.share
        severity = Severity.WARNING if large else Severity.INFO
        facts: dict[str, Fact] = {
            "volume": pile.volume, "size": pile.size, "folders": pile.folders, "total": pile.total, "free": pile.free,
            "share": pile.size / pile.total,
        }  # fmt: skip
        match pile.kind:
            case "temporary":
                yield Finding("temporary", severity, pile.volume, facts)
            case "packages":
                yield Finding("packages", severity, pile.volume, facts)
            case "crashes":
                yield Finding("crashes", severity, pile.volume, facts)
            case "trash":
                yield Finding("trash", severity, pile.volume, facts)
            case "caches":
                yield Finding("caches", severity, pile.volume, facts)
            case "containers":
                yield Finding("containers", severity, pile.volume, facts)
            case "old_windows":
                yield Finding("old_windows", severity, pile.volume, facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
