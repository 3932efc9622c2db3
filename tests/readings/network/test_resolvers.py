"""Whom a machine asks for names, and by which rules."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import Host, ProbeError
from techkit.model import Reason
from techkit.readings.network import interfaces, resolvers
from techkit.readings.network.resolvers import Resolver

MISSING = ProbeError(Reason.MISSING, "")
STANDARD = "root\\StandardCimv2"


def linux(text: str, **files: Any) -> Host:
    """A machine with this resolv.conf; `resolved` and `others`: what the servers behind a local one are."""
    return given(
        {
            ("read", resolvers.RESOLV_CONF): text,
            ("stat", resolvers.RESOLV_CONF): {"kind": "file", "link": files.get("link")},
            ("read", resolvers.BEHIND_RESOLVED): files.get("resolved", MISSING),
            ("read", resolvers.BEHIND_OTHERS): files.get("others", MISSING),
        }
    )


def test_servers_comments_and_what_is_no_address() -> None:
    text = (
        "# nameserver 10.0.0.9\n; nameserver 10.0.0.8\nsearch a.example\n nameserver\t10.0.0.1 # router\n"
        "nameserver fe80::1%eth0\nnameserver 10.0.0.l\nnameserver\nnameservers 10.0.0.7\noptions edns0\n"
    )
    assert resolvers.parse_resolv_conf(text) == (("10.0.0.1", "fe80::1%eth0"), ("10.0.0.l", ""))


@any_of(st.text())
def test_nothing_raises(text: str) -> None:
    resolvers.parse_resolv_conf(text)
    resolvers.parse_resolv_conf(f"nameserver {text}")


def test_a_file_and_its_link() -> None:
    link = "../run/systemd/resolve/stub-resolv.conf"
    found = resolvers.resolv_conf(linux("nameserver 127.0.0.53\n", link=link))
    assert found == Resolver(("127.0.0.53",), link=link)


def test_a_link_that_leads_nowhere() -> None:
    host = given(
        {
            ("read", resolvers.RESOLV_CONF): MISSING,
            ("run", "readlink", resolvers.RESOLV_CONF): {
                "code": 0,
                "out": "/run/NetworkManager/resolv.conf\n",
                "err": "",
            },
        }
    )
    assert resolvers.resolv_conf(host) == Resolver(present=False, link="/run/NetworkManager/resolv.conf")
    assert resolvers.servers(host) == ()


def test_a_file_that_may_not_be_read_is_not_taken_for_an_empty_one() -> None:
    with pytest.raises(ProbeError) as raised:
        resolvers.servers(given({("read", resolvers.RESOLV_CONF): ProbeError(Reason.FORBIDDEN, "")}))
    assert raised.value.reason is Reason.FORBIDDEN


@pytest.mark.parametrize(
    ("link", "unit"),
    [
        ("../run/systemd/resolve/stub-resolv.conf", "systemd-resolved.service"),
        ("/run/NetworkManager/resolv.conf", "NetworkManager.service"),
        ("/run/resolvconf/resolv.conf", "resolvconf.service"),
        ("", ""),
        ("/mnt/elsewhere", ""),
    ],
)
def test_who_writes_the_file(link: str, unit: str) -> None:
    assert resolvers.writer(link) == unit


def test_the_library_asks_three_servers() -> None:
    host = linux("".join(f"nameserver 10.0.0.{number}\n" for number in range(1, 6)))
    assert resolvers.servers(host) == ("10.0.0.1", "10.0.0.2", "10.0.0.3")


def test_the_servers_behind_a_local_one() -> None:
    behind = "nameserver 10.0.0.1\nnameserver 2001:db8::53\n"
    assert resolvers.servers(linux("nameserver 127.0.0.53\n", resolved=behind)) == ("10.0.0.1", "2001:db8::53")
    assert resolvers.servers(linux("nameserver 127.0.0.1\n", others=behind)) == ("10.0.0.1", "2001:db8::53")


def test_a_local_server_is_asked_itself_where_nobody_tells_what_is_behind_it() -> None:
    assert resolvers.servers(linux("nameserver 127.0.0.53\n", resolved="# nothing\n")) == ("127.0.0.53",)
    assert resolvers.servers(linux("nameserver ::1\n")) == ("::1",)


def test_the_servers_of_another_local_one_are_not_guessed() -> None:
    assert resolvers.servers(linux("nameserver 127.0.0.1\n", resolved="nameserver 10.0.0.1\n")) == ("127.0.0.1",)


def test_a_local_one_beside_a_distant_one_is_left_as_it_is() -> None:
    host = linux("nameserver 127.0.0.53\nnameserver 10.0.0.1\n", resolved="nameserver 10.0.0.9\n")
    assert resolvers.servers(host) == ("127.0.0.53", "10.0.0.1")


@pytest.mark.parametrize(
    ("servers", "expected"),
    [((), False), (("127.0.0.53",), False), (("2001:db8::53", "fe80::1%eth0"), False), (("::1", "10.0.0.1"), True)],
)
def test_which_servers_need_version_four(servers: tuple[str, ...], expected: Any) -> None:
    assert resolvers.expect_four(servers) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("passwd: files\n", True),
        ("hosts: files dns\n", True),
        ("hosts:\tfiles mdns4_minimal [NOTFOUND=return] dns myhostname\n", True),
        ("hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns\n", True),
        ("hosts: files [SUCCESS=return] [UNAVAIL=return] dns\n", True),
        ("hosts: files[notfound=continue]dns\n", True),
        ("  hosts: files\n", False),
        ("hosts: files # dns\n", False),
        ("#hosts: files dns\nhosts: files mdns4\n", False),
        ("hosts: files dnss\n", False),
        ("hosts:\n", False),
        ("hosts: files [NOTFOUND=return] dns\n", False),
        ("hosts: files [NotFound = Return] dns\n", False),
        ("hosts: files [!SUCCESS=return] dns\n", False),
        ("hosts: files [UNAVAIL=continue] [NOTFOUND=return] resolve\n", False),
    ],
)
def test_whether_a_name_server_is_ever_asked(text: str, expected: Any) -> None:
    assert resolvers.asks_servers(given({("read", resolvers.NSSWITCH): text})) is expected


def test_without_the_switch_names_are_asked_for() -> None:
    assert resolvers.asks_servers(given({("read", resolvers.NSSWITCH): MISSING}))


def windows(monkeypatch: pytest.MonkeyPatch, rows: Any) -> tuple[str, ...]:
    monkeypatch.setattr(interfaces, "adapters", lambda _host: ())
    monkeypatch.setattr(interfaces, "leading", lambda _host, _usable: ("Ethernet", "vEthernet (Office)"))
    key = ("wmi", STANDARD, "MSFT_DNSClientServerAddress", ("InterfaceAlias", "ServerAddresses"), "")
    return resolvers.servers(given({("machine",): MACHINE | {"system": "windows"}, key: rows}))


def test_windows_asks_the_servers_of_what_leads_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"InterfaceAlias": "Ethernet", "ServerAddresses": ["10.0.0.1", "10.0.0.2"]},
        {"InterfaceAlias": "Ethernet", "ServerAddresses": ["fec0:0:0:ffff::1", "fec0:0:0:ffff::2"]},
        {"InterfaceAlias": "vEthernet (Office)", "ServerAddresses": ["10.0.0.1", "rubbish", None]},
        {"InterfaceAlias": "Bluetooth", "ServerAddresses": ["10.9.9.9"]},
        {"InterfaceAlias": "Ethernet", "ServerAddresses": None},
    ]
    assert windows(monkeypatch, rows) == ("10.0.0.1", "10.0.0.2")
    assert windows(monkeypatch, rows[3:]) == ()


@pytest.mark.parametrize("nothing", [[], MISSING, ProbeError(Reason.INAPPLICABLE, "no such namespace")])
def test_an_empty_class_is_no_answer(monkeypatch: pytest.MonkeyPatch, nothing: Any) -> None:
    with pytest.raises(ProbeError) as raised:
        windows(monkeypatch, nothing)
    assert raised.value.reason is Reason.UNREADABLE


def test_a_line_end_of_windows_spoils_the_address() -> None:
    assert resolvers.parse_resolv_conf("nameserver 10.0.0.1\r\nnameserver\t10.0.0.2  # main\n") == (
        ("10.0.0.2",),
        ("10.0.0.1\r",),
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [("hosts: dns\n", False), ("hosts: files dns\n", True), ("hosts: resolve dns\n", True), ("passwd: files\n", True)],
)
def test_whether_the_hosts_file_is_read(text: str, read: Any) -> None:
    assert resolvers.reads_hosts_file(given({("read", resolvers.NSSWITCH): text})) is read


@pytest.mark.parametrize(
    ("page", "addresses", "told", "found"),
    [
        ("unresolved", [], ["192.0.2.1"], ("10.0.0.1", "example.com")),
        ("timeout", [], ["192.0.2.1"], None),
        ("unresolved", ["192.0.2.1"], ["192.0.2.1"], None),
        ("unresolved", [], [], None),
    ],
)
def test_a_name_server_that_programs_do_not_hear(
    page: str, addresses: list[str], told: list[str], found: tuple[str, str] | None
) -> None:
    host = given(
        {
            ("site",): {"pages": [{"url": "http://example.com/", "expected": ""}], "names": ["example.com"]},
            ("http", "http://example.com/", ""): {"state": page, "status": 0, "location": "", "text": "", "date": None},
            ("resolve", "example.com"): {"addresses": addresses, "error": "unavailable", "milliseconds": 1},
            ("stat", resolvers.RESOLV_CONF): {"kind": "file", "link": None},
            ("read", resolvers.RESOLV_CONF): "nameserver 10.0.0.1\noptions use-vc  timeout:1\n",
            ("dns", "10.0.0.1", "example.com", "A"): {"state": "answered", "code": "NOERROR", "addresses": told},
        }
    )
    assert resolvers.unheard(host) == found
    assert resolvers.options(host) == "use-vc timeout:1"
