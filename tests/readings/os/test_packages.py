"""The package database, and what else tells of a system's age."""

from __future__ import annotations

import pytest
from hosts import bare, given
from hypothesis import given as any_of
from hypothesis import strategies as st

from techkit.host import ProbeError
from techkit.model import Gap, Reason
from techkit.readings.os import packages, reboots, releases
from techkit.readings.os.packages import Broken
from techkit.readings.supplements import Supplements


def test_packages_by_their_state() -> None:
    text = "bash installed\nlab half-configured\nold config-files\nman-db triggers-pending\nnew unpacked\nrubbish\n"
    assert packages.parse_status(text) == (Broken("lab", "half-configured"), Broken("new", "unpacked"))


def test_what_packages_need_and_nobody_is_or_provides() -> None:
    text = (
        "bash\tinstalled\t\t,libc6 (>= 2.36), awk\nmawk\tinstalled\tawk (= 1.3)\t,libgone:any | libc6\n"
        "libc6\ttriggers-pending\t\t,\ntools\tinstalled\t\tlibgone (>= 2) | libother,bash\n"
        "old\tconfig-files\tlibgone\t,nothing-there\nrubbish\n"
    )
    assert packages.parse_needs(text) == (packages.Unmet("tools", "libgone | libother"),)


def test_what_is_installed_and_not_held() -> None:
    text = (
        "bash install installed 5.2\nlab install half-configured 1.0\nold deinstall config-files 2\n"
        "man-db install triggers-pending 2.11\nkept hold installed 4\nrubbish\n"
    )
    assert packages.parse_installed(text) == {"bash": "5.2", "man-db": "2.11"}


def test_what_a_script_cannot_do_without() -> None:
    script = """#!/bin/sh
set -e
if [ -f /etc/default/x ]; then . /etc/default/x; fi
# . /etc/comment
[ -e /etc/maybe ] && cat /etc/maybe
. /etc/default/x
test -f /etc/lab.conf
echo done > /etc/written
"""
    assert packages.needs(script) == ("/etc/lab.conf",)


def test_a_half_configured_package_names_the_file_that_it_misses() -> None:
    said = {"code": 0, "out": "lab half-configured\nnew unpacked\n", "err": ""}
    host = given(
        {
            ("run", "dpkg-query", "-W", "-f", packages.STATES): said,
            ("read", f"{packages.INFO}/lab.postinst"): "test -f /etc/lab.conf\n",
            ("stat", "/etc/lab.conf"): ProbeError(Reason.MISSING),
        }
    )
    assert packages.broken(host) == (Broken("lab", "half-configured", "/etc/lab.conf"), Broken("new", "unpacked"))


def test_which_database_a_machine_has() -> None:
    assert packages.look(bare({("stat", packages.PACMAN): {"kind": "folder"}})).system == "pacman"
    assert packages.look(bare({("which", "rpm"): "/usr/bin/rpm"})).system == "rpm"
    with pytest.raises(ProbeError) as caught:
        packages.look(bare({("which", "rpm"): None}))
    assert caught.value.reason is Reason.INAPPLICABLE


def test_lists_of_packages_that_are_shut_to_us_are_told() -> None:
    said = {"code": 0, "out": "bash installed\n", "err": ""}
    needs = {"code": 0, "out": "bash\tinstalled\t\t,\n", "err": ""}
    seen = packages.look(
        bare(
            {
                ("stat", packages.STATUS): {"kind": "file"},
                ("run", "dpkg-query", "-W", "-f", packages.STATES): said,
                ("run", "dpkg-query", "-W", "-f", packages.NEEDS): needs,
                ("listdir", packages.INFO): ProbeError(Reason.FORBIDDEN),
            }
        )
    )
    assert (seen.system, seen.unlisted, seen.unseen) == (
        "dpkg",
        (),
        (Gap(packages.INFO, Reason.FORBIDDEN, question="listdir"),),
    )


def test_a_kernel_of_the_same_flavour_waits() -> None:
    installed = ["6.1.0-30-amd64", "6.1.0-50-amd64", "6.9.0-1-cloud-amd64"]
    assert reboots.newest(installed, "6.1.0-30-amd64") == "6.1.0-50-amd64"
    assert reboots.newest(installed, "6.1.0-50-amd64") is None
    assert reboots.newest(installed, "6.12.1-host") is None


def test_the_end_of_a_release() -> None:
    assert releases.linux_end("debian", "12") == "2028-06-30"
    assert releases.linux_end("rhel", "9.4") == "2032-05-31"
    assert releases.linux_end("arch", "") == ""
    assert releases.linux_end("fedora", "42") == "2026-05-13"
    assert releases.linux_end("altlinux", "10.4") == "2026-06-30"
    assert releases.linux_end("altlinux", "20261001") == ""
    assert releases.support_end({"SUPPORT_END": "2032-05-31"}) == "2032-05-31"
    assert releases.support_end({"SUPPORT_END": "soon"}) is None
    assert releases.linux_end("slackware", "15.0") is None
    assert releases.windows_end(26100, "Professional") == "2026-10-13"
    assert releases.windows_end(26100, "EnterpriseS") == "2029-10-09"
    assert releases.windows_end(26100, "Enterprise") == "2027-10-12"
    assert releases.windows_end(19044, "IoTEnterpriseS") == "2032-01-13"
    assert releases.windows_end(1, "Professional") is None


@any_of(st.text(max_size=200))
def test_no_text_breaks_the_parsers(text: str) -> None:
    packages.parse_status(text)
    packages.needs(text)
    releases.parse_os_release(text)
    reboots.newest(text.split(), "6.1.0-amd64")


@pytest.mark.parametrize(
    ("line", "account"),
    [
        ("mailq root 2755 /usr/sbin/mailq", "mailq"),
        ("root mailq 2755 /usr/sbin/mailq", "mailq"),
        ("root root 0755 /usr/bin/x", None),
        ("#107 root 0755 /usr/bin/x", None),
    ],
)
def test_rights_of_accounts_that_do_not_exist(line: str, account: str | None) -> None:
    told = {
        ("read", packages.OVERRIDES): f"{line}\n",
        ("read", "/etc/passwd"): "root:x:0:0::/root:/bin/sh\n",
        ("read", "/etc/group"): "root:x:0:\n",
    }
    found = packages.override(given(told), Supplements(given(told)))
    assert (found and found.account) == account
