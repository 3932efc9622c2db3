"""The services of a company: how each kind is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.readings.network import site_services


def asked(kind: str, target: str, answers: dict[tuple[str, int], str]) -> str:
    named = {"name": "x", "title": {"en": "X", "ru": "Х"}, "kind": kind, "target": target}
    doors: dict[tuple[Any, ...], Any] = {("connect", *door): {"state": state} for door, state in answers.items()}
    host = given({("machine",): MACHINE, ("site",): {"services": [named]}} | doors)
    (service,) = site_services.services(host)
    return service.state or str(service.unseen)


@pytest.mark.parametrize(
    ("kind", "target", "answers", "state"),
    [
        ("share", r"\\files\accounts", {("files", 445): "open"}, "open"),
        ("share", "files.example.com", {("files.example.com", 445): "refused"}, "refused"),
        ("share", r"\\files@SSL@8443\DavWWWRoot", {("files", 8443): "timeout"}, "timeout"),
        ("share", "https://files/a", {("files", 443): "open"}, "open"),
        ("printer", "http://office/", {}, "unreadable"),
        ("printer", "10.0.0.40", {("10.0.0.40", 9100): "open"}, "open"),
        ("printer", "10.0.0.40", {("10.0.0.40", 9100): "refused", ("10.0.0.40", 631): "open"}, "open"),
        ("printer", "10.0.0.40", {("10.0.0.40", port): "refused" for port in (9100, 631, 515)}, "refused"),
        ("printer", "10.0.0.40", {("10.0.0.40", 9100): "timeout"}, "timeout"),
        ("printer", "office:515", {("office", 515): "open"}, "open"),
        ("tcp", "erp:1433", {("erp", 1433): "open"}, "open"),
    ],
)
def test_each_kind_is_asked_in_its_own_way(kind: str, target: str, answers: dict[Any, Any], state: str) -> None:
    assert asked(kind, target, answers) == state
