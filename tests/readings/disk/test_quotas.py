"""Disk quotas of Windows."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import quotas
from techkit.readings.disk.quotas import Quota

QUESTION = ("wmi", "root\\cimv2", "Win32_DiskQuota", quotas.COLUMNS, "Status <> 0")
WINDOWS: dict[tuple[Any, ...], Any] = {("machine",): MACHINE | {"system": "windows"}}
ROW = {
    "QuotaVolume": r'\\PC\root\cimv2:Win32_LogicalDisk.DeviceID="D:"', "Status": quotas.EXCEEDED,
    "User": r'\\PC\root\cimv2:Win32_Account.Domain="PC",Name="Анна"', "DiskSpaceUsed": 5, "Limit": 4,
    "WarningLimit": quotas.NONE,
}  # fmt: skip


def test_who_has_reached_a_limit_is_told_by_name_and_volume() -> None:
    host = given(WINDOWS | {QUESTION: [ROW, ROW | {"Status": quotas.WARNED}]})
    assert quotas.quotas(host) == (Quota("D:", "Анна", 5, 4, exceeded=True), Quota("D:", "Анна", 5))
    assert "Анна" in {private.value for private in host.privates}


def test_without_quotas_there_is_nothing_to_tell() -> None:
    with pytest.raises(ProbeError) as caught:
        quotas.quotas(given(WINDOWS | {QUESTION: []}))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_a_key_of_a_path_is_read_with_its_escapes() -> None:
    assert quotas.reference(r'X.Domain="A\\B",Name="o\"k"', "Domain") == r"A\B"
    assert quotas.reference(r'X.Domain="A\\B",Name="o\"k"', "Name") == 'o"k'
    assert quotas.reference("None", "Name") == ""
