"""Programs that pass for a part of Windows, by the folders that Windows keeps its own in."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.readings.antivirus import impostors
from techkit.readings.disk import volumes

ROOT = r"c:\windows"


@pytest.mark.parametrize(
    ("name", "path", "argv", "sign"),
    [
        ("svchost.exe", r"C:\Windows\System32\svchost.exe", ["svchost.exe", "-k", "netsvcs"], None),
        ("svchost.exe", r"C:\WINDOWS\SysWOW64\svchost.exe", [], None),
        ("svchost.exe", r"C:\Users\bob\AppData\Roaming\svchost.exe", [], "impostor"),
        ("svchost.exe", r"C:\Windows\svchost.exe", [], "impostor"),
        ("svchost.exe", r"\Device\HarddiskVolume3\Windows\System32\svchost.exe", [], None),
        ("svchost.exe", None, [], None),
        ("scvhost.exe", r"C:\Program Files\Tool\scvhost.exe", [], "impostor"),
        ("explorer.exe", r"C:\Windows\explorer.exe", [], None),
        ("explorer.exe", r"C:\Windows\System32\explorer.exe", [], "impostor"),
        ("setup.exe", r"C:\Users\bob\AppData\Local\Temp\is-1A2B.tmp\setup.exe", [], None),
        ("tool.exe", r"C:\Users\Public\tool.exe", [], "stray"),
        ("tool.exe", r"C:\Users\Public\Libraries\a\tool.exe", [], "stray"),
        ("LaunchPad.exe", r"C:\Users\Public\Daybreak Game Company\Installed Games\LaunchPad.exe", [], None),
        ("demo.exe", r"C:\Users\Public\Documents\Vendor\Samples\demo.exe", [], None),
        ("tool.exe", r"C:\Users\Public\Desktop\tool.exe", [], None),
        ("svchost.exe", r"C:\ProgramData\Docker\windowsfilter\5e1f\Files\Windows\System32\svchost.exe", [], None),
        ("svchost.exe", r"C:\ProgramData\Docker\windowsfilter\5e1f\Files\Windows\Temp\svchost.exe", [], "impostor"),
        ("tool.exe", r"C:\ProgramData\tool.exe", [], "stray"),
        ("tool.exe", r"C:\ProgramData\Vendor\tool.exe", [], None),
        ("update.exe", r"C:\Users\bob\AppData\Local\update.exe", [], "stray"),
        ("Teams.exe", r"C:\Users\bob\AppData\Local\Microsoft\Teams\current\Teams.exe", [], None),
        ("xmrig.exe", r"C:\Tools\xmrig.exe", [], "miner"),
        ("a.exe", r"C:\Tools\a.exe", ["a.exe", "-o", "stratum+tcp://pool.example:3333"], "miner"),
        ("System", None, [], None),
    ],
)
def test_the_sign_of_a_process(name: str, path: str | None, argv: list[str], sign: str | None) -> None:
    found = impostors.parse({"pid": 4, "name": name, "exe": path, "argv": argv, "started": 1.0}, ROOT)
    assert (found.sign if found else None) == sign


def test_windows_may_live_elsewhere() -> None:
    row = {"pid": 4, "name": "lsass.exe", "exe": r"D:\WinNT\System32\lsass.exe", "argv": [], "started": 1.0}
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("registry", volumes.CURRENT_VERSION): {"values": {"SystemRoot": r"D:\WinNT"}, "keys": []},
        ("processes",): [row],
    }
    assert impostors.processes(given(answers)) == ()
