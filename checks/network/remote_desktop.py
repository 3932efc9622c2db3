"""Remote desktop, where it is switched on, lets people in."""

from collections.abc import Iterator

from techkit import Check, Fact, Finding, Host, Severity, warning
from techkit.readings.network import remote_desktop
from techkit.readings.network.remote_desktop import RemoteDesktop


def probe(host: Host) -> RemoteDesktop:
    """Ask its service, its port and the firewall."""
    return remote_desktop.remote_desktop(host)


def judge(seen: RemoteDesktop, _: None) -> Iterator[Finding]:
    """What a guest meets first; and what lets nobody stay, where many may work at once."""
    facts: dict[str, Fact] = {"port": seen.port, "unit": remote_desktop.SERVICE}
    if not seen.running:
        yield warning("service_off", remote_desktop.SERVICE, **facts, startup=seen.startup or None)
    elif not seen.listening:
        yield warning("not_listening", str(seen.port), **facts)
    elif seen.shut:
        severity = Severity.INFO if seen.away else Severity.WARNING
        yield Finding("shut_out", severity, str(seen.port), facts | {"profile": seen.shut[0]})
    if seen.licences == "unset":
        yield warning("unlicensed", remote_desktop.SERVICE, **facts)
    elif seen.licences == "away":
        yield warning("licences_away", remote_desktop.SERVICE, **facts, servers=seen.licence_servers)


CHECK = Check(probe=probe, judge=judge, limits=None, systems=("windows",))
