"""Libraries that the loader knows."""

from __future__ import annotations

from hosts import bare

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.os import replaced_libraries
from techkit.readings.os.replaced_libraries import Lost
from techkit.readings.supplements import Supplements

CACHE = (
    "glibc-ld.so.cache1.1\0\\xff libz.so.1\0/lib/x86_64-linux-gnu/libz.so.1\0libm.so.6\0/usr/lib64/libm.so.6\0"
    "libx.so\0/opt/x/lib/libx.so\0"
)


def test_the_cache_names_libraries_by_paths_that_end_with_a_zero_byte() -> None:
    assert replaced_libraries.parse_cache(CACHE) == ("/lib/x86_64-linux-gnu/libz.so.1", "/usr/lib64/libm.so.6")


def test_a_library_that_a_package_owns_is_lost() -> None:
    asked = ("run", "dpkg-query", "-S", "--", "/usr/lib64/libm.so.6", "/lib64/libm.so.6")
    answers = {
        ("read", replaced_libraries.CACHE): CACHE,
        ("listdir", "/lib/x86_64-linux-gnu"): ["libz.so.1"],
        ("listdir", "/usr/lib64"): ["ld.so"],
        asked: {"code": 0, "out": "libc6:amd64: /lib64/libm.so.6\n", "err": ""},
    }
    more = Supplements(bare(answers))
    assert replaced_libraries.lost(bare(answers), more) == (Lost("/usr/lib64/libm.so.6", "libc6"),)
    assert more.unseen == ()


def test_a_list_of_libraries_that_is_shut_to_us_is_told() -> None:
    more = Supplements(bare({("read", replaced_libraries.CACHE): ProbeError(Reason.FORBIDDEN)}))
    assert replaced_libraries.lost(bare({}), more) == ()
    assert more.unseen == (Gap(replaced_libraries.CACHE, Reason.FORBIDDEN, question="read"),)
