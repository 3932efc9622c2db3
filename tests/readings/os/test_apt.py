"""What apt knows: sources, lists, versions."""

from __future__ import annotations

import pytest
from hosts import given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.readings.os import apt, packages
from techkit.readings.os.apt import Malformed, Source, Update

LIST = """# main
deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://deb.example.org/debian bookworm main contrib
deb-src http://deb.example.org/debian bookworm main
deb cdrom:[Debian GNU/Linux 12.0.0 _Bookworm_]/ bookworm main
deb [trusted=yes] file:/srv/repo ./
deb http://deb.example.org/debian bookworm
dep http://deb.example.org/debian bookworm main
"""
DEB822 = """# comment
Types: deb deb-src
URIs: http://deb.example.org/debian https://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Enabled: no
Types: deb
URIs: http://off.example
Suites: x

Types: deb
Suites: bookworm
Components: main
"""
ROWS = "hello install installed 1.0-1\\nheld hold installed 1.0-1\\nopenssl install installed 3.0.1-1\\n".replace(
    "\\n", "\n"
)


def test_sources_line_by_line() -> None:
    found, bad = apt.parse_list(LIST)
    assert [(source.uri, source.suite, source.trusted) for source in found] == [
        ("http://deb.example.org/debian", "bookworm", False),
        ("cdrom:[Debian GNU/Linux 12.0.0 _Bookworm_]/", "bookworm", False),
        ("file:/srv/repo", "./", True),
    ]
    assert found[0].signed_by == ("/usr/share/keyrings/a.gpg",)
    assert bad == [
        Malformed(apt.SOURCES, 6, "deb http://deb.example.org/debian bookworm"),
        Malformed(apt.SOURCES, 7, "dep http://deb.example.org/debian bookworm main"),
    ]


def test_sources_in_paragraphs() -> None:
    found, bad = apt.parse_sources(DEB822, "x.sources")
    assert len(found) == 4
    assert found[3].host == "mirror.example"
    assert found[0].signed_by == ("/usr/share/keyrings/debian-archive-keyring.gpg",)
    assert bad == [Malformed("x.sources", 13, "Types: deb")]


@pytest.mark.parametrize(
    ("uri", "suite", "stem"),
    [
        ("http://deb.example.org/debian/", "bookworm", "deb.example.org_debian_dists_bookworm"),
        ("https://user:word@a.example/x", "stable/updates", "a.example_x_dists_stable_updates"),
        ("http://flat.example/deb", "/", "flat.example_deb"),
        ("http://a_b.example/deb", "x", "a%5fb.example_deb_dists_x"),
    ],
)
def test_how_the_lists_of_a_source_are_named(uri: str, suite: str, stem: str) -> None:
    assert Source("f", uri, suite).stem == stem


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1.0~rc1", "1.0"),
        ("1.9", "1.10"),
        ("1.0-1", "1.0-1+deb12u1"),
        ("9.9", "1:0.5"),
        ("1.0", "1.0a"),
        ("1.0a", "1.0+b"),
        ("1.0-1~bpo1", "1.0-1"),
        ("1.0~~", "1.0~"),
    ],
)
def test_versions_as_dpkg_orders_them(left: str, right: str) -> None:
    assert apt.compare(left, right) < 0
    assert apt.compare(right, left) > 0
    assert apt.compare("1.0-0", "1.0") == 0


def test_updates_from_plain_and_packed_lists_but_not_of_what_is_held() -> None:
    plain = f"{apt.LISTS}/security.example_x_dists_a-security_main_binary-amd64_Packages"
    host = given(
        {
            ("run", "dpkg-query", "-W", "-f", packages.VERSIONS): {"code": 0, "out": ROWS, "err": ""},
            ("listdir", apt.LISTS): [
                "a.example_x_dists_a_main_binary-amd64_Packages",
                "security.example_x_dists_a-security_InRelease",
                "security.example_x_dists_a-security_main_binary-amd64_Packages",
                "security.example_x_dists_a-security_main_binary-i386_Packages.lz4",
            ],
            ("run", "grep", "-hE", "^(Package|Version): ", "--", plain): {
                "code": 0,
                "out": "Package: hello\nVersion: 1.0-1+deb12u1\n"
                "Package: held\nVersion: 2\nPackage: openssl\nVersion: 3.0.1-1\n",
                "err": "",
            },
            ("run", apt.HELPER, "cat-file", f"{plain.replace('amd64', 'i386')}.lz4"): {
                "code": 0,
                "out": "Package: hello\nSource: hallo\nVersion: 1.0-2\nPriority: optional\n\n"
                "Package: new\nVersion: 1\n",
                "err": "",
            },
        }
    )
    assert apt.security_updates(host) == (Update("hello", "1.0-1", "1.0-2"),)


def test_without_lists_of_security_updates_nothing_is_known() -> None:
    host = given(
        {
            ("run", "dpkg-query", "-W", "-f", packages.VERSIONS): {"code": 0, "out": ROWS, "err": ""},
            ("listdir", apt.LISTS): ["lock", "partial"],
        }
    )
    with pytest.raises(ProbeError):
        apt.security_updates(host)


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parsers(text: str) -> None:
    apt.parse_list(text)
    apt.parse_sources(text, "f")
    apt.parse_packages(text)
    assert apt.compare(text, text) == 0
