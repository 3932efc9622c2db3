"""Keys, signatures and archives."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hosts import bare, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import apt, apt_archives, openpgp, packages
from techkit.readings.os.apt import Source
from techkit.readings.os.apt_archives import Silent, Unsigned

RING = "/usr/share/keyrings/lab.gpg"
SIGNED = """-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Suite: bookworm
-----BEGIN PGP SIGNATURE-----

iHUEARYIAB0WIQS9hWCwz+6SinGLcsGViTi8Y+6PNgUCawZOkgAKCRCViTi8Y+6P
NmaEAQDSGhDZZ24eRhnY2CbdThhzVGK04rkY50b/DHedystauQEAqaW7KuJ3jiFC
LK2Z5+TDubkea1KYwx5yzIDpDwJ3Zw0=
=qVKT
-----END PGP SIGNATURE-----
"""
"""Made by gpg 2.2.40 with an ed25519 key."""
SOURCE = Source(apt.SOURCES, "http://a.example/debian", "bookworm", (RING,))
LIST = f"{apt.LISTS}/a.example_debian_dists_bookworm_InRelease"
BORN = 1_600_000_000


def key(lasts: int | None = None) -> bytes:
    """A key packet and, where it ends, the signature by which it says so."""
    body = b"\x04" + BORN.to_bytes(4, "big") + b"\x16" + b"\x00" * 40
    packet = b"\x98" + bytes([len(body)]) + body
    if lasts is None:
        return packet
    print_ = bytes.fromhex(openpgp.keys(text(packet))[0].fingerprint)
    parts = b"\x05\x02" + BORN.to_bytes(4, "big") + b"\x05\x09" + lasts.to_bytes(4, "big") + b"\x16\x21\x04" + print_
    said = b"\x04\x13\x16\x08" + len(parts).to_bytes(2, "big") + parts + b"\x00\x00" + b"\x00\x00"
    return packet + b"\x88" + bytes([len(said)]) + said


def text(raw: bytes) -> str:
    """What the doorway makes of a file's bytes."""
    return raw.decode("utf-8", "backslashreplace")


def signature(print_: str) -> str:
    """A signature that names its maker."""
    parts = b"\x16\x21\x04" + bytes.fromhex(print_)
    said = b"\x04\x00\x16\x08" + len(parts).to_bytes(2, "big") + parts + b"\x00\x00" + b"\x00\x00"
    block = base64.b64encode(b"\x88" + bytes([len(said)]) + said).decode()
    return f"-----BEGIN PGP SIGNATURE-----\n\n{block}\n-----END PGP SIGNATURE-----\n"


def test_who_signed() -> None:
    assert openpgp.signers(SIGNED) == ("958938BC63EE8F36",)
    assert openpgp.signers("no signature") == ()


def test_keys_of_a_ring_armoured_or_not() -> None:
    (found,) = openpgp.keys(text(key()))
    assert (len(found.fingerprint), found.id, found.expires) == (40, found.fingerprint[-16:], 0)
    armoured = f"-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: x\n\n{base64.b64encode(key()).decode()}\n=abcd\n"
    assert openpgp.keys(f"{armoured}-----END PGP PUBLIC KEY BLOCK-----\n") == (found,)
    assert openpgp.keys(text(key(86400)))[0].expires == BORN + 86400
    with pytest.raises(ValueError, match="no key"):
        openpgp.keys("rubbish")


def test_a_keyring_that_is_missing_or_lacks_the_key() -> None:
    gone = given({("read", LIST): SIGNED, ("stat", RING): ProbeError(Reason.MISSING)})
    assert apt_archives.unsigned(gone, [SOURCE]) == (
        Unsigned(RING, (SOURCE.uri,), "958938BC63EE8F36", None, there=False),
    )
    other = given({("read", LIST): SIGNED, ("stat", RING): {}, ("read", RING): text(key())})
    assert apt_archives.unsigned(other, [SOURCE]) == (Unsigned(RING, (SOURCE.uri,), "958938BC63EE8F36"),)


def test_a_key_that_is_good_and_one_that_has_expired() -> None:
    print_ = openpgp.keys(text(key()))[0].fingerprint
    answers = {("read", LIST): signature(print_), ("stat", RING): {}}
    assert apt_archives.unsigned(given({**answers, ("read", RING): text(key())}), [SOURCE]) == ()
    expired = given({**answers, ("read", RING): text(key(86400))})
    assert apt_archives.unsigned(expired, [SOURCE]) == (Unsigned(RING, (SOURCE.uri,), print_[-16:], BORN + 86400.0),)


def test_what_was_never_downloaded_is_not_judged() -> None:
    missing = ProbeError(Reason.MISSING)
    host = given(
        {
            ("read", LIST): missing,
            ("read", LIST.replace("InRelease", "Release.gpg")): missing,
            ("stat", RING): {},
            ("read", RING): text(key()),
        }
    )
    assert apt_archives.unsigned(host, [SOURCE]) == ()


def test_archives_for_another_release() -> None:
    def source(uri: str, suite: str) -> Source:
        return Source("f", uri, suite)

    own = source("http://deb.example.org/debian/", "bookworm-updates")
    other = source("http://mirror.example/debian", "trixie")
    third = source("https://download.docker.com/linux/debian", "bullseye")
    named = source("http://deb.example.org/debian", "stable")
    assert apt_archives.foreign((own, other, third, named), "debian", "bookworm") == (other,)
    assert apt_archives.foreign((other,), "astra", "1.7_x86-64") == ()


def test_a_stable_release_without_its_security_updates() -> None:
    fields = {"ID": "debian", "VERSION_CODENAME": "bookworm", "VERSION_ID": "12"}
    own = Source("f", "http://deb.example.org/debian", "bookworm")
    secure = Source("f", "http://deb.example.org/debian-security", "bookworm-security")
    assert apt_archives.insecure([own], fields)
    assert not apt_archives.insecure([own, secure], fields)
    assert not apt_archives.insecure([SOURCE], fields | {"VERSION_ID": ""})
    assert not apt_archives.insecure([Source("f", "http://apt.corp.example/all", "bookworm")], fields)


def test_which_archives_are_silent() -> None:
    page = "http://a.example/debian/dists/bookworm/"
    said = {("http", f"{page}InRelease", ""): {"state": "answered", "status": 404}}
    old = {("http", f"{page}Release", ""): {"state": "answered", "status": 200}}
    none = {("http", f"{page}Release", ""): {"state": "answered", "status": 404}}
    assert apt_archives.silent(given({**said, **old}), [SOURCE], {}) == ()
    assert apt_archives.silent(given({**said, **none}), [SOURCE], {}) == (
        Silent(SOURCE.uri, "bookworm", "a.example", "open", 404),
    )
    dead = given({("http", f"{page}InRelease", ""): {"state": "unresolved"}})
    assert apt_archives.silent(dead, [SOURCE], {})[0].state == "unresolved"
    assert apt_archives.silent(given({}), [SOURCE], {"acquire::http::proxy": "http://p.example:3128"}) == ()


def test_the_key_file_of_a_repository_is_missing() -> None:
    text_ = (
        "[base]\nname=Base\nenabled=1\ngpgcheck=1\ngpgkey=file:///etc/pki/a\n  file:///etc/pki/b\n[off]\nenabled=0\n"
    )
    host = given(
        {
            ("listdir", "/etc/yum.repos.d"): ["base.repo", "notes"],
            ("listdir", "/etc/zypp/repos.d"): ProbeError(Reason.MISSING),
            ("read", "/etc/yum.repos.d/base.repo"): text_,
            ("stat", "/etc/pki/a"): {},
            ("stat", "/etc/pki/b"): ProbeError(Reason.MISSING),
        }
    )
    assert apt_archives.repositories(host) == (Unsigned("/etc/pki/b", ("base",), there=False),)


@any_of(st.binary(max_size=300))
def test_no_bytes_break_the_readers(raw: bytes) -> None:
    openpgp.signers(text(raw))
    apt_archives.parse_repo(text(raw))
    with contextlib.suppress(ValueError):
        openpgp.keys(text(raw))


@pytest.mark.parametrize(("settings", "told"), [("", 1), (ProbeError(Reason.FORBIDDEN), 0)])
def test_who_may_not_see_whether_there_is_a_proxy_asks_no_archive(settings: object, told: int) -> None:
    host = bare(
        {
            ("stat", packages.STATUS): {"kind": "file"},
            ("read", "/etc/os-release"): "ID=debian\nVERSION_CODENAME=bookworm\n",
            ("read", apt.SOURCES): "deb https://a.example/debian bookworm main\n",
            ("listdir", apt.LISTS): [],
            ("listdir", "/etc/apt/apt.conf.d"): ["01proxy"],
            ("read", "/etc/apt/apt.conf.d/01proxy"): settings,
            ("resolve", "a.example"): {"error": "none"},
            ("connect", "a.example", 443): {"state": "refused"},
        }
    )
    seen = apt_archives.look(host)
    assert (len(seen.silent), len(seen.unseen)) == (told, 1 - told)
