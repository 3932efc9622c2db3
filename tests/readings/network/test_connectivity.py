"""What of the internet answers, and what an answer is worth."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import connectivity

SITE = {
    "names": [],
    "pages": [{"url": "http://a.example/ok", "expect": "success"}, {"url": "http://b.example/", "expect": ""}],
    "addresses": [{"address": "192.0.2.1", "port": 443}],
    "tls": ["www.a.example", "www.b.example"],
    "services": [],
}
ANSWER = {"state": "answered", "status": 200, "location": "", "date": None, "body": "", "milliseconds": 5}


def asked(answers: dict[tuple[Any, ...], Any]) -> Any:
    return given({("site",): SITE, **answers})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 200, "body": "success\n"}, True),
        ({"status": 200, "body": "<html>please sign in: success"}, False),
        ({"status": 302, "body": "success"}, False),
        ({"state": "timeout", "status": 0}, False),
    ],
)
def test_a_page_with_a_known_text(answer: dict[str, Any], expected: bool) -> None:
    host = asked({("http", "http://a.example/ok", ""): ANSWER | answer, ("http", "http://b.example/", ""): ANSWER})
    assert [page.expected for page in connectivity.pages(host)] == [expected, False]


def test_a_page_without_content_and_a_proxy() -> None:
    host = asked(
        {
            ("http", "http://a.example/ok", ""): ProbeError(Reason.TIMEOUT, "late"),
            ("http", "http://a.example/ok", "10.0.0.60:3128"): ProbeError(Reason.UNRECORDED, ""),
            ("http", "http://b.example/", ""): ANSWER | {"state": "unreachable", "status": 0},
            ("http", "http://b.example/", "10.0.0.60:3128"): ANSWER | {"status": 204},
        }
    )
    assert connectivity.pages(host, ("10.0.0.60:3128",)) == (
        connectivity.Page("http://a.example/ok", "timeout"),
        connectivity.Page("http://b.example/", "unreachable"),
        connectivity.Page("http://b.example/", "answered", 204, expected=True, proxy="10.0.0.60:3128"),
    )


def test_addresses_and_handshakes() -> None:
    trusted = {"state": "answered", "verified": True, "code": 0, "issuer": "R11", "not_before": 1.0, "not_after": 2.0}
    host = asked(
        {
            ("connect", "192.0.2.1", 443): {"state": "open", "milliseconds": 1},
            ("tls", "www.a.example", 443): trusted | {"store": 140},
            ("tls", "www.b.example", 443): {"state": "refused", "not_before": None},
        }
    )
    assert connectivity.doors(host) == (connectivity.Door("192.0.2.1", 443, "open"),)
    assert connectivity.handshakes(host) == (
        connectivity.Handshake(
            "www.a.example", "answered", verified=True, issuer="R11", not_before=1.0, not_after=2.0, store=140
        ),
        connectivity.Handshake("www.b.example", "refused"),
    )


def test_where_nothing_could_be_asked_the_reason_is_raised() -> None:
    with pytest.raises(ProbeError) as raised:
        connectivity.doors(asked({("connect", "192.0.2.1", 443): ProbeError(Reason.FORBIDDEN, "no sockets")}))
    assert raised.value.reason is Reason.FORBIDDEN


@pytest.mark.parametrize(
    ("url", "host", "owner"),
    [
        ("http://detectportal.Firefox.com/success.txt", "detectportal.firefox.com", "firefox.com"),
        ("https://user@www.gnome.org:8443/", "www.gnome.org", "gnome.org"),
        ("http://10.0.0.1/login?u=a.example.org", "10.0.0.1", "10.0.0.1"),
        ("http://[2001:db8::1]:80/login", "2001:db8::1", "2001:db8::1"),
        ("/login", "", ""),
        ("http://[::1", "", ""),
        ("javascript:alert(1)", "", ""),
    ],
)
def test_whose_page_it_is(url: str, host: str, owner: str) -> None:
    assert (connectivity.host_of(url), connectivity.owner(url)) == (host, owner)
