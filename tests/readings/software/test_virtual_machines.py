"""Virtual machines by rows of Hyper-V and by what virsh says."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import services
from techkit.readings.software import virtual_machines
from techkit.readings.software.virtual_machines import Machine

SERVICES = ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, "")
ROWS = ("wmi", virtual_machines.SPACE, "Msvm_ComputerSystem", virtual_machines.COLUMNS, "")
GUID = "1D5E7E80-0000-11EE-9C01-806E6F6E6963"
WINDOWS = {("machine",): MACHINE | {"system": "windows"}, SERVICES: [{"Name": "vmms", "State": "Running"}]}


def row(name: str, enabled: int = 2, health: int | None = 5, copy: int = 0, guid: str = GUID) -> dict[str, Any]:
    return dict(zip(virtual_machines.COLUMNS, (guid, name, enabled, health, copy), strict=True))


def test_hyper_v() -> None:
    rows = [
        row("HV-01", health=25, guid="HV-01"),
        row("ERP", 9, 20),
        row("Mail", copy=3),
        row("Web", copy=2),
        row("Old", 3, 25, 3),
        row("Well", health=None),
        row(""),
    ]
    host = given(WINDOWS | {ROWS: rows})
    expected = (Machine("ERP", "frozen"), Machine("Mail", "copy"), Machine("Old", "broken"))
    assert virtual_machines.troubled(host) == expected
    assert {"ERP", "Mail", "Old"} <= {one.value for one in host.privates}


def domstate(name: str) -> tuple[str, ...]:
    return ("run", "virsh", "-r", "-c", "qemu:///system", "domstate", "--reason", "--domain", name)


LIBVIRT = {
    ("which", "virsh"): "/usr/bin/virsh",
    ("listdir", virtual_machines.RUNNING): ["db.xml", "web.xml", "db.pid", "autostart"],
    domstate("db"): {"code": 0, "out": "paused (I/O error)\n\n", "err": ""},
    domstate("web"): {"code": 0, "out": "paused (user)\n\n", "err": ""},
}


def test_libvirt() -> None:
    assert virtual_machines.troubled(bare(LIBVIRT)) == (Machine("db", "frozen", "storage"),)


def test_virsh_that_does_not_answer_says_nothing() -> None:
    with pytest.raises(ProbeError) as caught:
        virtual_machines.troubled(bare(LIBVIRT | {domstate("web"): ProbeError(Reason.TIMEOUT)}))
    assert caught.value.reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    "answers",
    [
        WINDOWS | {SERVICES: [{"Name": "Dhcp", "State": "Running"}]},
        {("which", "virsh"): None},
        {("which", "virsh"): "/usr/bin/virsh", ("listdir", virtual_machines.RUNNING): ["autostart"]},
        {("which", "virsh"): "/usr/bin/virsh"},
    ],
)
def test_most_computers_run_none(answers: dict[tuple[Any, ...], Any]) -> None:
    with pytest.raises(ProbeError) as caught:
        virtual_machines.troubled(bare({("which", "virsh"): None} | answers))
    assert caught.value.reason is Reason.INAPPLICABLE
