"""Protections besides the antivirus: which are off, and which ways in are open."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import UNANSWERED, ProbeError, attempt
from techkit.model import GiB, KiB, MiB, Reason, Record
from techkit.readings.antivirus import antiviruses, clamav, security_center, vendor_notes
from techkit.readings.os import services

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from techkit.host import Host

POLICIES = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
EXPLORER = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer"
SYSTEM_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\System"
DEFENDER_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender"
TERMINAL = r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server"
LISTENER = rf"{TERMINAL}\WinStations\RDP-Tcp"
TERMINAL_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
SMB_SERVER = r"HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Parameters"
SMB_CLIENT = r"HKLM\SYSTEM\CurrentControlSet\Services\mrxsmb10"
AUTHORITIES = r"HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot"
SILENT = 0
"""ConsentPromptBehaviorAdmin: elevate without prompting."""
PREFERENCES = ("ExclusionPath", "ExclusionExtension", "ExclusionProcess")
EXCLUSIONS = tuple(
    (rf"{root}\Exclusions\{name}", kind)
    for root in (r"HKLM\SOFTWARE\Microsoft\Windows Defender", DEFENDER_POLICY)
    for name, kind in (("Paths", "path"), ("Extensions", "extension"), ("Processes", "process"))
)
"""Where Defender keeps local exclusions and those of a policy: as value names."""
NOT_SHOWN = re.compile(r"^N/A", re.IGNORECASE)
"""The placeholder for exclusions that only an administrator may see."""
WIDE_PATH = re.compile(
    r'"?([a-z]:\\?(\*.*)?|[a-z]:\\(windows|users|users\\[^\\]+|users\\public|users\\[^\\]+\\(downloads|desktop|appdata.*)'
    r"|programdata|program files( \(x86\))?|temp|windows\\(temp|system32))\\?\*?|%(temp|tmp|userprofile|public|appdata"
    r"|localappdata|systemdrive|windir|systemroot)%\\?\*?|\\\*|\*)\"?",
    re.IGNORECASE,
)
WIDE_EXTENSION = {"bat", "cmd", "com", "dll", "exe", "js", "ps1", "scr", "vbs", "*", "zip", "docm", "lnk"}
WIDE_PROCESS = {
    "powershell.exe",
    "cmd.exe",
    "wscript.exe",
    "cscript.exe",
    "explorer.exe",
    "svchost.exe",
    "*",
    "mshta.exe",
}
WIDE_PATTERN = re.compile(
    r"\^?(/?(\.\*)?\$?|/(home|tmp|var|srv|root|opt|usr|var/tmp|dev/shm|home/[^/]+)/?(\.\*|\$)?|\.\*.*)"
)
"""clamd exclusion patterns that cover a whole tree where malware arrives."""
SSHD = ("ssh.service", "sshd.service", "ssh.socket", "sshd.socket")
SSHD_CONF = "/etc/ssh/sshd_config"
SAMBA_CONF = "/etc/samba/smb.conf"
SAMBA = ("smbd.service", "smb.service", "samba.service")
OLD_SMB = {"core", "coreplus", "lanman1", "lanman2", "nt1"}
SELINUX_CONF = "/etc/selinux/config"


class Guard(Record, frozen=True):
    """One protection, and its state: off, or policy (switched off by one)."""

    name: str
    """uac, uac_silent, smartscreen, authorities, tamper, defender, selinux or apparmor"""
    where: str
    value: str


LEAST = MiB
"""Malware is often larger than this."""
_SIZE = re.compile(r"(\d{1,12})([kmgKMG]?)")


class Exclusion(Record, frozen=True):
    """An exclusion of the antivirus that is too wide."""

    program: str
    kind: str
    """path, extension or process"""
    value: str


class Door(Record, frozen=True):
    """An unsafe way in from the network."""

    kind: str
    """nla, root or empty"""
    where: str
    value: str


class Legacy(Record, frozen=True):
    """SMB 1, still on."""

    side: str
    """server or client"""
    where: str
    value: str


def _values(host: Host, key: str) -> dict[str, Any]:
    found: dict[str, Any] = attempt(partial(host.registry, key), {"values": {}})["values"]
    return found


# ------------------------------------------------------------------ what has been switched off
def switched_off(host: Host) -> tuple[Guard, ...]:
    """The protections of the system that are off."""
    return tuple(_off_windows(host) if host.system == "windows" else _off_linux(host))


def _off_windows(host: Host) -> Iterator[Guard]:
    asks = _values(host, POLICIES)
    if asks.get("EnableLUA") == 0:
        yield Guard("uac", POLICIES, "EnableLUA = 0")
    elif asks.get("ConsentPromptBehaviorAdmin") == SILENT and host.machine()["edition"] == "client":
        yield Guard("uac_silent", POLICIES, "ConsentPromptBehaviorAdmin = 0")
    if str(_values(host, EXPLORER).get("SmartScreenEnabled") or "").lower() == "off":
        yield Guard("smartscreen", EXPLORER, "SmartScreenEnabled = Off")
    elif _values(host, SYSTEM_POLICY).get("EnableSmartScreen") == 0:
        yield Guard("smartscreen", SYSTEM_POLICY, "EnableSmartScreen = 0")
    if _values(host, AUTHORITIES).get("DisableRootAutoUpdate") == 1:
        yield Guard("authorities", AUTHORITIES, "DisableRootAutoUpdate = 1")
    products = antiviruses.antiviruses(host)
    if any(product.protects for product in products if product.vendor != "microsoft"):
        return
    for key, name in (
        (DEFENDER_POLICY, "DisableAntiSpyware"),
        (DEFENDER_POLICY, "DisableAntiVirus"),
        (rf"{DEFENDER_POLICY}\Real-Time Protection", "DisableRealtimeMonitoring"),
    ):
        if _values(host, key).get(name) == 1:
            yield Guard("defender", key, f"{name} = 1")
            return
    doubt = (Reason.INAPPLICABLE, Reason.MISSING, Reason.FORBIDDEN, Reason.TIMEOUT, Reason.UNREADABLE)
    columns, namespace = security_center.DEFENDER_PROPERTIES, security_center.DEFENDER_NAMESPACE
    ask = partial(host.wmi, "MSFT_MpComputerStatus", *columns, namespace=namespace)
    rows = attempt(ask, [], *doubt) if any(product.protects for product in products) else []
    if rows and rows[0].get("IsTamperProtected") is False:
        yield Guard("tamper", "MSFT_MpComputerStatus", "IsTamperProtected = False")


def _off_linux(host: Host) -> Iterator[Guard]:
    """Off although shipped: SELinux if a policy is installed, AppArmor if the kernel has it."""
    if host.machine().get("container"):
        return
    text = attempt(partial(host.read, SELINUX_CONF), "")
    mode = re.search(r"^\s*SELINUX\s*=\s*(\w+)", text, re.MULTILINE)
    kind = re.search(r"^\s*SELINUXTYPE\s*=\s*(\w+)", text, re.MULTILINE)
    if mode and kind and mode[1] != "enforcing" and host.there(f"/etc/selinux/{kind[1]}/policy"):
        yield Guard("selinux", SELINUX_CONF, f"SELINUX={mode[1]}")
    state = attempt(partial(host.read, "/sys/module/apparmor/parameters/enabled"), "")
    if state.strip() == "N" and not text and host.there("/etc/apparmor.d/abstractions"):
        yield Guard("apparmor", "/sys/module/apparmor/parameters/enabled", "N")


# ------------------------------------------------------------------ what is not looked at
def exclusions(host: Host) -> tuple[Exclusion, ...]:
    """The exclusions that are too wide."""
    return tuple(_excluded_windows(host) if host.system == "windows" else _excluded_linux(host))


def _excluded_windows(host: Host) -> Iterator[Exclusion]:
    if not any(product.vendor == "microsoft" and product.protects for product in antiviruses.antiviruses(host)):
        raise ProbeError(Reason.INAPPLICABLE, "Defender does not guard here")
    ask = partial(host.wmi, "MSFT_MpPreference", *PREFERENCES, namespace=security_center.DEFENDER_NAMESPACE)
    rows = attempt(ask, None, *UNANSWERED)
    for key, kind in EXCLUSIONS if rows is None else ():
        for value in _values(host, key):
            if wide(kind, value):
                yield Exclusion("Microsoft Defender", kind, value)
    for row in rows[:1] if rows else ():
        for name in PREFERENCES:
            told = row.get(name)
            for value in told if isinstance(told, list) else ():
                if NOT_SHOWN.match(str(value)):
                    raise ProbeError(Reason.FORBIDDEN, name)
                kind = name.removeprefix("Exclusion").lower()
                if wide(kind, str(value)):
                    yield Exclusion("Microsoft Defender", kind, str(value))


def wide(kind: str, value: str) -> bool:
    """Whether a Defender exclusion covers a typical place, type or program of malware."""
    if kind == "path":
        return bool(WIDE_PATH.fullmatch(value.strip()))
    if kind == "extension":
        return value.lower().lstrip("*.") in WIDE_EXTENSION or value in {"*", ".*"}
    return value.lower().rpartition("\\")[2] in WIDE_PROCESS


def _excluded_linux(host: Host) -> Iterator[Exclusion]:
    if not host.which("clamd"):
        raise ProbeError(Reason.INAPPLICABLE, "clamd is not here")
    said = clamav.settings(host, clamav.CLAMD_CONF)
    for option in ("ExcludePath", "OnAccessExcludePath"):
        for value in said.get(option, ()):
            if WIDE_PATTERN.fullmatch(value):
                yield Exclusion("ClamAV", "path", value)
    for option in ("MaxFileSize", "MaxScanSize"):
        for value in said.get(option, ())[-1:]:
            if match := _SIZE.fullmatch(value):
                size = int(match[1]) * {"k": KiB, "m": MiB, "g": GiB}.get(match[2].lower(), 1)
                if 0 < size < LEAST:
                    yield Exclusion("ClamAV", "size", f"{option} {value}")
                    return


# ------------------------------------------------------------------ ways in
def doors(host: Host) -> tuple[Door, ...]:
    """Unsafe ways in from the network."""
    return tuple(_doors_windows(host) if host.system == "windows" else _doors_linux(host))


def _doors_windows(host: Host) -> Iterator[Door]:
    if not admits_guests(host):
        raise ProbeError(Reason.INAPPLICABLE, "remote desktop is off")
    policy = _values(host, TERMINAL_POLICY)
    if policy.get("UserAuthentication", _values(host, LISTENER).get("UserAuthentication", 1)) == 0:
        yield Door("nla", TERMINAL_POLICY if "UserAuthentication" in policy else LISTENER, "UserAuthentication = 0")


def admits_guests(host: Host) -> bool:
    """Whether somebody, or a policy, has switched remote desktop on."""
    policy, own = _values(host, TERMINAL_POLICY), _values(host, TERMINAL)
    return bool(policy.get("fDenyTSConnections", own.get("fDenyTSConnections", 1)) == 0)


def _doors_linux(host: Host) -> Iterator[Door]:
    units = attempt(partial(services.units, host, *SSHD), {}, Reason.INAPPLICABLE)
    if not host.there(SSHD_CONF) or (units and not any(unit.running for unit in units.values())):
        raise ProbeError(Reason.INAPPLICABLE, "no SSH server runs")
    said = sshd_settings(host)
    passwords = said.get("passwordauthentication", ("yes", ""))[0] != "no"
    value, where = said.get("permitemptypasswords", ("no", SSHD_CONF))
    if value == "yes" and passwords:
        yield Door("empty", where, "PermitEmptyPasswords yes")
    value, where = said.get("permitrootlogin", ("prohibit-password", SSHD_CONF))
    if value == "yes" and passwords and _root_has_password(host):
        yield Door("root", where, "PermitRootLogin yes")


def sshd_settings(host: Host) -> dict[str, tuple[str, str]]:
    """The options of the SSH server with their files; the first value counts, sshd_config(5)."""
    found: dict[str, tuple[str, str]] = {}
    for path, line in _sshd_lines(host, SSHD_CONF, 0):
        words = line.replace("=", " ", 1).split(None, 1)
        if words[0].lower() == "match":
            if path == SSHD_CONF:
                break
            continue
        if len(words) == 2:
            found.setdefault(words[0].lower(), (words[1].strip("\"' ").lower(), path))
    return found


def _sshd_lines(host: Host, path: str, depth: int) -> Iterator[tuple[str, str]]:
    for raw in host.read(path).splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.lower().startswith("include ") and depth < 2:
            for pattern in line.split()[1:]:
                yield from _included(host, pattern, depth)
        else:
            yield path, line
            if line.lower().startswith("match "):
                return


def _included(host: Host, pattern: str, depth: int) -> Iterator[tuple[str, str]]:
    folder, _, name = (pattern if pattern.startswith("/") else f"/etc/ssh/{pattern}").rpartition("/")
    for file in attempt(partial(host.listdir, folder), []):
        if re.fullmatch(re.escape(name).replace(r"\*", ".*"), file):
            yield from _sshd_lines(host, f"{folder}/{file}", depth + 1)


def _root_has_password(host: Host) -> bool:
    """Whether root has a usable password; raises if that is unreadable."""
    lines = (line.split(":") for line in host.read("/etc/shadow").splitlines())
    return any(words[0] == "root" and len(words) > 1 and words[1][:1] not in {"!", "*", ""} for words in lines)


# ------------------------------------------------------------------ what is too old
def legacy(host: Host) -> tuple[Legacy, ...]:
    """Where SMB 1 is still on."""
    return tuple(_legacy_windows(host) if host.system == "windows" else _legacy_linux(host))


def _legacy_windows(host: Host) -> Iterator[Legacy]:
    if _values(host, SMB_SERVER).get("SMB1") == 1:
        yield Legacy("server", SMB_SERVER, "SMB1 = 1")
    start = _values(host, SMB_CLIENT).get("Start")
    if start is not None and start != 4:
        yield Legacy("client", SMB_CLIENT, f"Start = {start}")


def _legacy_linux(host: Host) -> Iterator[Legacy]:
    text = attempt(partial(host.read, SAMBA_CONF))
    units = attempt(partial(services.units, host, *SAMBA), {}, Reason.INAPPLICABLE)
    if text is None or not any(unit.running for unit in units.values()):
        raise ProbeError(Reason.INAPPLICABLE, "no file server runs")
    if value := samba_minimum(text):
        yield Legacy("server", SAMBA_CONF, f"server min protocol = {value}")


def samba_minimum(text: str) -> str:
    """The minimum protocol of smb.conf(5), if it is outdated; else empty."""
    found = ""
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if re.sub(r"\s+", " ", name.strip().lower()) in {"server min protocol", "min protocol"}:
            found = value.strip()
    return found if found.lower() in OLD_SMB else ""


def licence(host: Host) -> Sequence[tuple[str, int]]:
    """(product, days left) where a product notes it: Kaspersky for Windows."""
    found = []
    for root in vendor_notes.KASPERSKY:
        for product in attempt(partial(host.registry, root), {"keys": []})["keys"]:
            days = _values(host, rf"{root}\{product}\Data").get("LicDaysTillExpiration")
            if isinstance(days, int) and _values(host, rf"{root}\{product}\Data").get("LicKeyType"):
                found.append((product, days - (1 << 32) if days >= 1 << 31 else days))
    return found
