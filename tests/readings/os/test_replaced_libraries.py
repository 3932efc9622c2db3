"""Processes that use replaced files."""

from __future__ import annotations

import pytest
from hosts import bare, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.readings.os import replaced_libraries
from techkit.readings.os.replaced_libraries import Outdated
from techkit.readings.supplements import Supplements

MAPS = (
    "/proc/7/maps:7f1 r--p 00000000 08:01 1234                       /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)\n"
    "/proc/7/maps:7f2 r-xp 00000000 08:01 1234                       /usr/lib/x86_64-linux-gnu/libssl.so.3 (deleted)\n"
)


def test_programs_with_replaced_files() -> None:
    def row(pid: int, **more: object) -> dict[str, object]:
        return {"pid": pid, "name": f"p{pid}", "exe": "/usr/bin/x", "deleted": False, "uid": 0, "own": False, **more}

    said = {"code": 0, "out": MAPS, "err": ""}
    host = given(
        {
            ("processes",): [row(7), row(8, exe="/usr/sbin/y", deleted=True, uid=1000), row(9, exe=None)],
            ("run", "grep", "-sHE", "-m", "8", replaced_libraries.PATTERN, "--", "/proc/7/maps", "/proc/8/maps"): said,
            ("stat", "/usr/sbin/y"): {},
        }
    )
    assert replaced_libraries.outdated(host).outdated == (
        Outdated(7, "p7", ("/usr/lib/x86_64-linux-gnu/libssl.so.3",), system=True),
        Outdated(8, "p8", ("/usr/sbin/y",)),
    )


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    replaced_libraries.parse_maps(text)


@pytest.mark.parametrize(
    ("head", "found"),
    [("not a library\n", True), ("", True), ("\x7fELF\x02\x01", False), ("/* GNU ld script */", False)],
)
def test_damaged_libraries_before_the_systems_own(head: str, found: bool) -> None:
    path = "/opt/x/lib/libcurl.so.4"
    told = {
        ("read", "/etc/environment"): 'LD_LIBRARY_PATH="/opt/x/lib:/opt/none"\n',
        ("listdir", "/opt/x/lib"): ["libcurl.so.4", "README"],
        ("head", path, replaced_libraries.HEAD): head,
    }
    host = bare(told)
    assert replaced_libraries.misled(host, Supplements(host)) == ((path,) if found else ())
