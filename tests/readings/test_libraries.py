"""Libraries that the loader knows."""

from __future__ import annotations

from techkit.readings import libraries

CACHE = (
    "glibc-ld.so.cache1.1\0\\xff libz.so.1\0/lib/x86_64-linux-gnu/libz.so.1\0libm.so.6\0/usr/lib64/libm.so.6\0"
    "libx.so\0/opt/x/lib/libx.so\0"
)


def test_the_cache_names_libraries_by_paths_that_end_with_a_zero_byte() -> None:
    assert libraries.parse_cache(CACHE) == ("/lib/x86_64-linux-gnu/libz.so.1", "/usr/lib64/libm.so.6")
