"""What smartctl says of a disk: own samples, and everything that was recorded of real ones."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit import registry
from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.disk import smart

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = ROOT.parent / "shared" / "corpus"
ALARMS = {
    "fault": {"critical", "warning"},
    "warn": {"critical", "warning", "info"},
    "ok": {"", "info"},
    "unknown": {"unknown"},
}
NUMBERS = {"reallocated": 5, "reported": 187, "airflow": 190, "pending": 197, "uncorrectable": 198, "crc": 199}


def verdict(raw: dict[str, Any]) -> str:
    check = registry.load("disk.health")
    found = list(check.judge((smart.parse(raw, "/dev/sda"),), check.limits))
    return str(getattr(found[0], "severity", "unknown")) if found else ""


def sample(*, passed: bool = True, **counts: int) -> dict[str, Any]:
    table = [row(name, raw) for name, raw in counts.items()]
    return {"smart_status": {"passed": passed}, "ata_smart_attributes": {"table": table}, "model_name": "X"}


def row(name: str, raw: int = 0, *, value: int = 100, failed: str = "", prefail: bool = True) -> dict[str, Any]:
    return {
        "id": NUMBERS.get(name, 1), "name": name, "value": value, "when_failed": failed,
        "flags": {"prefailure": prefail}, "raw": {"value": raw, "string": str(raw)},
    }  # fmt: skip


def attributes(*rows: dict[str, Any], status: int = 0) -> smart.Disk:
    raw = {
        "smartctl": {"exit_status": status},
        "smart_status": {"passed": True},
        "ata_smart_attributes": {"table": rows},
    }
    return smart.parse(json.loads(json.dumps(raw)), "/dev/sda")


def nvme(**log: int) -> smart.Disk:
    hot_is_failed = {"smart_status": {"passed": not log.get("critical_warning")}}
    return smart.parse(hot_is_failed | {"nvme_smart_health_information_log": log}, "/dev/nvme0")


def test_a_healthy_disk_is_silent() -> None:
    assert verdict(sample(reallocated=0, pending=0, reported=0)) == ""


def test_the_disks_own_word_counts_most() -> None:
    assert verdict(sample(passed=False)) == "critical"


def test_sectors_foretell() -> None:
    assert verdict(sample(pending=1)) == "warning"
    assert verdict(sample(reported=1)) == "warning"
    assert verdict(sample(reallocated=3980)) == "warning"
    assert verdict(sample(reallocated=1)) == "info"


def test_a_cable_is_worth_a_note() -> None:
    assert verdict(sample(crc=3118119)) == "info"


def test_an_attribute_below_its_threshold_says_failing_only_where_it_foretells_failure() -> None:
    assert attributes(row("Spin_Retry_Count", failed="now")).failing == ("Spin_Retry_Count",)
    assert attributes(row("Load_Cycle_Count", failed="now", prefail=False)).aged == ("Load_Cycle_Count",)
    assert attributes(row("Spin_Retry_Count", failed="past")).failing == ()


def test_heat_is_no_failure() -> None:
    disk = attributes(row("airflow", failed="now", prefail=False))
    assert (disk.hot, disk.failing, disk.aged) == (True, (), ())
    disk = nvme(critical_warning=0x02)
    assert (disk.hot, disk.passed, disk.failing) == (True, True, ())


@pytest.mark.parametrize(
    ("celsius", "more", "hot"),
    [
        (59, {}, False), (60, {}, True), (69, {"rotation_rate": 0}, False), (70, {"rotation_rate": 0}, True),
        (79, {"nvme_smart_health_information_log": {"media_errors": 0}}, False),
        (80, {"nvme_smart_health_information_log": {"media_errors": 0}}, True),
        (62, {"temperature": {"current": 62, "op_limit_max": 65}}, False),
    ],
)  # fmt: skip
def test_a_disk_that_names_no_limit_is_hot_beyond_its_kind_s(celsius: int, more: dict[str, Any], hot: bool) -> None:
    raw = {"smart_status": {"passed": True}, "temperature": {"current": celsius}} | more
    assert smart.parse(raw, "/dev/sda").hot is hot


@pytest.mark.parametrize(("status", "passed"), [(0x00, True), (0x04, True), (0x08, False), (0x10, False), (0x40, True)])
def test_the_exit_status_tells_too(status: int, passed: bool) -> None:
    assert attributes(row("reallocated"), status=status).passed is passed


def test_a_failed_self_test() -> None:
    assert attributes(row("reallocated"), status=0x80).self_test_failed


@pytest.mark.parametrize(
    ("value", "string", "count"),
    [(7, "7", 7), (7, "0", 7), (8589934592000, "0 (2000 0)", 0), (65541, "5 (1 0)", 5), (65541, "0x000000010005", 5)],
)
def test_what_vendors_pack_beside_a_count(value: int, string: str, count: int) -> None:
    packed = row("reallocated") | {"raw": {"value": value, "string": string}}
    assert attributes(packed).reallocated == count


def test_wear_is_a_share_of_life() -> None:
    assert nvme(percentage_used=91).used == pytest.approx(0.91)
    assert nvme(percentage_used=255).used == pytest.approx(2.55)
    assert attributes(row("Media_Wearout_Indicator", value=12)).used == pytest.approx(0.88)
    assert attributes(row("Wear_Leveling_Count", value=0)).used is None
    assert attributes(row("Data_Address_Mark_Errs", value=100)).used is None


def test_a_warning_bit_of_nvme_is_a_failing_disk() -> None:
    assert nvme(critical_warning=0x04, media_errors=0).failing == ("reliability",)


def test_scsi_counts_what_it_could_not_correct() -> None:
    log = {"read": {"total_uncorrected_errors": 1}, "write": {"total_uncorrected_errors": 2}, "verify": {}}
    disk = smart.parse(
        {"smart_status": {"passed": True}, "scsi_grown_defect_list": 6, "scsi_error_counter_log": log}, "/dev/sda"
    )
    assert (disk.reallocated, disk.uncorrectable) == (6, 3)


def test_a_disk_that_says_nothing_is_unknown_not_healthy() -> None:
    assert verdict({"smartctl": {"exit_status": 2, "messages": [{"string": "Permission denied"}]}}) == "unknown"


def test_a_disk_with_smart_off_is_unknown() -> None:
    assert (
        verdict({"smartctl": {"exit_status": 4}, "smart_support": {"available": True, "enabled": False}}) == "unknown"
    )


SYSFS = {
    ("listdir", "/sys/block"): ["loop0", "mmcblk0", "nvme0n1", "sda", "sdb", "sdc", "vda", "zram0"],
    ("read", "/sys/block/sda/removable"): "0\n",
    ("read", "/sys/block/sda/size"): "3907029168\n",
    ("read", "/sys/block/sda/device/vendor"): "ATA     \n",
    ("read", "/sys/block/sda/device/model"): "ST2000DM008-2FR1\n",
    ("read", "/sys/block/sdb/removable"): "1\n",
    ("read", "/sys/block/sdc/device/model"): "QEMU HARDDISK   \n",
}
SCAN = ("run", "smartctl", "--scan", "-j")


def ran(*found: tuple[str, str]) -> dict[str, Any]:
    return {
        "code": 0,
        "out": json.dumps({"devices": [{"name": name, "type": kind} for name, kind in found]}),
        "err": "",
    }


def question(device: str, kind: str) -> tuple[str, ...]:
    return ("run", "smartctl", *smart.QUESTIONS, "-d", kind, device)


def test_real_disks_are_asked_and_no_others() -> None:
    host = given({
        **SYSFS,
        SCAN: ran(("/dev/sda", "sat"), ("/dev/sdb", "scsi"), ("/dev/sdc", "sat"), ("/dev/bus/0", "megaraid,1")),
        question("/dev/sda", "sat"): {"code": 0, "out": json.dumps(sample() | {"serial_number": "ZX1"}), "err": ""},
        question("/dev/bus/0", "megaraid,1"): ProbeError(Reason.TIMEOUT, "smartctl"),
        ("run", "smartctl", *smart.QUESTIONS, "/dev/nvme0"): {"code": 2, "out": "cut sho", "err": ""},
    })  # fmt: skip
    assert [(disk.disk, disk.unseen) for disk in smart.disks(host)] == [
        ("/dev/sda", None),
        ("/dev/bus/0 megaraid,1", Reason.TIMEOUT),
        ("/dev/nvme0", Reason.UNREADABLE),
    ]
    assert [one.value for one in host.privates if one.kind == "serial"] == ["ZX1"]


def test_without_an_administrator_every_disk_is_forbidden() -> None:
    host = given({**SYSFS, ("machine",): MACHINE | {"elevated": False}})
    assert [(disk.disk, disk.unseen) for disk in smart.disks(host)] == [
        ("/dev/nvme0", Reason.FORBIDDEN),
        ("/dev/sda", Reason.FORBIDDEN),
    ]


def test_without_smartmontools_every_disk_is_unknown() -> None:
    host = given({**SYSFS, SCAN: ProbeError(Reason.MISSING, "smartctl")})
    assert [(disk.unseen, disk.detail) for disk in smart.disks(host)] == [(Reason.MISSING, "smartmontools")] * 2


@pytest.mark.parametrize("scanned", [ran(), ProbeError(Reason.MISSING, "smartctl")])
def test_a_virtual_machine_has_nothing_to_ask(scanned: Any) -> None:
    host = given({("listdir", "/sys/block"): ["loop0", "vda", "zram0"], SCAN: scanned})
    with pytest.raises(ProbeError) as raised:
        smart.disks(host)
    assert raised.value.reason is Reason.INAPPLICABLE


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["smart_status", "passed", "ata_smart_attributes", "table", "id", "raw", "value", "smartctl", "exit_status",
         "nvme_smart_health_information_log", "critical_warning", "percentage_used", "messages", "string"]
    ), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@any_of(st.dictionaries(st.sampled_from(["smart_status", "ata_smart_attributes", "smartctl", "temperature"]), nested))
def test_no_answer_breaks_the_parser(raw: dict[str, Any]) -> None:
    smart.parse(raw, "/dev/sda")


def recordings() -> list[Any]:
    if not (CORPUS / "INDEX.tsv").exists():
        return [pytest.param(None, "", marks=pytest.mark.skip(reason="the recordings are not beside the project"))]
    with (CORPUS / "INDEX.tsv").open(encoding="utf-8") as index:
        rows = [row for row in csv.DictReader(index, delimiter="\t") if "/smartctl-json/" in row["path"]]
    return [pytest.param(CORPUS / row["path"], row["verdict"], id=row["path"]) for row in rows]


@pytest.mark.parametrize(("file", "expected"), recordings())
def test_recordings_of_real_disks(file: Path, expected: str) -> None:
    raw = smart.decode(file.read_text(encoding="utf-8", errors="replace"))
    assert verdict(raw) in ALARMS.get(expected, {"unknown"}), raw.get("model_name")  # a mere list of devices: unknown
