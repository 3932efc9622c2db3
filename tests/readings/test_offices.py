"""Microsoft Office: its generation, what it has shut out, and how large a mail file may grow."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare

from techkit.host import Host, ProbeError
from techkit.model import MiB, Reason
from techkit.readings import offices, services
from techkit.readings.offices import Mailbox, Shut

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
    assert offices.generation_of(products) == expected


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
