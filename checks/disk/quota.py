"""Nobody has used up their disk quota."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, critical, warning
from techkit.readings.disk import quotas
from techkit.readings.disk.quotas import Quota


def probe(host: Host) -> tuple[Quota, ...]:
    """Ask Windows for accounts that have reached a limit."""
    return quotas.quotas(host)


def judge(seen: tuple[Quota, ...], _: None) -> Iterator[Finding]:
    """Beyond the limit nothing can be saved; the warning level is a warning."""
    for one in seen[:10]:
        facts: dict[str, Fact] = {"volume": one.volume, "account": one.account, "used": one.used, "limit": one.limit}
        if one.exceeded:
            yield critical("exceeded", one.account, **facts)
        else:
            yield warning("near", one.account, **facts)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",))
