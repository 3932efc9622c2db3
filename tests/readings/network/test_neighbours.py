"""Hardware addresses that somebody has fixed by hand."""

from __future__ import annotations

from techkit.readings.network import neighbours

TABLE = """\
IP address       HW type     Flags       HW address            Mask     Device
10.0.0.1         0x1         0x6         02:00:00:00:00:99     *        eth0
10.0.0.7         0x1         0x2         02:00:00:00:00:07     *        eth0
"""


def test_only_what_is_permanent_is_fixed() -> None:
    assert neighbours.parse_table(TABLE) == {"10.0.0.1": "02:00:00:00:00:99"}
    assert neighbours.parse_table("") == {}
