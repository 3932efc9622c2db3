"""ClamAV's database and updater, from headers and logs that real ones wrote."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason
from techkit.readings.antivirus import clamav
from techkit.readings.os.services import Unit

GONE = ProbeError(Reason.MISSING, "gone")
SHUT = ProbeError(Reason.FORBIDDEN, "shut")
HEADER = "ClamAV-VDB:07 Jul 2026 10-05 +0000:27692:2077000:90:X:X:builder:1783418700" + " " * 40
OLD_HEADER = "ClamAV-VDB:16 Sep 2021 08-32 -0400:62:6647427:90:X:X:sigmgr:" + " " * 40
BEGUN = "ClamAV update process started at Wed Nov 25 03:00:00 2026\n"
STAMP = "Wed Nov 25 03:17:49 2026 -> "
RECORDED = f"""\
Started clamav-freshclam.service - ClamAV virus database updater.
{STAMP}ClamAV update process started at Wed Nov 25 03:17:49 2026
WARNING: {STAMP}Can't query current.cvd.clamav.net
WARNING: {STAMP}Invalid DNS reply. Falling back to HTTP mode.
{STAMP}Testing database: '/var/lib/clamav/tmp.6d3e597aed/clamav-17a061775851bee9334626a9cc63e09b.tmp-own.ndb' ...
{STAMP}Database test passed.
{STAMP}own.ndb updated (version: custom database, sigs: 1)
"""
RECORDED_LOST = f"""\
Started clamav-freshclam.service - ClamAV virus database updater.
{STAMP}ClamAV update process started at Wed Nov 25 03:17:51 2026
WARNING: {STAMP}Can't query current.cvd.clamav.net
WARNING: {STAMP}downloadFile: file not found: http://clamav.example/gone.ndb
WARNING: {STAMP}Can't download gone.ndb from http://clamav.example/gone.ndb
{STAMP}Trying again in 5 secs...
"""
GOOD = (
    BEGUN
    + "daily.cvd database is up-to-date (version: 27692, sigs: 2077000, f-level: 90, builder: svc.clamav-publisher)\n"
    + "main.cvd database is up-to-date (version: 62, sigs: 6647427, f-level: 90, builder: sigmgr)\n"
)
LOST = (
    BEGUN
    + "WARNING: downloadFile: file not found: http://clamav.example/gone.ndb\n"
    + "WARNING: Can't download gone.ndb from http://clamav.example/gone.ndb\n"
    + "ERROR: Database update process failed: HTTP GET failed\n"
    + "ERROR: Update failed.\n"
)
PATCH_MISSING = (
    BEGUN
    + "WARNING: getpatch: Can't download daily-27691.cdiff from database.clamav.net\n"
    + "daily.cvd updated (version: 27692, sigs: 2077000, f-level: 90, builder: svc.clamav-publisher)\n"
)
NO_NETWORK = (
    BEGUN
    + "WARNING: Can't query current.cvd.clamav.net\n"
    + "ERROR: Can't download daily.cvd from https://database.clamav.net/daily.cvd\n"
)


def unit(name: str = "clamav-freshclam.service", **more: Any) -> Unit:
    return Unit(name, loaded=True, **more)


def units(*some: Unit) -> dict[str, Unit]:
    return {name: Unit(name) for name in clamav.UNITS} | {one.name: one for one in some}


def host(**files: str) -> Any:
    answers: dict[tuple[Any, ...], Any] = {("stat", path): GONE for path in clamav.HOOK}
    for folder in clamav.CRON_FOLDERS:
        answers["listdir", folder] = []
    for table in clamav.CRONTABS:
        answers["read", table] = GONE
    for path, text in files.items():
        folder, _, name = path.rpartition("/")
        answers["read", path] = text
        answers["listdir", folder] = [name]
    return answers


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (HEADER, 1783418700),
        (OLD_HEADER, 1631795520),  # 12:32 in UTC
        ("ClamAV-VDB:16 Sep 2021 08-32 +0000:62", 1631781120),
        ("ClamAV-VDB:99 Sep 2021 08-32 +0000:62", None),
        ("ClamAV-VDB:nonsense", None),
        ("\0\0\0\0", None),
        ("", None),
    ],
)
def test_when_a_part_was_built(text: str, moment: float | None) -> None:
    found = clamav.parse_header(text)
    assert found == moment


def test_settings_hold_each_option_as_often_as_it_stands_there() -> None:
    text = '# note\nDatabaseMirror a\nDatabaseMirror b\nDatabaseDirectory "/srv/clam av"\nExample\n'
    assert clamav.parse_settings(text) == {"DatabaseMirror": ("a", "b"), "DatabaseDirectory": ("/srv/clam av",)}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (GOOD, "succeeded"),
        (RECORDED, "succeeded"),
        (RECORDED_LOST, "refused"),
        (RECORDED_LOST + RECORDED, "succeeded"),
        (LOST, "refused"),
        (LOST + GOOD, "succeeded"),
        (GOOD + LOST, "refused"),
        (PATCH_MISSING, "succeeded"),
        (NO_NETWORK, "unreached"),
        (BEGUN, "unfinished"),
        (BEGUN + "ERROR: Can't create temporary directory: No space left on device\n", "failed"),
        ("", "unknown"),
        ("Received signal: wake up\n", "unknown"),
        ("Wed Nov 25 03:00:00 2026 -> ^" + LOST, "refused"),
    ],
)
def test_how_the_last_update_ended(text: str, outcome: str) -> None:
    assert clamav.parse_attempt(text).outcome == outcome


@pytest.mark.parametrize(
    ("some", "state"),
    [
        (units(unit(active="active", sub="running", startup="enabled")), "running"),
        (units(unit(startup="disabled")), "disabled"),
        (units(unit(startup="masked")), "masked"),
        (units(unit(active="failed", startup="enabled", result="exit-code")), "failed"),
        (units(unit("freshclam.service", startup="enabled")), "waiting"),
        (units(unit("freshclam.timer", active="active")), "running"),
        (units(), "absent"),
        ({}, "unknown"),
    ],
)
def test_what_the_updater_does(some: dict[str, Unit], state: str) -> None:
    assert clamav.updater(given(host()), some)[1] == state


@pytest.mark.parametrize(
    "files",
    [
        {"/etc/cron.d/clamav-freshclam": "0 * * * * clamav /usr/bin/freshclam --quiet\n"},
        {"/etc/cron.d/clamav-update": "0 */3 * * * root /usr/share/clamav/freshclam-sleep\n"},
        {"/etc/cron.daily/ours": "#!/bin/sh\n/usr/bin/freshclam\n"},
        {"/var/spool/cron/crontabs/root": "5 4 * * * freshclam\n"},
    ],
)
def test_cron_replaces_the_updater(files: dict[str, str]) -> None:
    assert clamav.updater(given(host(**files)), units(unit(startup="disabled")))[1] == "replaced"


@pytest.mark.parametrize(
    "files",
    [
        {"/etc/cron.daily/ours": "#!/bin/sh\n# freshclam is run by hand\n"},
        {"/var/spool/cron/crontabs/root": "#5 4 * * * freshclam\n"},
    ],
)
def test_a_comment_replaces_nothing(files: dict[str, str]) -> None:
    assert clamav.updater(given(host(**files)), units(unit(startup="disabled")))[1] == "disabled"


def test_debians_network_hook_does_nothing_without_its_list_of_networks() -> None:
    hook, interfaces = clamav.HOOK
    there = {"kind": "file"}
    disabled = units(unit(startup="disabled"))
    assert clamav.updater(given(host() | {("stat", hook): there}), disabled)[1] == "disabled"
    assert (
        clamav.updater(given(host() | {("stat", hook): there, ("stat", interfaces): there}), disabled)[1] == "replaced"
    )
    assert (
        clamav.updater(given(host() | {("stat", hook): there, ("stat", interfaces): SHUT}), disabled)[1] == "replaced"
    )


def database(names: Any, **heads: Any) -> clamav.Database:
    answers: dict[tuple[Any, ...], Any] = {
        ("read", path): GONE for path in (*clamav.FRESHCLAM_CONF, *clamav.CLAMD_CONF)
    }
    answers["listdir", clamav.FOLDER] = names
    for name, head in heads.items():
        answers["head", f"{clamav.FOLDER}/{name}", clamav.HEADER] = head
    answers["stat", f"{clamav.FOLDER}/lab.ndb"] = {"modified": 1_700_000_000.0}
    return clamav.database(given(answers))


def test_the_newest_daily_part_dates_the_database() -> None:
    found = database(["daily.cld", "main.cvd", "lab.ndb"], **{"daily.cld": HEADER, "main.cvd": OLD_HEADER})
    assert found.dated == 1783418700
    assert found.damaged == ()


def test_a_folder_without_signatures() -> None:
    assert database(["freshclam.dat", "mirrors.dat"]) == clamav.Database(clamav.FOLDER)
    assert database(GONE) == clamav.Database(clamav.FOLDER)
    assert database(SHUT).unseen is Reason.FORBIDDEN


def test_a_part_that_does_not_begin_as_it_must_is_damaged() -> None:
    assert database(["daily.cvd"], **{"daily.cvd": "\\x00\\x00"}).damaged == ("daily.cvd",)


def test_servers_that_do_not_answer_are_told() -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("read", clamav.FRESHCLAM_CONF[0]): "DatabaseMirror db.local.clamav.net\nDatabaseMirror database.clamav.net\n",
        ("connect", "database.clamav.net", 443): {"state": "timeout", "milliseconds": None},
        ("connect", "db.local.clamav.net", 443): ProbeError(Reason.TIMEOUT, "name"),
    }
    assert clamav.unreached(given(answers)) == ("database.clamav.net", "timeout")
    answers["connect", "database.clamav.net", 443] = {"state": "open", "milliseconds": 9}
    assert clamav.unreached(given(answers)) is None


OWN = "http://clamav.example/own.ndb"


def test_only_the_place_that_the_updater_missed_is_asked() -> None:
    answers = {
        ("read", "/etc/clamav/freshclam.conf"): f"DatabaseMirror database.clamav.net\nDatabaseCustomURL {OWN}\n",
        ("connect", "clamav.example", 80): {"state": "unresolved", "milliseconds": None},
        ("connect", "database.clamav.net", 443): {"state": "open", "milliseconds": 9},
    }
    message = f"Can't download own.ndb from {OWN}"
    assert clamav.unreached(given(answers)) is None
    assert clamav.unreached(given(answers), message) == ("clamav.example", "unresolved")


@pytest.mark.parametrize(
    ("said", "settings", "told"),
    [
        pytest.param({"status": 404}, "", f"{OWN}: HTTP 404", id="gone"),
        pytest.param({"status": 200}, "", "", id="there"),
        pytest.param(ProbeError(Reason.TIMEOUT), "", "", id="silent"),
        pytest.param({"status": 404}, "HTTPProxyServer proxy.example\n", "", id="asked for by a proxy"),
    ],
)
def test_the_place_that_was_missed_before_the_network_came_up_is_asked_again(
    said: Any, settings: str, told: str
) -> None:
    answers = {("read", "/etc/clamav/freshclam.conf"): f"{settings}DatabaseCustomURL {OWN}\n", ("http", OWN, ""): said}
    assert clamav.refused(given(answers), f"Can't download own.ndb from {OWN}") == told
    assert not clamav.refused(given(answers), "Trying again in 5 secs...")


@pytest.mark.parametrize(
    ("mode", "uid", "kept_out"),
    [
        (0o755, 106, False),
        (0o700, 106, False),
        (0o775, 0, False),
        (0o700, 0, True),
        (0o755, 0, True),
        (0o555, 106, True),
    ],
)
def test_a_folder_that_is_shut_to_the_updater(mode: int, uid: int, kept_out: bool) -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("read", "/etc/clamav/freshclam.conf"): "DatabaseOwner clamav\n",
        ("read", "/etc/clamav/clamd.conf"): GONE,
        ("read", "/etc/clamd.d/scan.conf"): GONE,
        ("read", "/etc/clamd.conf"): GONE,
        ("read", "/etc/passwd"): "root:x:0:0::/root:/bin/sh\nclamav:x:106:113::/var/lib/clamav:/bin/false\n",
        ("listdir", "/var/lib/clamav"): ["daily.cvd"],
        ("head", "/var/lib/clamav/daily.cvd", clamav.HEADER): HEADER,
        ("stat", "/var/lib/clamav"): {"kind": "folder", "mode": mode, "uid": uid, "gid": 113},
    }
    for listed in (["daily.cvd"], SHUT):  # whom it is shut to, too
        answers["listdir", "/var/lib/clamav"] = listed
        found = clamav.database(given(answers))
        assert (found.owner, found.rights) == (("clamav", f"{mode:04o}") if kept_out else (None, None))


def test_why_a_daemon_did_not_start() -> None:
    text = (
        "Starting clamav-daemon.service - Clam AntiVirus userspace daemon...\n"
        "ERROR: Parse error at /etc/clamav/clamd.conf:8: Unknown option Old\n"
        "Starting clamav-daemon.service - Clam AntiVirus userspace daemon...\n"
        "LibClamAV Error: cli_cvdload: Corrupted CVD header\n"
        "LibClamAV Error: Can't load /var/lib/clamav/daily.cvd: Malformed database\n"
        "ERROR: Wed Nov 25 04:43:38 2026 -> Malformed database\n"
    )
    assert clamav.parse_complaint(text) == clamav.Complaint(("daily.cvd",))
    text += "Starting clamav-daemon.service\nERROR: Parse error at /etc/clamav/clamd.conf:88: Unknown option Scan\n"
    assert clamav.parse_complaint(text) == clamav.Complaint((), "/etc/clamav/clamd.conf", "88", "Unknown option Scan")
    assert clamav.parse_complaint("") == clamav.Complaint()


@pytest.mark.parametrize(
    ("uid", "mode", "shut"),
    [(0, 0o600, "0600"), (0, 0o644, None), (105, 0o600, None), (0, 0o640, None), (105, 0o000, "0000")],
)
def test_signatures_that_the_engine_may_not_read(uid: int, mode: int, shut: str | None) -> None:
    host = given(
        {
            ("read", clamav.FRESHCLAM_CONF[0]): "Checks 24\n",
            ("read", clamav.CLAMD_CONF[0]): "User clamav\n",
            ("read", "/etc/passwd"): "clamav:x:105:109::/var/lib/clamav:/bin/false\n",
            ("stat", clamav.FOLDER): {"kind": "folder", "uid": 105, "mode": 0o755},
            ("listdir", clamav.FOLDER): ["own.ndb"],
            ("stat", f"{clamav.FOLDER}/own.ndb"): {"uid": uid, "mode": mode, "modified": 1.0},
        }
    )
    found = clamav.database(host).shut
    assert found == (f"{clamav.FOLDER}/own.ndb", "clamav", shut) if shut else found is None


@pytest.mark.parametrize(("text", "lost"), [("LocalSocket /run/x\n", "/run/x"), ("TCPSocket 3310\n", "")])
def test_a_socket_that_is_gone(text: str, lost: str) -> None:
    host = given({("read", clamav.CLAMD_CONF[0]): text, ("stat", "/run/x"): GONE})
    assert clamav.lost_socket(host) == lost
