"""What the proxies that are set answer."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare

from techkit.readings.network import proxy_answers

PAGES = ("http://a.example/", "http://b.example/")


def looked(status: int, *, direct: int = 204, system: str = "linux") -> proxy_answers.Proxy:
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": system},
        ("person",): {"name": "", "id": 0, "home": "", "environment": {"http_proxy": "http://10.0.0.9:3128"}},
        ("site",): {"pages": [{"url": page} for page in PAGES]},
        ("connect", "10.0.0.9", 3128): {"state": "open"},
        **{("http", page, ""): {"state": "answered", "status": direct} for page in PAGES},
        **{("http", page, "10.0.0.9:3128"): {"state": "answered", "status": status} for page in PAGES},
    }
    (proxy,) = proxy_answers.look(bare(answers)).proxies
    return proxy


def test_a_proxy_that_lets_pages_through() -> None:
    proxy = looked(204)
    assert (proxy.proxy, proxy.places, proxy.works, proxy.status) == ("10.0.0.9:3128", ("$http_proxy",), True, 0)
    assert not proxy.named


@pytest.mark.parametrize(("status", "direct", "told"), [(403, 204, 403), (407, 204, 407), (503, 503, 0), (302, 204, 0)])
def test_with_what_a_proxy_turns_pages_away(status: int, direct: int, told: int) -> None:
    assert looked(status, direct=direct).status == told


SCRIPT = "http://proxy.corp.example/proxy.pac"
SID = "S-1-5-21-1-2-3-1001"


@pytest.mark.parametrize(
    ("script", "page", "state", "alone"),
    [
        ({"state": "answered", "status": 200}, "timeout", "answered", False),
        ({"state": "answered", "status": 404}, "timeout", "missing", True),
        ({"state": "refused"}, "timeout", "refused", True),
        ({"state": "refused"}, "answered", "refused", False),
        ({"state": "unresolved"}, "timeout", "unresolved", False),  # not in the network that has it
    ],
)
def test_a_script_without_which_there_is_no_way_out(script: dict[str, Any], page: str, state: str, alone: bool) -> None:
    settings = rf"HKU\{SID}\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("person",): {"name": "", "id": SID, "home": "", "environment": {}},
        ("site",): {"pages": [{"url": page} for page in PAGES]},
        ("registry", settings): {"values": {"AutoConfigURL": SCRIPT}, "keys": []},
        ("http", SCRIPT, ""): script,
        **{("http", url, ""): {"state": page, "status": 204} for url in PAGES},
    }
    seen = proxy_answers.look(bare(answers))
    assert (seen.script_state, seen.alone) == (state, alone)
