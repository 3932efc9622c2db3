"""The proxies that are set on a machine, and where: environment, package managers, Windows settings."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.antivirus import intrusions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techkit.host import Answer, Host

FILES = (
    "/etc/environment",
    "/etc/profile",
    "/etc/bash.bashrc",
    "/etc/dnf/dnf.conf",
    "/etc/yum.conf",
    "/etc/apt/apt.conf",
    "/etc/systemd/system.conf",
    "/etc/systemd/user.conf",
    "/etc/wgetrc",
    "/etc/gitconfig",
    "/etc/pip.conf",
    "/etc/npmrc",
)
FOLDERS = (
    "/etc/profile.d", "/etc/environment.d", "/etc/apt/apt.conf.d", "/etc/systemd/system.conf.d",
    "/etc/systemd/user.conf.d",
)  # fmt: skip
HOME_FILES = (
    ".profile", ".bash_profile", ".bashrc", ".zprofile", ".zshrc", ".pam_environment", ".wgetrc", ".curlrc",
    ".gitconfig", ".npmrc", ".config/pip/pip.conf",
)  # fmt: skip
UNITS = "/etc/systemd/system"
LIKE_DNF = ("/dnf.conf", "/yum.conf", "/.curlrc", "gitconfig", "/pip.conf", "npmrc")
"""Files with lines like `proxy = …`."""
MOST_HOMES = 5
VARIABLES = ("http_proxy", "https_proxy", "all_proxy")
INTERNET_SETTINGS = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
WINHTTP = rf"HKLM\{INTERNET_SETTINGS}\Connections"
"""The separate proxy of Windows' services, above all Windows Update."""
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings"
PORTS = {"https": 443, "socks": 1080, "socks4": 1080, "socks4a": 1080, "socks5": 1080, "socks5h": 1080}
"""The port of a proxy that names none, by the scheme of its address; 80 for every other."""

_VARIABLE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?(?:https?|all)_proxy(?:[ \t]+DEFAULT)?[ \t]*=[ \t]*["']?([^"'\s;#]+)""",
    re.IGNORECASE | re.MULTILINE,
)
_SYSTEMD = re.compile(r"^[ \t]*(?:Default)?Environment[ \t]*=((?:.*\\\n)*.*)", re.MULTILINE)
_ASSIGNED = re.compile(r"""["']?\b(?:https?|all)_proxy=["']?([^"'\s]+)""", re.IGNORECASE)
_DNF = re.compile(r"""^[ \t]*(?:--)?(?:https?-)?proxy[ \t]*[= \t][ \t]*["']?([^"'\s]+)""", re.MULTILINE)
_APT = re.compile(r"""\bProxy[ \t\r\n]+["']?([^"'\s;]+)""", re.IGNORECASE)
_NAMED = re.compile(r"proxy[^\n]*//[^/\s@]+@|^[ \t]*proxy_username[ \t]*=", re.IGNORECASE | re.MULTILINE)
_APT_COMMENT = re.compile(r"/\*.*?\*/|^[ \t]*(?://|#).*?$", re.DOTALL | re.MULTILINE)
_ADDRESS = re.compile(
    r"""(?:([a-z][a-z0-9+.-]*)://)?(?:[^@/\s]*@)?(?:\[([0-9a-f:.]+)\]|([^\[\]:/@\s$"'{}=]+))(?::(\d{1,5}))?(?:/.*)?""",
    re.IGNORECASE,
)


class Proxy(Record, frozen=True):
    """One proxy and every place that sets it: a file, a registry key, or a variable of the session as `$http_proxy`."""

    host: str
    port: int
    places: tuple[str, ...]
    named: bool = False
    """whether credentials are set with it"""

    @property
    def address(self) -> str:
        """As `host:port`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Settings(Record, frozen=True):
    """Every proxy that is set, the script that chooses one, and the places that could not be read."""

    proxies: tuple[Proxy, ...]
    script: str = ""
    unseen: tuple[tuple[str, Reason], ...] = ()


class _Place(NamedTuple):
    """What one place sets."""

    name: str
    proxies: tuple[tuple[str, int], ...] = ()
    script: str = ""
    unseen: Reason | None = None
    named: bool = False


def configured(host: Host) -> Settings:
    """Every proxy of this machine and of the person at the desk; each address once."""
    places = [*(_windows(host) if host.system == "windows" else _linux(host)), *_session(host)]
    by_address: dict[tuple[str, int], list[str]] = {}
    named = {address for place in places if place.named for address in place.proxies}
    for place in places:
        for address in place.proxies:
            by_address.setdefault(address, []).append(place.name)
    return Settings(
        proxies=tuple(
            Proxy(*address, tuple(dict.fromkeys(names)), address in named) for address, names in by_address.items()
        ),
        script=next((place.script for place in places if place.script), ""),
        unseen=tuple((place.name, place.unseen) for place in places if place.unseen),
    )


def parse_address(text: str, *, bare: bool = False) -> tuple[str, int] | None:
    """(host, port) of a proxy's address; `bare`: accept a name without scheme and port.

    Words such as DIRECT, and shell variables, are not addresses.
    """
    match = _ADDRESS.fullmatch(text.strip())
    if not match:
        return None
    scheme, six, name, port = match.groups()
    if not (scheme or port or bare) or int(port or 1) not in range(1, 65536):
        return None
    return (six or name).lower(), int(port) if port else PORTS.get((scheme or "").lower(), 80)


def parse_environment(text: str) -> tuple[tuple[str, int], ...]:
    """Read simple lines `export http_proxy=…`, as shells, pam_env and systemd do."""
    return _addresses(_VARIABLE.findall(text))


def parse_apt(text: str) -> tuple[tuple[str, int], ...]:
    """Read an apt.conf(5), flat or nested."""
    return _addresses(_APT.findall(_APT_COMMENT.sub("", text)))


def parse_systemd(text: str) -> tuple[tuple[str, int], ...]:
    """Read DefaultEnvironment of systemd-system.conf(5)."""
    return _addresses(word for line in _SYSTEMD.findall(text) for word in _ASSIGNED.findall(line))


def parse_dnf(text: str) -> tuple[tuple[str, int], ...]:
    """Read a dnf.conf(5), or the like line of a .curlrc."""
    return _addresses(_DNF.findall(text))


def parse_windows(text: str) -> tuple[tuple[str, int], ...]:
    """Read `host:port` or `http=host:port;https=…`."""
    entries = [entry.rpartition("=")[2] for entry in re.split(r"[;\s]+", text) if entry]
    return tuple(dict.fromkeys(found for entry in entries if (found := parse_address(entry, bare=True))))


def parse_winhttp(blob: str) -> tuple[tuple[str, int], ...]:
    """Read the value WinHttpSettings, hex text: size, zero, flags, length, proxy, length, exceptions."""
    try:
        raw = bytes.fromhex(blob)
    except ValueError:
        return ()
    flags, length = (int.from_bytes(raw[place : place + 4], "little") for place in (8, 12))
    return parse_windows(raw[16 : 16 + length].decode("ascii", "replace")) if flags & 2 else ()


def _addresses(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(dict.fromkeys(found for value in values if (found := parse_address(value))))


def _session(host: Host) -> Iterator[_Place]:
    """Read the environment of the person's session, which outlives the file that set it."""
    environment = host.person()["environment"]
    for name, value in environment.items():
        if name.lower() in VARIABLES and (address := parse_address(value)):
            yield _Place(f"${name}", (address,), named="@" in value)


def _linux(host: Host) -> Iterator[_Place]:
    """Read the files in parallel: a home may be on a dead mount."""
    homes = _homes(host)
    units = attempt(partial(host.listdir, UNITS), [], *Reason)
    folders = [
        *FOLDERS,
        *(f"{UNITS}/{name}" for name in units if name.endswith(".service.d")),
        *(f"{home}/.config/environment.d" for home in homes),
    ]
    listed = host.side_by_side(partial(host.listdir, folder) for folder in folders)
    files = [
        *FILES,
        *(f"{UNITS}/{name}" for name in units if name.endswith(".service")),
        *(f"{home}/{name}" for home in homes for name in HOME_FILES),
        *(
            f"{folder}/{name}"
            for folder, names in zip(folders, listed, strict=True)
            if not isinstance(names, ProbeError)
            for name in names
            if name.endswith((".sh", ".conf")) or folder.startswith("/etc/apt")
        ),
    ]
    for file, text in zip(files, host.side_by_side(partial(host.read, file) for file in files), strict=True):
        yield from _file(file, text)


def _homes(host: Host) -> list[str]:
    """That of the one at the desk; who may look into the others' looks into the first few of them, too."""
    mine = host.person()["home"]
    known = attempt(lambda: list(intrusions.homes(host)), [], *Reason) if host.elevated else []
    others = [home for _, home in known]
    return [home for home in dict.fromkeys((mine, *others)) if home and home != "/"][:MOST_HOMES]


def _file(file: str, text: Answer) -> Iterator[_Place]:
    if isinstance(text, ProbeError):
        if text.reason not in {Reason.MISSING, Reason.UNRECORDED}:
            yield _Place(file, unseen=text.reason)
        return
    parse = parse_environment
    if file.startswith("/etc/apt"):
        parse = parse_apt
    elif file.startswith("/etc/systemd"):
        parse = parse_systemd
    elif file.endswith(LIKE_DNF):
        parse = parse_dnf
    if found := parse(text):
        yield _Place(file, found, named=bool(_NAMED.search(text)))


def _windows(host: Host) -> Iterator[_Place]:
    """Read the person's or the policy's proxy for programs, and that of services (WinHTTP)."""
    policy = attempt(lambda: host.registry(POLICY), {"values": {}})
    for_all = policy["values"].get("ProxySettingsPerUser") == 0
    hive, shown = ("HKLM", "HKLM") if for_all else (rf"HKU\{host.person()['id']}", "HKCU")  # a SID names a person
    place = rf"{shown}\{INTERNET_SETTINGS}"
    try:
        values = host.registry(rf"{hive}\{INTERNET_SETTINGS}")["values"]
    except ProbeError as error:
        yield _Place(place, unseen=error.reason)
    else:
        proxies = parse_windows(str(values.get("ProxyServer") or "")) if values.get("ProxyEnable") == 1 else ()
        yield _Place(place, proxies, str(values.get("AutoConfigURL") or ""))
    blob = attempt(lambda: host.registry(WINHTTP), {"values": {}})["values"].get("WinHttpSettings")
    if found := parse_winhttp(str(blob or "")):
        yield _Place(WINHTTP, found)
