"""Where a proxy can be set, and how each place writes it."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.network import proxies

SID = "S-1-5-21-1-2-3-1001"
SETTINGS = rf"HKU\{SID}\{proxies.INTERNET_SETTINGS}"
SHOWN = rf"HKCU\{proxies.INTERNET_SETTINGS}"
WINHTTP = rf"HKLM\{proxies.INTERNET_SETTINGS}\Connections"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://10.0.0.99:3128", ("10.0.0.99", 3128)),
        ("http://Proxy.Example.org:8080/", ("proxy.example.org", 8080)),
        ("http://user:pass@proxy.example.org:8080", ("proxy.example.org", 8080)),
        ("http://[2001:db8::9]:3128/", ("2001:db8::9", 3128)),
        ("proxy.example.org:3128", ("proxy.example.org", 3128)),
        ("http://proxy.example.org", ("proxy.example.org", 80)),
        ("socks5://127.0.0.1", ("127.0.0.1", 1080)),
        ("DIRECT", None),
        ("false", None),
        ("_none_", None),
        ("$PROXY", None),
        ("http://${HOST}:3128", None),
        ("http://proxy.example.org:99999", None),
        ("", None),
        ("http://", None),
    ],
)
def test_an_address_in_any_spelling(text: str, address: tuple[str, int] | None) -> None:
    assert proxies.parse_address(text) == address


def test_lines_of_shells_and_environment_files() -> None:
    text = (
        "# http_proxy=http://old.example.org:1\n"
        'export HTTP_PROXY="http://one.example.org:3128"\n'
        "https_proxy=http://one.example.org:3128 # the same\n"
        "no_proxy=localhost\n"
        "  all_proxy='socks5://two.example.org:1080';\n"
        "http_proxy DEFAULT=http://three.example.org:8080\n"
        "my_http_proxy=http://four.example.org:1\n"
    )
    assert proxies.parse_environment(text) == (
        ("one.example.org", 3128),
        ("two.example.org", 1080),
        ("three.example.org", 8080),
    )


def test_apt_flat_nested_and_commented() -> None:
    text = (
        '// Acquire::http::Proxy "http://old.example.org:1";\n'
        '/* Acquire::http::Proxy "http://older.example.org:1"; */\n'
        'Acquire::http::Proxy "http://one.example.org:3128";\n'
        'Acquire::http::Proxy::deb.example.org "DIRECT";\n'
        'Acquire { https { Proxy "http://two.example.org:3129/"; }; };\n'
        'Acquire::http::Proxy-Auto-Detect "/usr/bin/detect";\n'
    )
    assert proxies.parse_apt(text) == (("one.example.org", 3128), ("two.example.org", 3129))


def test_dnf() -> None:
    assert proxies.parse_dnf("[main]\n#proxy=http://x:1\nproxy=http://one.example.org:3128\nproxy_username=me\n") == (
        ("one.example.org", 3128),
    )
    assert proxies.parse_dnf("proxy=_none_\n") == ()


def test_curl_has_a_like_line() -> None:
    assert proxies.parse_dnf('-x = y\nproxy = "http://one.example.org:3128"\n') == (("one.example.org", 3128),)
    assert proxies.parse_dnf("--proxy two.example.org:8080\n") == (("two.example.org", 8080),)


def test_systemd_gives_every_service_what_its_own_files_say() -> None:
    text = (
        "[Manager]\n#DefaultEnvironment=http_proxy=http://old.example.org:1\n"
        'DefaultEnvironment="http_proxy=http://one.example.org:3128" \\\n  HTTPS_PROXY=http://two.example.org:3129\n'
        "LogLevel=info\n"
    )
    assert proxies.parse_systemd(text) == (("one.example.org", 3128), ("two.example.org", 3129))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("http_proxy=http://me:secret@10.0.0.99:3128\n", True),
        ("http_proxy=http://10.0.0.99:3128\n", False),
        ("mail=http://me@example.org\nhttp_proxy=http://10.0.0.99:3128\n", False),
    ],
)
def test_whether_a_name_is_told(text: str, named: bool) -> None:
    assert linux({"/etc/environment": text}).proxies[0].named is named


def test_windows_one_for_all_or_one_for_each() -> None:
    assert proxies.parse_windows("proxy:8080") == (("proxy", 8080),)
    assert proxies.parse_windows("http=a.example.org:80;https=b.example.org:443") == (
        ("a.example.org", 80),
        ("b.example.org", 443),
    )
    assert proxies.parse_windows("proxy") == (("proxy", 80),)


def winhttp(flags: int, proxy: bytes) -> str:
    head = b"".join(number.to_bytes(4, "little") for number in (0x18, 0, flags, len(proxy)))
    return (head + proxy + bytes(4)).hex()


def test_winhttp() -> None:
    assert proxies.parse_winhttp(winhttp(3, b"proxy.example.org:8080")) == (("proxy.example.org", 8080),)
    assert proxies.parse_winhttp(winhttp(1, b"")) == ()
    for text in ("", "zz", "18000000", winhttp(3, b"\xff\xfe\x00"), winhttp(3, b"proxy:1")[:-20]):
        proxies.parse_winhttp(text)


def linux(files: dict[str, Any], environment: dict[str, str] | None = None) -> proxies.Settings:
    answers: dict[tuple[Any, ...], Any] = {
        ("person",): {"name": "ann", "id": 1000, "home": "/home/ann", "environment": environment or {}},
        ("listdir", "/etc/apt/apt.conf.d"): ["01autoremove", "80proxy"],
        ("listdir", "/etc/profile.d"): ProbeError(Reason.MISSING, "/etc/profile.d"),
    }
    return proxies.configured(given(answers | {("read", file): text for file, text in files.items()}))


def test_one_proxy_set_in_many_places_is_one() -> None:
    settings = linux(
        {
            "/etc/environment": "http_proxy=http://10.0.0.99:3128\n",
            "/etc/apt/apt.conf.d/80proxy": 'Acquire::http::Proxy "http://10.0.0.99:3128";',
            "/home/ann/.bashrc": "export https_proxy=http://10.0.0.99:3128\n",
        },
        {"http_proxy": "http://10.0.0.99:3128", "no_proxy": "localhost", "LANG": "C"},
    )
    assert settings.proxies == (
        proxies.Proxy(
            "10.0.0.99",
            3128,
            ("/etc/environment", "/home/ann/.bashrc", "/etc/apt/apt.conf.d/80proxy", "$http_proxy"),
        ),
    )
    assert settings.proxies[0].address == "10.0.0.99:3128"


def test_a_file_that_may_not_be_read_is_unseen() -> None:
    settings = linux({"/etc/apt/apt.conf.d/80proxy": ProbeError(Reason.FORBIDDEN, "80proxy")})
    assert settings == proxies.Settings((), unseen=(("/etc/apt/apt.conf.d/80proxy", Reason.FORBIDDEN),))


def windows(keys: dict[str, dict[str, Any]]) -> proxies.Settings:
    missing = ProbeError(Reason.MISSING, "key")
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("person",): {"name": "ann", "id": SID, "home": "", "environment": {}},
        ("registry", proxies.POLICY): missing,
        ("registry", SETTINGS): missing,
        ("registry", WINHTTP): missing,
    }
    given_keys = {("registry", key): {"values": values, "keys": []} for key, values in keys.items()}
    return proxies.configured(given(answers | given_keys))


def test_windows_settings_of_the_person_and_of_services() -> None:
    settings = windows(
        {
            SETTINGS: {"ProxyEnable": 1, "ProxyServer": "proxy:8080", "AutoConfigURL": "http://wpad.example.org/p.pac"},
            WINHTTP: {"WinHttpSettings": winhttp(3, b"proxy:8080")},
        }
    )
    assert settings == proxies.Settings(
        (proxies.Proxy("proxy", 8080, (SHOWN, WINHTTP)),), script="http://wpad.example.org/p.pac"
    )


def test_a_proxy_that_is_switched_off_is_none() -> None:
    assert windows({SETTINGS: {"ProxyEnable": 0, "ProxyServer": "proxy:8080"}}) == proxies.Settings(())


def test_a_policy_makes_the_machine_s_settings_everybody_s() -> None:
    machine = rf"HKLM\{proxies.INTERNET_SETTINGS}"
    settings = windows(
        {proxies.POLICY: {"ProxySettingsPerUser": 0}, machine: {"ProxyEnable": 1, "ProxyServer": "proxy:8080"}}
    )
    assert settings.proxies == (proxies.Proxy("proxy", 8080, (machine,)),)


def test_a_hive_that_is_not_loaded_is_unseen() -> None:
    assert windows({}).unseen == ((SHOWN, Reason.MISSING),)
