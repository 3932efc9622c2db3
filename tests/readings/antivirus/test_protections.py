"""What keeps malware out beside the antivirus, on both systems."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare

from techkit.host import Host, ProbeError
from techkit.model import Reason
from techkit.readings.antivirus import antiviruses, protections, security_center, vendor_notes
from techkit.readings.antivirus.antiviruses import Product

WINDOWS = MACHINE | {"system": "windows", "edition": "client"}
PREFERENCE = ("wmi", security_center.DEFENDER_NAMESPACE, "MSFT_MpPreference", protections.PREFERENCES, "")
STATUS = ("wmi", security_center.DEFENDER_NAMESPACE, "MSFT_MpComputerStatus", security_center.DEFENDER_PROPERTIES, "")
CONF = protections.SSHD_CONF


def values(**some: Any) -> dict[str, Any]:
    return {"values": some, "keys": []}


def windows(monkeypatch: pytest.MonkeyPatch, *products: Product, **more: Any) -> Host:
    monkeypatch.setattr(antiviruses, "antiviruses", lambda _host: products)
    return bare({("machine",): WINDOWS, **more.get("answers", {})})


DEFENDER = Product("Microsoft Defender", "microsoft", guard="on")
OTHER = Product("ESET", "eset", guard="on")


def test_guards_that_are_off_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("registry", protections.POLICIES): values(EnableLUA=0),
        ("registry", protections.EXPLORER): values(SmartScreenEnabled="Off"),
        STATUS: [{"IsTamperProtected": False}],
    }
    off = protections.switched_off(windows(monkeypatch, DEFENDER, answers=answers))
    assert [guard.name for guard in off] == ["uac", "smartscreen", "tamper"]


@pytest.mark.parametrize(("edition", "named"), [("client", ["uac_silent"]), ("server", [])])
def test_rights_that_are_raised_unasked(monkeypatch: pytest.MonkeyPatch, edition: str, named: list[str]) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows", "edition": edition},
        ("registry", protections.POLICIES): values(EnableLUA=1, ConsentPromptBehaviorAdmin=0),
        STATUS: [{"IsTamperProtected": True}],
    }
    off = protections.switched_off(windows(monkeypatch, DEFENDER, answers=answers))
    assert [guard.name for guard in off] == named


@pytest.mark.parametrize(("value", "named"), [(1, ["authorities"]), (0, [])])
def test_authorities_that_are_not_fetched(monkeypatch: pytest.MonkeyPatch, value: int, named: list[str]) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("registry", protections.AUTHORITIES): values(DisableRootAutoUpdate=value),
        STATUS: [{"IsTamperProtected": True}],
    }
    off = protections.switched_off(windows(monkeypatch, DEFENDER, answers=answers))
    assert [guard.name for guard in off] == named


def test_a_policy_against_defender_matters_only_where_no_other_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[tuple[Any, ...], Any] = {("registry", protections.DEFENDER_POLICY): values(DisableAntiSpyware=1)}
    assert [g.name for g in protections.switched_off(windows(monkeypatch, answers=answers))] == ["defender"]
    assert protections.switched_off(windows(monkeypatch, OTHER, answers=answers)) == ()


def test_a_usual_windows_has_all_on(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("registry", protections.POLICIES): values(EnableLUA=1),
        STATUS: [{"IsTamperProtected": True}],
    }
    assert protections.switched_off(windows(monkeypatch, DEFENDER, answers=answers)) == ()


@pytest.mark.parametrize(
    ("kind", "value", "wide"),
    [
        ("path", "C:\\", True),
        ("path", "c:", True),
        ("path", r"C:\Users", True),
        ("path", r"C:\Users\bob", True),
        ("path", r"C:\Users\bob\Downloads", True),
        ("path", "%TEMP%", True),
        ("path", r"C:\Windows\Temp\*", True),
        ("path", r"C:\Program Files\1C", False),
        ("path", r"D:\Databases", False),
        ("path", r"C:\Users\bob\source\repos", False),
        ("extension", ".exe", True),
        ("extension", "*.ps1", True),
        ("extension", "ldf", False),
        ("process", r"C:\Windows\System32\cmd.exe", True),
        ("process", "sqlservr.exe", False),
    ],
)
def test_how_wide_an_exclusion_is(kind: str, value: str, wide: bool) -> None:
    assert protections.wide(kind, value) is wide


def test_exclusions_that_an_administrator_would_have_to_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    shut = {PREFERENCE: [{"ExclusionPath": ["N/A: Must be an administrator to view exclusions"]}]}
    with pytest.raises(ProbeError) as error:
        protections.exclusions(windows(monkeypatch, DEFENDER, answers=shut))
    assert error.value.reason is Reason.FORBIDDEN
    seen = {
        PREFERENCE: [{"ExclusionPath": ["C:\\", r"D:\db"], "ExclusionExtension": None, "ExclusionProcess": ["cmd.exe"]}]
    }
    found = protections.exclusions(windows(monkeypatch, DEFENDER, answers=seen))
    assert [(one.kind, one.value) for one in found] == [("path", "C:\\"), ("process", "cmd.exe")]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ExcludePath ^/home/", ["^/home/"]),
        ("ExcludePath ^/", ["^/"]),
        ("ExcludePath ^/proc/", []),
        ("ExcludePath ^/sys/", []),
        ("ExcludePath ^/var/lib/docker/", []),
        ("#ExcludePath ^/home", []),
        ("MaxFileSize 1K", ["MaxFileSize 1K"]),
        ("MaxFileSize 1K\nMaxScanSize 2K", ["MaxFileSize 1K"]),
        ("MaxFileSize 1K\nMaxFileSize 25M", []),
        ("MaxFileSize 0", []),
        ("MaxScanSize 1M", []),
    ],
)
def test_exclusions_of_clamd(line: str, found: list[str]) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE,
        ("which", "clamd"): "/usr/sbin/clamd",
        ("read", "/etc/clamav/clamd.conf"): line + "\n",
    }
    assert [one.value for one in protections.exclusions(bare(answers))] == found


@pytest.mark.parametrize(
    ("answers", "kinds"),
    [
        ({("registry", protections.TERMINAL): values(fDenyTSConnections=0)}, []),
        (
            {("registry", protections.TERMINAL): values(fDenyTSConnections=0),
             ("registry", rf"{protections.TERMINAL}\WinStations\RDP-Tcp"): values(UserAuthentication=0)},
            ["nla"],
        ),
        (
            {("registry", protections.TERMINAL): values(fDenyTSConnections=0),
             ("registry", protections.TERMINAL_POLICY): values(UserAuthentication=1),
             ("registry", rf"{protections.TERMINAL}\WinStations\RDP-Tcp"): values(UserAuthentication=0)},
            [],
        ),
    ],
)  # fmt: skip
def test_remote_desktop(monkeypatch: pytest.MonkeyPatch, answers: dict[tuple[Any, ...], Any], kinds: list[str]) -> None:
    assert [door.kind for door in protections.doors(windows(monkeypatch, answers=answers))] == kinds


def test_remote_desktop_that_is_off_is_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProbeError) as error:
        protections.doors(windows(monkeypatch))
    assert error.value.reason is Reason.INAPPLICABLE


def linux(**files: Any) -> Host:
    answers: dict[tuple[Any, ...], Any] = {("machine",): MACHINE, ("stat", CONF): {"kind": "file"}}
    answers["read", "/etc/shadow"] = "root:$y$j9T$x:19000:0:99999:7:::\n"
    for path, text in files.items():
        answers["read", path] = text
        folder, _, name = path.rpartition("/")
        answers["listdir", folder] = sorted([*answers.get(("listdir", folder), []), name])
    return bare(answers)


DROPIN = "/etc/ssh/sshd_config.d/50-cloud.conf"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({CONF: "#PermitRootLogin yes\n"}, []),
        ({CONF: "PermitRootLogin yes\n"}, [("root", CONF)]),
        ({CONF: "PermitRootLogin yes\nPasswordAuthentication no\n"}, []),
        ({CONF: "permitrootlogin=yes\n"}, [("root", CONF)]),
        ({CONF: "PermitRootLogin no\nPermitRootLogin yes\n"}, []),
        ({CONF: "Match User bob\n  PermitRootLogin yes\n"}, []),
        ({CONF: "PermitEmptyPasswords yes\n"}, [("empty", CONF)]),
        ({CONF: "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n", DROPIN: "PermitRootLogin yes\n"},
         [("root", DROPIN)]),
        ({CONF: "PermitRootLogin yes\n", "/etc/shadow": "root:!:19000::::::\n"}, []),
    ],
)  # fmt: skip
def test_the_ssh_server(files: dict[str, str], found: list[tuple[str, str]]) -> None:
    assert [(door.kind, door.where) for door in protections.doors(linux(**files))] == found


def test_old_file_sharing(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("registry", protections.SMB_SERVER): values(SMB1=1),
        ("registry", protections.SMB_CLIENT): values(Start=2),
    }
    assert [one.side for one in protections.legacy(windows(monkeypatch, answers=answers))] == ["server", "client"]
    answers["registry", protections.SMB_SERVER] = values(autodisconnect=15)
    answers["registry", protections.SMB_CLIENT] = values(Start=4)
    assert protections.legacy(windows(monkeypatch, answers=answers)) == ()
    assert protections.samba_minimum("[global]\n  Server  Min Protocol = NT1\n") == "NT1"
    assert protections.samba_minimum("[global]\nserver min protocol = SMB2\n") == ""
    assert protections.samba_minimum("; min protocol = NT1\n") == ""


def test_days_that_a_licence_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    root = vendor_notes.KASPERSKY[0]
    answers: dict[tuple[Any, ...], Any] = {
        ("registry", root): {"values": {}, "keys": ["KES", "Free"]},
        ("registry", rf"{root}\KES\Data"): values(LicDaysTillExpiration=(1 << 32) - 2, LicKeyType=2),
        ("registry", rf"{root}\Free\Data"): values(LicDaysTillExpiration=0, LicKeyType=0),
    }
    assert protections.licence(windows(monkeypatch, answers=answers)) == [("KES", -2)]


def test_exclusions_without_wmi_stand_in_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    guards = Product("Microsoft Defender", "microsoft", guard="on")
    monkeypatch.setattr(antiviruses, "antiviruses", lambda _host: (guards,))
    preferences = ("wmi", security_center.DEFENDER_NAMESPACE, "MSFT_MpPreference", protections.PREFERENCES, "")
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): WINDOWS,
        preferences: ProbeError(Reason.UNREADABLE, "0x80041013"),
        ("registry", protections.EXCLUSIONS[0][0]): {"values": {r"C:\Build": 0, "C:\\": 0}, "keys": []},
        ("registry", protections.EXCLUSIONS[4][0]): {"values": {"exe": "0"}, "keys": []},
    }
    found = [(one.kind, one.value) for one in protections.exclusions(bare(answers))]
    assert found == [("path", "C:\\"), ("extension", "exe")]
    shut = {("registry", protections.EXCLUSIONS[0][0]): ProbeError(Reason.FORBIDDEN, "error 5")}
    with pytest.raises(ProbeError) as caught:
        protections.exclusions(bare(answers | shut))
    assert caught.value.reason is Reason.FORBIDDEN
