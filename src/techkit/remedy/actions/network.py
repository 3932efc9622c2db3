"""Brings an interface up, renews its settings, or sets name servers, default route or packet size.

Done by whatever manages this interface (NetworkManager, systemd-networkd, ifupdown, Windows), else by the kernel's
tools. Undo restores the interface: whether it was up, its MTU, addresses, routes and name servers.
"""

from __future__ import annotations

import ipaddress
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from techkit.host import ProbeError
from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, RefusedError, Shown, _files, program
from techkit.remedy.actions import file as files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techkit.host import Host

LINUX_NAME = re.compile(r"(?![-.])[^/\s%*\x22\x00-\x1f]{1,15}")
WINDOWS_NAME = re.compile(r"(?![-/ ])[^\"/\\\x00-\x1f*?]{1,256}")
RESOLV = "/etc/resolv.conf"
SETTLES = 10.0
"""Seconds that an address may take to arrive after a request."""


class Action(Record, frozen=True):
    """The step's arguments; `servers` are addresses or one fact, or "automatic": those that the network gives."""

    what: Literal["up", "renew", "dns", "route", "mtu"]
    interface: str
    servers: str | tuple[str, ...] = ()
    gateway: str = ""
    mtu: str | int = 0

    def __post_init__(self) -> None:
        given = {"dns": self.servers, "route": self.gateway, "mtu": self.mtu}
        for what, value in given.items():
            if bool(value) != (what == self.what):
                raise ValueError(f"{self.what} is told {what}" if value else f"{what} says which")
        if not ONE_FACT.fullmatch(self.interface) and not LINUX_NAME.fullmatch(self.interface):
            raise ValueError(f"{self.interface!r} is neither a fact nor an interface")
        for server in (self.servers,) if isinstance(self.servers, str) else self.servers:
            if server not in {"", "automatic"} and not ONE_FACT.fullmatch(server):
                ipaddress.ip_address(server)
        if self.gateway and not ONE_FACT.fullmatch(self.gateway):
            ipaddress.ip_address(self.gateway)
        if isinstance(self.mtu, str) and not ONE_FACT.fullmatch(self.mtu):
            raise ValueError(f"{self.mtu!r} is neither a fact nor a number")
        if isinstance(self.mtu, int) and self.mtu and not 576 <= self.mtu <= 9216:
            raise ValueError(f"{self.mtu} is not a packet size")


def undoable(_action: Action) -> bool:
    """What the interface had is kept."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:
    """Look at the interface and its manager, and say which programs will be run."""
    interface = _interface(action.interface, facts)
    system: Any = _windows if sys.platform == "win32" else _linux
    return _Wish(action, interface, facts).prepared(host, earlier, system(interface, host))


class _Wish:
    """One action with its facts filled in."""

    def __init__(self, action: Action, interface: str, facts: Mapping[str, Fact]) -> None:
        self.what = action.what
        self.interface = interface
        self.servers = _addresses(action.servers, facts) if action.what == "dns" else []
        self.gateway = _addresses(action.gateway, facts)[0] if action.gateway else ""
        self.mtu = _mtu(action.mtu, facts) if action.what == "mtu" else 0

    def prepared(self, host: Host, earlier: Sequence[Change], seen: dict[str, Any]) -> Change:
        if self.what == "up" and seen["up"] and not any(change.kind == "network" for change in earlier):
            return Change("network", seen, {})
        if self.what == "mtu" and seen["mtu"] == self.mtu:
            return Change("network", seen, {})
        if self.what == "dns" and sys.platform != "win32" and not (seen["connection"] or seen["resolver"]):
            return self._resolv(host, earlier, seen)
        commands = _commands_windows(self, seen) if sys.platform == "win32" else _commands(self, seen)
        shown = tuple(Shown("fix.runs", {"command": " ".join(argv)}) for argv in commands)
        after = {"what": self.what, "interface": self.interface, "commands": commands, "mtu": self.mtu}
        return Change("network", seen, after, shown)

    def _resolv(self, host: Host, earlier: Sequence[Change], seen: dict[str, Any]) -> Change:
        """Nothing manages the name servers: they are in the file."""
        if not self.servers:
            raise ActionError("fix.no_keeper", interface=self.interface)
        path = _files.resolved(RESOLV, host)

        def edit(old: bytes | None) -> bytes:
            lines = (old or b"").decode("utf-8", "surrogateescape").splitlines(keepends=True)
            kept = [line for line in lines if line.split()[:1] != ["nameserver"]]
            kept = [line if line.endswith("\n") else f"{line}\n" for line in kept]
            new = [f"nameserver {server}\n" for server in self.servers]
            return "".join([*kept, *new]).encode("utf-8", "surrogateescape")

        change = files.changed(path, edit, earlier)
        before, after = seen | {"file": change.before}, {"what": "dns", "commands": [], "file": change.after}
        return Change("network", before, after, change.shown, change.diff)


def _interface(told: str, facts: Mapping[str, Fact]) -> str:
    name = facts.get(told.strip("{}")) if ONE_FACT.fullmatch(told) else told
    allowed = WINDOWS_NAME if sys.platform == "win32" else LINUX_NAME
    if not isinstance(name, str) or not allowed.fullmatch(name):
        raise ActionError("fix.bad_fact", name="interface", value=str(name))
    return name


def _addresses(told: str | tuple[str, ...], facts: Mapping[str, Fact]) -> list[str]:
    """Plain addresses; none for "automatic"."""
    found: list[str] = []
    for one in (told,) if isinstance(told, str) else told:
        if one == "automatic":
            continue
        fact = facts.get(one.strip("{}")) if ONE_FACT.fullmatch(one) else one
        for value in (fact or ("",)) if isinstance(fact, tuple | list) else (fact,):
            try:
                found.append(str(ipaddress.ip_address(value if isinstance(value, str) else "")))
            except ValueError as error:
                raise ActionError("fix.bad_fact", name=one.strip("{}"), value=str(value)) from error
    return found


def _mtu(told: str | int, facts: Mapping[str, Fact]) -> int:
    value = facts.get(told.strip("{}")) if isinstance(told, str) else told
    if not isinstance(value, int) or isinstance(value, bool) or not 576 <= value <= 9216:
        raise ActionError("fix.bad_fact", name="mtu", value=str(value))
    return value


# ---------------------------------------------------------------------- Linux
def _linux(interface: str, host: Host) -> dict[str, Any]:
    """{interface, keeper, resolver, up, mtu, addresses: [words of ip], routes: [words of ip], dns}."""
    folder = Path("/sys/class/net") / interface
    if not folder.is_dir():
        raise ActionError("fix.no_interface", interface=interface)
    keeper, connection = _keeper(interface, host)
    resolver = "" if connection else _resolver(host)
    seen: dict[str, Any] = {"interface": interface, "keeper": keeper, "connection": connection, "resolver": resolver}
    if connection:
        names = "ipv4.dns,ipv4.ignore-auto-dns"
        seen["dns"] = program("nmcli", "-g", names, "connection", "show", "uuid", connection).splitlines()
    elif resolver:
        seen["dns"] = program("resolvectl", "dns", interface).partition("):")[2].split()
    return seen | _state(interface)


def _keeper(interface: str, host: Host) -> tuple[str, str]:
    """What manages an interface, and its connection: NetworkManager, networkd, ifupdown or none."""
    try:
        if host.which("nmcli"):
            said = host.run("nmcli", "-g", "GENERAL.STATE,GENERAL.CON-UUID", "device", "show", interface)
            lines = said["out"].splitlines()
            if not said["code"] and lines and not lines[0].startswith("10 "):  # 10: unmanaged
                return "NetworkManager", lines[1].strip() if len(lines) > 1 else ""
        if host.which("networkctl") and host.exists("/run/systemd/netif/state"):
            index = Path(f"/sys/class/net/{interface}/ifindex").read_text(encoding="ascii").strip()
            link = f"/run/systemd/netif/links/{index}"
            running = host.run("systemctl", "is-active", "systemd-networkd.service")["out"].strip() == "active"
            if running and host.exists(link) and "ADMIN_STATE=unmanaged" not in host.read(link):
                return "networkd", ""
        if host.which("ifup") and re.search(rf"^\s*iface\s+{re.escape(interface)}\s", _interfaces(host), re.MULTILINE):
            return "ifupdown", ""
    except (ProbeError, OSError) as error:
        raise ActionError("fix.no_interface", interface=interface) from error
    return "none", ""


def _interfaces(host: Host) -> str:
    texts = []
    for path in ("/etc/network/interfaces", "/etc/network/interfaces.d"):
        try:
            if path.endswith(".d"):
                texts += [host.read(f"{path}/{name}") for name in host.listdir(path)]
            else:
                texts.append(host.read(path))
        except ProbeError:
            continue
    return "\n".join(texts)


def _resolver(host: Host) -> str:
    """Whether systemd-resolved manages the name servers: resolv.conf is a link to its file."""
    try:
        link = host.stat(RESOLV)["link"] or ""
    except ProbeError:
        return ""
    return "resolved" if "systemd/resolve" in link and host.which("resolvectl") else ""


def _state(interface: str) -> dict[str, Any]:
    """The kernel's view of an interface: up, mtu, and addresses and routes as arguments of `ip`."""
    folder = Path("/sys/class/net") / interface
    try:
        flags, mtu = (int((folder / name).read_text(encoding="ascii"), 0) for name in ("flags", "mtu"))
    except (OSError, ValueError) as error:
        raise ActionError("fix.no_interface", interface=interface) from error
    addresses = []
    for line in program("ip", "-4", "-o", "address", "show", "dev", interface).splitlines():
        words = line.split()
        if "inet" in words:
            told = [words[words.index("inet") + 1]]
            told += ["brd", words[words.index("brd") + 1]] if "brd" in words else []
            addresses.append([*told, "scope", words[words.index("scope") + 1]])
    routes = [
        [word for word in line.split() if word not in {"linkdown", "dead"}]
        for line in program("ip", "-4", "route", "show", "dev", interface).splitlines()
    ]
    return {"up": bool(flags & 1), "mtu": mtu, "addresses": addresses, "routes": routes}


def _commands(wish: _Wish, seen: dict[str, Any]) -> list[list[str]]:
    interface, keeper = wish.interface, seen["keeper"]
    renewals = {
        "NetworkManager": ["nmcli", "--wait", "30", "device", "connect", interface],
        "networkd": ["networkctl", "reconfigure", interface],
        "ifupdown": ["ifup", "--force", interface],
    }
    up = ["ip", "link", "set", "dev", interface, "up"]
    if wish.what == "up":
        return [up, *([renewals[keeper]] if keeper in renewals else [])]
    if wish.what == "renew":
        if keeper not in renewals:
            raise ActionError("fix.no_keeper", interface=interface)
        return [renewals[keeper]]
    if wish.what == "mtu":
        return [["ip", "link", "set", "dev", interface, "mtu", str(wish.mtu)]]
    if wish.what == "route":
        return [["ip", "route", "replace", "default", "via", wish.gateway, "dev", interface]]
    return _dns_commands(wish, seen)


def _dns_commands(wish: _Wish, seen: dict[str, Any]) -> list[list[str]]:
    interface = wish.interface
    if seen["connection"]:
        ours = ["ipv4.dns", " ".join(wish.servers), "ipv4.ignore-auto-dns", "yes" if wish.servers else "no"]
        return [
            ["nmcli", "connection", "modify", "uuid", seen["connection"], *ours],
            ["nmcli", "device", "reapply", interface],
        ]
    return [["resolvectl", "dns", interface, *wish.servers] if wish.servers else ["resolvectl", "revert", interface]]


# ---------------------------------------------------------------------- Windows
def _windows(interface: str, host: Host) -> dict[str, Any]:
    """{interface, keeper: windows, up, mtu, dns: the servers set by hand}."""
    quoted = interface.replace("'", "''")
    try:
        adapters = host.wmi("Win32_NetworkAdapter", "GUID", "NetEnabled", where=f"NetConnectionID = '{quoted}'")
        settings = host.wmi(
            "MSFT_NetIPInterface", "NlMtu",
            where=f"InterfaceAlias = '{quoted}' AND AddressFamily = 2", namespace="root\\StandardCimv2",
        )  # fmt: skip
    except ProbeError as error:
        raise ActionError("fix.no_interface", interface=interface) from error
    if not adapters:
        raise ActionError("fix.no_interface", interface=interface)
    key = rf"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces\{adapters[0]['GUID']}"
    try:
        servers = str(host.registry(key)["values"].get("NameServer", ""))
    except ProbeError:
        servers = ""
    return {
        "interface": interface,
        "keeper": "windows",
        "up": bool(adapters[0]["NetEnabled"]),
        "mtu": settings[0]["NlMtu"] if settings else 0,
        "dns": [one for one in re.split(r"[ ,]+", servers) if one],
    }


def _commands_windows(wish: _Wish, seen: dict[str, Any]) -> list[list[str]]:
    name = wish.interface
    if wish.what == "up":
        return [["netsh", "interface", "set", "interface", f"name={name}", "admin=enabled"]]
    if wish.what == "renew":
        return [["ipconfig", "/renew", name]]
    if wish.what == "mtu":
        return [_mtu_windows(name, wish.mtu)]
    if wish.what == "route":
        return [["netsh", "interface", "ipv4", "add", "route", "0.0.0.0/0", name, wish.gateway, "store=active"]]
    return _dns_windows(name, wish.servers) if wish.servers != seen["dns"] else []


def _mtu_windows(name: str, mtu: int) -> list[str]:
    return ["netsh", "interface", "ipv4", "set", "subinterface", name, f"mtu={mtu}", "store=persistent"]


def _dns_windows(name: str, servers: list[str]) -> list[list[str]]:
    start = ["netsh", "interface", "ipv4"]
    if not servers:
        return [[*start, "set", "dnsservers", f"name={name}", "source=dhcp"]]
    first = [*start, "set", "dnsservers", f"name={name}", "source=static", f"address={servers[0]}", "validate=no"]
    others = [
        [*start, "add", "dnsservers", f"name={name}", f"address={server}", f"index={place}", "validate=no"]
        for place, server in enumerate(servers[1:], 2)
    ]
    return [first, *others]


# ---------------------------------------------------------------------- doing and undoing
def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Run what was shown; wait a moment for an address if one was requested."""
    if "file" in after:
        files.apply(before["file"], after["file"])
        return
    for argv in after["commands"]:
        program(*argv, patience=45)
    if after["what"] in {"up", "renew"} and sys.platform != "win32":
        end = time.monotonic() + SETTLES
        while time.monotonic() < end and not _state(after["interface"])["addresses"]:
            time.sleep(0.3)


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Restore the interface."""
    if "file" in after:
        files.undo(before["file"], after["file"])
    elif before["keeper"] == "windows":
        _undo_windows(before, after)
    else:
        _undo_linux(before, after)


def _undo_linux(before: dict[str, Any], after: dict[str, Any]) -> None:
    interface = before["interface"]
    if after["what"] == "dns":
        if before["connection"]:
            servers, ignored = [*before["dns"], "", ""][:2]
            values = ["ipv4.dns", servers.replace(",", " "), "ipv4.ignore-auto-dns", ignored or "no"]
            program("nmcli", "connection", "modify", "uuid", before["connection"], *values)
            program("nmcli", "device", "reapply", interface)
        else:
            program("resolvectl", *(["dns", interface, *before["dns"]] if before["dns"] else ["revert", interface]))
        return
    present = _state(interface)
    if after["what"] == "mtu":
        if present["mtu"] not in {before["mtu"], after["mtu"]}:
            raise RefusedError("fix.undo_refused", what=interface)
        program("ip", "link", "set", "dev", interface, "mtu", str(before["mtu"]))
        return
    if not before["up"]:
        program("ip", "link", "set", "dev", interface, "down")
        _readdress(interface, before, _state(interface))
        return
    _readdress(interface, before, present)


def _readdress(interface: str, before: dict[str, Any], present: dict[str, Any]) -> None:
    """Restore addresses and routes: remove the extra ones, then add the missing ones."""
    fine = (0, 2)  # 2: the kernel has been faster
    for route in present["routes"]:
        if route not in before["routes"]:
            program("ip", "-4", "route", "del", *route, "dev", interface, fine=fine)
    for address in present["addresses"]:
        if address not in before["addresses"]:
            program("ip", "-4", "address", "del", address[0], "dev", interface, fine=fine)
    for address in before["addresses"] if before["up"] else ():
        if address not in present["addresses"]:
            program("ip", "-4", "address", "add", *address, "dev", interface, fine=fine)
    for route in sorted(before["routes"], key=lambda words: words[0] == "default") if before["up"] else ():
        program("ip", "-4", "route", "add", *route, "dev", interface, fine=fine)
    if before["up"] and any(route not in _state(interface)["routes"] for route in before["routes"]):
        raise ActionError("fix.not_restored", what=interface)


def _undo_windows(before: dict[str, Any], after: dict[str, Any]) -> None:
    name = before["interface"]
    if after["what"] == "up" and not before["up"]:
        program("netsh", "interface", "set", "interface", f"name={name}", "admin=disabled")
    elif after["what"] == "dns":
        for argv in _dns_windows(name, before["dns"]):
            program(*argv)
    elif after["what"] == "mtu" and before["mtu"]:
        program(*_mtu_windows(name, before["mtu"]))
    elif after["what"] == "route":
        program(*["delete" if word == "add" else word for word in after["commands"][0]])
