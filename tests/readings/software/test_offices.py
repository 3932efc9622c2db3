"""Microsoft Office: its generation, what it has shut out, and how large a mail file may grow."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hosts import MACHINE, bare

from techkit.host import Host, ProbeError, office
from techkit.model import MiB, Reason
from techkit.readings.os import services
from techkit.readings.software import licences as kept
from techkit.readings.software import offices
from techkit.readings.software.offices import Licence, Mailbox, Shut

if TYPE_CHECKING:
    from pathlib import Path

PERSON = r"HKU\S-1-5-21-1"
HOME = r"C:\Users\anna"
MAIL = rf"{HOME}\{offices.LOCAL_MAIL}"


@pytest.mark.parametrize(
    ("products", "expected"),
    [
        ("O365ProPlusRetail,VisioProRetail", "365"),
        ("ProPlus2019Volume", "2019"),
        ("Standard2021Volume, ProjectPro2019Volume", "2019"),
        ("HomeBusinessRetail", "2016"),
        ("OneNoteFreeRetail", ""),
        ("VisioProRetail,AccessRuntimeRetail", ""),
        ("VisioProRetail,Standard2024Volume", "2024"),
        ("", ""),
    ],
)
def test_the_oldest_part_names_the_generation_and_a_subscription_renews_itself(products: str, expected: str) -> None:
    assert offices.generation_of(offices.products_of({"ProductReleaseIds": products})) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("c:\\program files\\x\\addin.dll", "Example"), "c:\\program files\\x\\addin.dll"),
        (("\\\\server\\share\\Отчёт.xlsx",), "\\\\server\\share\\Отчёт.xlsx"),
        (("Example add-in",), "Example add-in"),
        ((), ""),
    ],
)
def test_what_was_shut_out_is_told_by_its_path(texts: tuple[str, ...], expected: str) -> None:
    raw = bytes(12) + "".join(f"{text}\0" for text in texts).encode("utf-16-le")
    assert offices.parse_item(raw.hex()) == expected
    assert offices.parse_item("no hex") == ""


def pc(*, registry: dict[str, dict[str, Any]], service: str = "Auto", **answers: Any) -> Host:
    row = dict.fromkeys(services.ROWS) | {"Name": "ClickToRunSvc", "State": "Stopped", "StartMode": service}
    keys = {("registry", key): {"values": values, "keys": []} for key, values in registry.items()}
    return bare(
        {
            ("machine",): MACHINE | {"system": "windows", "edition": "client"},
            ("person",): {"name": "anna", "id": "S-1-5-21-1", "home": HOME},
            ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [row if service else row | {"Name": "Spooler"}],
            ("listdir", MAIL): answers.pop("mail", []),
            ("listdir", rf"{HOME}\Documents"): answers.pop("documents", []),
            ("stat", rf"{MAIL}\anna@example.com.ost"): {"size": 7 * MiB},
            **keys,
            **answers.pop("more", {}),
        }
    )


CLICK = {offices.CLICK_TO_RUN: {"ProductReleaseIds": "ProPlus2021Volume"}}


def test_a_service_that_office_needs_may_be_disabled_or_gone() -> None:
    assert offices.office(pc(registry=CLICK)).service == ""
    assert offices.office(pc(registry=CLICK, service="Disabled")).service == "disabled"
    assert offices.office(pc(registry=CLICK, service="")).service == "missing"


def test_an_installer_of_the_old_kind_leaves_its_place_in_either_view() -> None:
    old = {rf"{offices.HKLM_SMALL}\15.0\Common\InstallRoot": {"Path": r"C:\Program Files (x86)\Microsoft Office"}}
    found = offices.office(pc(registry=old, service=""))
    assert (found.name, found.end, found.service) == ("Office 2013", "2023-04-11", "")
    with pytest.raises(ProbeError) as caught:
        offices.office(pc(registry={}))
    assert caught.value.reason is Reason.INAPPLICABLE


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ({}, int(51200 * 0.95) * MiB),
        ({"MaxLargeFileSize": 100000}, 95000 * MiB),
        ({"MaxLargeFileSize": 100000, "WarnLargeFileSize": 20000}, 20000 * MiB),
        ({"WarnLargeFileSize": "much"}, int(51200 * 0.95) * MiB),
    ],
)
def test_a_mail_file_has_its_limit(values: dict[str, Any], limit: int) -> None:
    key = rf"{PERSON}\Software\Microsoft\Office\16.0\Outlook\PST"
    host = pc(registry=CLICK | {key: values}, mail=["anna@example.com.ost", "outlook.sharing.xml"])
    assert offices.office(host).mailboxes == (Mailbox(rf"{MAIL}\anna@example.com.ost", 7 * MiB, limit),)
    assert "anna@example.com" in {private.value for private in host.privates}


def test_a_folder_of_mail_that_is_shut_is_told() -> None:
    host = pc(registry=CLICK, mail=ProbeError(Reason.FORBIDDEN))
    assert offices.office(host).mailboxes == (Mailbox(MAIL, unseen=Reason.FORBIDDEN),)


def test_documents_that_are_shut_are_told_beside_the_files_that_are_seen() -> None:
    host = pc(registry=CLICK, mail=["anna@example.com.ost"], documents=ProbeError(Reason.FORBIDDEN))
    found = [(mailbox.path, mailbox.unseen) for mailbox in offices.office(host).mailboxes]
    shut = (rf"{HOME}\Documents", Reason.FORBIDDEN)
    assert found == [(rf"{MAIL}\anna@example.com.ost", None), shut]


def test_every_program_tells_what_it_has_shut_out() -> None:
    key = rf"{PERSON}\Software\Microsoft\Office\16.0\Outlook\Resiliency\DisabledItems"
    raw = (bytes(12) + "c:\\x\\addin.dll\0".encode("utf-16-le")).hex()
    assert offices.office(pc(registry=CLICK | {key: {"1": raw, "2": ""}})).shut == (
        Shut("Outlook", "c:\\x\\addin.dll"),
    )


# ---------------------------------------------------------------------- licences
NOTED = rf"{PERSON}\{offices.NOTED}"
OURS = rf"{HOME}\AppData\Local\{offices.LICENCES}"
THEIRS = rf"{offices.MACHINE_DATA}\{offices.LICENCES}"
SUBSCRIBED = {offices.CLICK_TO_RUN: {"ProductReleaseIds": "O365ProPlusRetail,VisioProRetail", "UpdatesEnabled": "True"}}
STARTED = {NOTED: {"o365proplusretail": 2, "MigrationToV5Done": 1}}


def row(product: str = "O365ProPlusRetail", **more: float) -> dict[str, Any]:
    return {"product": product, "ends": None, "confirmed_until": None} | more


def licences(registry: dict[str, dict[str, Any]], ours: Any = (), theirs: Any = ()) -> tuple[Licence, ...]:
    asked = {("office_licences", OURS): ours, ("office_licences", THEIRS): theirs}
    return offices.office(pc(registry=registry, more=asked)).licences


def test_the_licence_that_holds_longest_counts_of_what_this_person_has_started() -> None:
    found = licences(
        SUBSCRIBED | STARTED, [row(confirmed_until=5.0), row("VisioProRetail")], [row(confirmed_until=7.0)]
    )
    assert found == (Licence("O365ProPlusRetail", None, 7.0),)
    assert licences(SUBSCRIBED | STARTED, [row(confirmed_until=5.0), row(ends=1.0)]) == (
        Licence("O365ProPlusRetail", 1.0),
    )


def test_of_a_licence_that_is_no_longer_confirmed_is_told_when_it_was_used() -> None:
    recent = ("stat", rf"{HOME}\{offices.RECENT}")
    asked: dict[tuple[Any, ...], Any] = {
        ("office_licences", OURS): [row(confirmed_until=5.0)],
        recent: {"modified": 9.0},
    }
    asked["office_licences", THEIRS] = []
    found = offices.office(pc(registry=SUBSCRIBED | STARTED, more=asked)).licences
    assert found == (Licence("O365ProPlusRetail", None, 5.0, used=9.0),)


def test_what_nobody_has_started_is_not_missed() -> None:
    gone = ProbeError(Reason.MISSING)
    assert licences(SUBSCRIBED, gone, gone) == ()
    assert licences(SUBSCRIBED | STARTED, gone, gone) == (Licence("O365ProPlusRetail", there=False),)
    assert licences(SUBSCRIBED | {NOTED: {"o365proplusretail": 1}}, gone, gone) == ()


def test_a_shared_computer_has_no_licences_of_its_own() -> None:
    shared = {rf"{offices.POLICY}\licensing": {"SharedComputerLicensing": 1}}
    assert licences(SUBSCRIBED | STARTED | shared, [row(confirmed_until=5.0)]) == ()


def test_licences_that_are_shut_are_told() -> None:
    shut = ProbeError(Reason.FORBIDDEN)
    assert licences(SUBSCRIBED | STARTED, shut) == (Licence(OURS, unseen=Reason.FORBIDDEN),)


@pytest.mark.parametrize(
    ("registry", "expected"),
    [
        (SUBSCRIBED, True),
        ({offices.CLICK_TO_RUN: {"ProductReleaseIds": "O365ProPlusRetail", "UpdatesEnabled": "False"}}, False),
        (SUBSCRIBED | {rf"{offices.POLICY}\officeupdate": {"enableautomaticupdates": 0}}, False),
        (CLICK, True),
    ],
)
def test_updates_are_off_by_a_setting_or_by_a_policy(registry: dict[str, dict[str, Any]], expected: bool) -> None:
    assert offices.office(pc(registry=registry)).updates is expected


@pytest.mark.parametrize(
    ("products", "known", "expected"),
    [
        ("O365ProPlusRetail", {}, ""),
        ("O365ProPlusRetail,VisioProRetail", {"visioproretail": 2}, ""),
        ("O365ProPlusRetail,VisioPro2021Volume", {}, "volume"),
        ("ProPlus2021Volume", {}, "volume"),
        ("HomeBusiness2019Retail", {}, ""),
        ("HomeBusiness2019Retail", {"homebusiness2019retail": 1}, "any"),
        ("HomeBusiness2019Retail", {"homebusiness2019retail": 3}, ""),
    ],
)
def test_windows_keeps_the_licences_of_the_volume_and_of_the_old_kind(
    products: str, known: dict[str, Any], expected: str
) -> None:
    registry = {offices.CLICK_TO_RUN: {"ProductReleaseIds": products}, NOTED: known}
    assert offices.kept_by_windows(pc(registry=registry)) == expected


def test_an_installer_of_the_old_kind_has_its_licence_kept_from_2013_on() -> None:
    for version, expected in (("14.0", ""), ("15.0", "any"), ("16.0", "any")):
        registry = {rf"{offices.HKLM}\{version}\Common\InstallRoot": {"Path": "C:\\Office"}}
        assert offices.kept_by_windows(pc(registry=registry)) == expected


VOLUME = {
    "Name": "Office 21, Office21ProPlus2021VL_KMS_Client_AE edition",
    "Description": "Office 21, VOLUME_KMSCLIENT channel",
}
GRACE = {"Name": "Office 16, Office16ProPlusR_Grace edition", "Description": "Office 16, RETAIL(Grace) channel"}
WHERE = f"ApplicationID='{kept.OFFICE}' AND PartialProductKey IS NOT NULL"


def activated(*rows: dict[str, Any], products: str = "ProPlus2021Volume") -> tuple[kept.Licence, ...]:
    found = [dict.fromkeys(kept.COLUMNS) | one for one in rows]
    asked = {("wmi", "root\\cimv2", "SoftwareLicensingProduct", kept.COLUMNS, WHERE): found}
    return kept.office(pc(registry={offices.CLICK_TO_RUN: {"ProductReleaseIds": products}}, more=asked))


def test_of_the_licences_of_a_part_the_best_counts_and_those_of_another_kind_do_not() -> None:
    visio = {
        "Name": "Office 21, Office21VisioPro2021VL_MAK_AE edition",
        "LicenseStatus": 5,
        "LicenseStatusReason": -1073422315,
    }
    found = activated(
        GRACE | {"LicenseStatus": 2},
        VOLUME | {"LicenseStatus": 2},
        VOLUME | {"LicenseStatus": 1, "GracePeriodRemaining": 250000},
        visio,
    )
    assert [(one.product, one.state, one.minutes, one.company, one.reason) for one in found] == [
        ("Microsoft Office", "licensed", 250000, True, ""),
        ("Visio", "notification", 0, False, "0xc004e015"),
    ]


def test_an_answer_without_a_licence_is_no_answer() -> None:
    for rows in ((), (GRACE | {"LicenseStatus": 2},)):
        with pytest.raises(ProbeError) as caught:
            activated(*rows)
        assert caught.value.reason is Reason.MISSING
    with pytest.raises(ProbeError) as caught:
        activated(VOLUME)
    assert caught.value.reason is Reason.UNREADABLE
    with pytest.raises(ProbeError) as caught:
        activated(products="O365ProPlusRetail")
    assert caught.value.reason is Reason.INAPPLICABLE


# ---------------------------------------------------------------------- the files of licences
def stored(**licence: Any) -> bytes:
    inner = base64.b64encode(json.dumps(licence).encode()).decode()
    return b"\xff\xfe" + json.dumps({"License": inner, "Signature": "x"}).encode("utf-16-le")


LICENCE = stored(
    ProductReleaseId="O365ProPlusRetail", LicenseType="Subscription", ExpiresOn=None,
    Metadata={"NotAfter": "2026-12-24T09:15:01.1234567Z", "UserId": "secret"},
)  # fmt: skip


def test_of_a_licence_only_how_long_it_holds_is_taken() -> None:
    found = office.parse(LICENCE)
    moment = datetime(2026, 12, 24, 9, 15, 1, 123456, tzinfo=UTC).timestamp()
    assert found == {"product": "O365ProPlusRetail", "ends": None, "confirmed_until": moment}
    assert office.parse(LICENCE[2:]) == found
    lower = stored(productReleaseId="X", expiresOn="2026-11-01", MetaData={"notAfter": "soon"})
    assert office.parse(lower) == {
        "product": "X", "ends": datetime(2026, 11, 1, tzinfo=UTC).timestamp(), "confirmed_until": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[1]", b"\xff\xfe{", b'{"License": "e30"}', b'{"License": "W10="}', b"\0" * 9]
)
def test_a_file_of_another_kind_is_no_licence(raw: bytes) -> None:
    assert (office.parse(raw) or {}).get("confirmed_until") is None


def test_licences_are_read_below_their_folder(tmp_path: Path) -> None:
    (tmp_path / "5").mkdir()
    (tmp_path / "5" / "a1b2").write_bytes(LICENCE)
    (tmp_path / "5" / "other").write_bytes(b"other")
    assert [one["product"] for one in office.licences(str(tmp_path))] == ["O365ProPlusRetail"]
    with pytest.raises(ProbeError) as caught:
        office.licences(str(tmp_path / "none"))
    assert caught.value.reason is Reason.MISSING
