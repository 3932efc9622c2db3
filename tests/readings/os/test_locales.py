"""Locales: what is set, and how the C library spells it."""

from __future__ import annotations

import pytest
from hosts import given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.os import locales
from techkit.readings.os.locales import Setting

MISSING = ProbeError(Reason.MISSING)


def test_locales_that_a_file_sets() -> None:
    text = '# x\nLANG="de_DE.UTF-8"\nexport LC_TIME=en_GB.UTF-8\nLANGUAGE=de:en\nPATH=/bin\nLC_ALL=\n'
    assert locales.parse(text, "f") == [
        Setting("f", "LANG", "de_DE.UTF-8"),
        Setting("f", "LC_TIME", "en_GB.UTF-8"),
        Setting("f", "LC_ALL", ""),
    ]


@pytest.mark.parametrize(
    ("spelt", "normal"),
    [
        ("de_DE.UTF-8", "de_DE.utf8"),
        ("de_DE", "de_DE"),
        ("ru_RU.KOI8-R", "ru_RU.koi8r"),
        ("x_Y.8859-1@z", "x_Y.iso88591@z"),
    ],
)
def test_locales_as_the_c_library_spells_them(spelt: str, normal: str) -> None:
    assert locales.normal(spelt) == normal


def test_musl_has_no_locales_and_the_plain_one_is_always_there() -> None:
    files = {("read", file): MISSING for file in locales.FILES}
    assert locales.locales(given({**files, ("read", locales.FILES[0]): "LANG=C.UTF-8\n"})).settings == ()
    musl = {("read", locales.FILES[0]): "LANG=de_DE.UTF-8\n", ("listdir", "/lib"): ["ld-musl-x86_64.so.1"]}
    with pytest.raises(ProbeError) as caught:
        locales.locales(given({**files, **musl}))
    assert caught.value.reason is Reason.INAPPLICABLE


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    locales.parse(text, "f")
    locales.parts(locales.normal(text))
