"""Every name server is asked by itself, for names that exist and for names that do not."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import name_servers, resolvers

SITE = {"names": ["a.example", "b.example"]}
FOUND = {"state": "answered", "code": "NOERROR", "addresses": ["192.0.2.1"], "milliseconds": 7.5}
UNKNOWN = {"state": "answered", "code": "NXDOMAIN", "addresses": [], "milliseconds": 6.0}


@pytest.fixture(autouse=True)
def _two_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolvers, "servers", lambda _host: ("10.0.0.1", "10.0.0.2"))


def test_each_server_is_asked_for_what_is_and_what_is_not() -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("site",): SITE,
        **{("dns", "10.0.0.1", name, "A"): FOUND for name in SITE["names"]},
        **{("dns", "10.0.0.1", f"{name_servers.INVENTED}.{name}", "A"): UNKNOWN for name in SITE["names"]},
        ("dns", "10.0.0.2", "a.example", "A"): ProbeError(Reason.TIMEOUT, "late"),
        ("dns", "10.0.0.2", "b.example", "A"): FOUND | {"state": "refused", "code": "", "addresses": []},
        ("resolve", "a.example"): {"addresses": ["192.0.2.1"], "error": "none", "milliseconds": 8},
        ("resolve", "b.example"): ProbeError(Reason.TIMEOUT, "late"),
    }
    seen = name_servers.asked(given(answers))
    first, second = seen.servers
    assert seen.resolved
    assert first.answers
    assert first.finds
    assert [reply.code for reply in first.invented] == ["NXDOMAIN", "NXDOMAIN"]
    assert [reply.state for reply in second.replies] == ["timeout", "refused"]
    assert not second.answers


def test_a_server_that_could_not_be_asked_is_not_called_silent() -> None:
    found: dict[tuple[Any, ...], Any] = {("resolve", "a.example"): {"addresses": ["192.0.2.1"], "error": "none"}}
    one_server = {("dns", "10.0.0.1", "a.example", "A"): FOUND}
    assert [server.address for server in name_servers.asked(given({("site",): SITE} | found | one_server)).servers] == [
        "10.0.0.1"
    ]
    with pytest.raises(ProbeError) as raised:
        name_servers.asked(given({("site",): SITE} | found))
    assert raised.value.reason is Reason.UNREADABLE


def test_without_names_the_question_makes_no_sense() -> None:
    with pytest.raises(ProbeError) as raised:
        name_servers.asked(given({("site",): {"names": []}}))
    assert raised.value.reason is Reason.INAPPLICABLE


def test_without_servers_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolvers, "servers", lambda _host: ())
    with pytest.raises(ProbeError) as raised:
        name_servers.asked(given({("site",): SITE}))
    assert raised.value.reason is Reason.MISSING


def server(
    *replies: name_servers.Reply, invented: tuple[name_servers.Reply, ...] = (), address: str = "10.0.0.1"
) -> name_servers.Server:
    return name_servers.Server(address, replies, invented)


def test_what_a_server_does_to_names() -> None:
    known = name_servers.Reply("a.example", "answered", "NOERROR", ("192.0.2.1",), 40)
    denied, failed = (
        name_servers.Reply("a.example", "answered", "NXDOMAIN", (), 20),
        name_servers.Reply("a", "answered", "SERVFAIL"),
    )
    refused, gone = name_servers.Reply("a.example", "refused"), name_servers.Reply("a.example", "unreachable")
    assert [server(denied).denies, server(denied, failed).denies] == [True, False]
    assert [server(refused, gone).rejects, server(refused, denied).rejects] == [True, False]
    assert [server(known, invented=(known,)).lies, server(known, invented=(known, denied)).lies] == [True, False]
    assert not server(known).lies
    assert [server(gone, address="fe80::1").of_another_family, server(gone).of_another_family] == [True, False]
    assert [server(known, denied, gone).median, server(gone).median] == [40, 0]
