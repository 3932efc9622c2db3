"""What smartctl says of a disk: own samples, and everything that was recorded of real ones."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from techkit import registry
from techkit.readings import smart

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = ROOT.parent / "shared" / "corpus"
ALARMS = {"fault": {"critical", "warning"}, "warn": {"critical", "warning"}, "ok": {""}, "unknown": {"unknown"}}


def verdict(raw: dict[str, Any]) -> str:
    check = registry.load("disk.health")
    found = list(check.judge((smart.parse(raw, "/dev/sda"),), check.limits))
    return str(getattr(found[0], "severity", "unknown")) if found else ""


def sample(passed: bool = True, **attributes: int) -> dict[str, Any]:
    numbers = {"reallocated": 5, "pending": 197, "uncorrectable": 198, "life": 231}
    table = [{"id": numbers[name], "name": name, "value": 100, "raw": {"value": raw}} for name, raw in attributes.items()]
    return {"smart_status": {"passed": passed}, "ata_smart_attributes": {"table": table}, "model_name": "X"}


def test_a_healthy_disk_is_silent() -> None:
    assert verdict(sample(reallocated=0, pending=0)) == ""


def test_the_disks_own_word_counts_most() -> None:
    assert verdict(sample(passed=False)) == "critical"


def test_sectors_foretell() -> None:
    assert verdict(sample(pending=1)) == "warning"
    assert verdict(sample(reallocated=3980)) == "warning"


def test_wear_is_a_share_of_life() -> None:
    nvme = {"smart_status": {"passed": True}, "nvme_smart_health_information_log": {"percentage_used": 91}}
    assert smart.parse(nvme, "/dev/nvme0").worn == pytest.approx(0.91)
    assert verdict(nvme) == "warning"


def test_a_warning_bit_of_nvme_is_a_failing_disk() -> None:
    log = {"critical_warning": 0x04, "media_errors": 0}
    assert smart.parse({"nvme_smart_health_information_log": log}, "/dev/nvme0").failing == ("reliability",)


def test_a_disk_that_says_nothing_is_unknown_not_healthy() -> None:
    assert verdict({"smartctl": {"exit_status": 2, "messages": [{"string": "Permission denied"}]}}) == "unknown"


nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["smart_status", "passed", "ata_smart_attributes", "table", "id", "raw", "value", "smartctl", "exit_status",
         "nvme_smart_health_information_log", "critical_warning", "percentage_used", "messages", "string"]
    ), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["smart_status", "ata_smart_attributes", "smartctl", "temperature"]), nested))
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
    try:
        raw = json.loads(file.read_text(encoding="utf-8", errors="replace"))
    except ValueError:
        return  # the recording of something else than JSON
    assert isinstance(raw, dict)
    found = verdict(raw)
    if expected in {"fault", "ok"} and "devices" not in raw:
        assert found in ALARMS[expected] | {"unknown"}, raw.get("model_name")
