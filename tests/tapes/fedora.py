"""Writes the tape of a Fedora workstation: `python tests/tapes/fedora.py` after every change; a test compares.

None was at hand to be recorded. What every Linux machine answers alike is taken from the recorded Debian; what Fedora
answers otherwise is written from its documentation, each answer with its source.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
NAME = "fedora-workstation"
SAME = "recorded on Debian 12, debian-healthy.json: alike on every Linux machine"
SYSTEMD = "https://www.freedesktop.org/software/systemd/man/latest/"
OS_RELEASE = """NAME="Fedora Linux"
VERSION="44 (Workstation Edition)"
ID=fedora
VERSION_ID=44
PLATFORM_ID="platform:f44"
PRETTY_NAME="Fedora Linux 44 (Workstation Edition)"
VARIANT_ID=workstation
"""
DNF = "[main]\ngpgcheck=True\ninstallonly_limit=3\nclean_requirements_on_remove=True\nbest=False\n"
OTHERWISE = (
    "apt", "bash.bashrc", "clam", "chrony", "cron", "debian", "dpkg", "freshclam", "locale", "machine", "modules",
    "nsswitch", "os-release", "packages", "rkhunter", "systemctl", "systemd", "unattended", "which",
)  # fmt: skip
"""Words in questions that Debian answers in its own way."""
ABSENT = (
    "/etc/apt", "/etc/bash.bashrc", "/etc/clamav", "/etc/environment.d", "/etc/yum.conf", "/run/reboot-required",
    "/usr/lib/modules", "/lib/modules", "/var/lib/clamav", "/var/lib/dpkg", "/var/lib/pacman", "/var/log/clamav",
    "/var/run/clamav", "/run/clamav", "/var/log/unattended-upgrades", "/etc/systemd/system", "/etc/cron",
    "/run/systemd/generator.late", "/run/systemd/netif", "/etc/clamd", "/etc/freshclam", "/etc/default/locale",
)  # fmt: skip
"""What Fedora does not have, or has empty until somebody changes it."""
EMPTY = ("/run/systemd/system", "/var/lib/systemd/pstore", "/etc/systemd/system", "/var/spool/cron")
NOT_THERE = (
    ["listdir", "/etc/chrony/conf.d"], ["listdir", "/etc/chrony/sources.d"], ["read", "/etc/chrony/chrony.conf"],
    ["listdir", "/etc/chrony.d"], ["listdir", "/run/chrony-dhcp"],
    ["listdir", "/var/spool/cron/crontabs"], ["listdir", "/var/spool/cron/tabs"], ["listdir", "/etc/crontabs"],
    ["read", "/etc/clamd.d/scan.conf"], ["read", "/etc/sssd/sssd.conf"], ["stat", "/var/lib/pacman/local"],
    ["stat", "/var/lib/dpkg"], ["stat", "/var/lib/dpkg/info"], ["stat", "/run/systemd/netif/links/2"],
)  # fmt: skip
CHRONY = "pool 2.fedora.pool.ntp.org iburst\ndriftfile /var/lib/chrony/drift\nmakestep 1.0 3\nrtcsync\n"
UNITS = (
    ("NetworkManager.service", "active", "running", "Network Manager"),
    ("auditd.service", "active", "running", "Security Audit Logging Service"),
    ("chronyd.service", "active", "running", "NTP client/server"),
    ("dbus-broker.service", "active", "running", "D-Bus System Message Bus"),
    ("firewalld.service", "active", "running", "firewalld - dynamic firewall daemon"),
    ("gdm.service", "active", "running", "GNOME Display Manager"),
    ("systemd-journald.service", "active", "running", "Journal Service"),
    ("systemd-resolved.service", "active", "running", "Network Name Resolution"),
    ("dnf-makecache.timer", "active", "waiting", "dnf makecache --timer"),
)


def written() -> str:
    """The tape, an answer on each line."""
    debian = json.loads((FOLDER / "debian-healthy.json").read_text(encoding="utf-8"))
    entries = [
        entry | {"source": SAME}
        for entry in debian["answers"]
        if not any(word in json.dumps(entry["ask"]) for word in OTHERWISE)
    ]
    entries += [lacking for entry in debian["answers"] if (lacking := _lacking(entry["ask"]))]
    entries += [shown for entry in debian["answers"] if (shown := _shown(entry["ask"]))]
    entries += _own(next(entry["answer"] for entry in debian["answers"] if entry["ask"] == ["machine"]))
    head = {
        "system": "linux",
        "now": debian["now"],
        "source": "Fedora Linux 44 Workstation with nothing wrong, written by hand",
    }
    lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
    return json.dumps(head)[:-1] + ', "answers": [\n' + ",\n".join(lines) + "\n]}\n"


def _lacking(ask: list[Any]) -> dict[str, Any] | None:
    """What is not there."""
    if ask[0] == "which" and ask[1] != "rpm":
        return _says("https://docs.fedoraproject.org/en-US/releases/", ask, None)
    if ask[0] not in {"read", "head", "listdir", "stat", "largest"} or not str(ask[1]).startswith(ABSENT):
        return None
    error = ["missing", f"{ask[1]}: No such file or directory"]
    return {"ask": ask, "error": error, "source": "https://docs.fedoraproject.org/en-US/releases/"}


def _shown(ask: list[Any]) -> dict[str, Any] | None:
    """What systemctl shows of the units that somebody asks for: those of Fedora run, others are not there."""
    if ask[:2] != ["run", "systemctl"] or "--" not in ask:
        return None
    known = {unit: (active, sub, words) for unit, active, sub, words in UNITS}
    blocks = []
    for name in ask[ask.index("--") + 1 :]:
        active, sub, words = known.get(name, ("inactive", "dead", name))
        load, enabled = ("loaded", "enabled") if name in known else ("not-found", "")
        blocks.append(
            f"Id={name}\nNames={name}\nDescription={words}\nLoadState={load}\nActiveState={active}\nSubState={sub}\n"
            f"UnitFileState={enabled}\nType=simple\nResult=success\nActiveEnterTimestampMonotonic=9000000\n"
        )
    return _says(f"{SYSTEMD}systemctl.html", ask, {"code": 0, "out": "\n".join(blocks), "err": ""})


def _own(machine: dict[str, Any]) -> list[dict[str, Any]]:
    """What is Fedora's own."""
    folder = {"kind": "folder", "size": 40, "mode": 493, "uid": 0, "gid": 0, "modified": 0.0, "link": None}
    file = folder | {"kind": "file", "size": 12, "mode": 420}
    lines = [f"{unit} loaded {active} {sub} {words}" for unit, active, sub, words in UNITS]
    listed = ["systemctl", "list-units", "--all", "--full", "--plain", "--no-legend", "--no-pager"]
    release = {"release": "Fedora Linux 44 (Workstation Edition)", "name": "fedora-1", "edition": "client"}
    release_page = "https://docs.fedoraproject.org/en-US/releases/"
    return [
        _says(release_page, ["machine"], machine | release),
        _says(f"{SYSTEMD}os-release.html", ["read", "/etc/os-release"], OS_RELEASE),
        _says("https://dnf.readthedocs.io/en/latest/conf_ref.html", ["read", "/etc/dnf/dnf.conf"], DNF),
        _says(f"{SYSTEMD}sd_booted.html", ["stat", "/run/systemd/system"], folder),
        _says(f"{SYSTEMD}systemctl.html", ["run", *listed], {"code": 0, "out": "\n".join(lines) + "\n", "err": ""}),
        _says(
            "https://docs.fedoraproject.org/en-US/fedora/latest/release-notes/",
            ["read", "/etc/nsswitch.conf"],
            "passwd: files systemd\nhosts: files myhostname resolve [!UNAVAIL=return] dns\n",
        ),
        _says("https://rpm.org/docs/", ["which", "rpm"], "/usr/bin/rpm"),
        _says("https://dnf.readthedocs.io/en/latest/", ["which", "dnf"], "/usr/bin/dnf"),
        _says("https://dnf.readthedocs.io/en/latest/", ["which", "zypper"], None),
        _says("https://networkmanager.dev/docs/api/latest/", ["stat", "/run/NetworkManager/devices/2"], file),
        _says(f"{SYSTEMD}locale.conf.html", ["read", "/etc/locale.conf"], 'LANG="en_US.UTF-8"\n'),
        _says("https://chrony-project.org/doc/4.6/chrony.conf.html", ["read", "/etc/chrony.conf"], CHRONY),
        _says(
            "https://chrony-project.org/doc/4.6/chronyc.html",
            ["run", "chronyc", "-c", "tracking"],
            {
                "code": 0,
                "out": "CB00710B,203.0.113.11,3,1795578000.1,0.0,0.0,0.0002,1.2,0.01,0.1,0.03,0.01,64.2,Normal\n",
                "err": "",
            },
        ),
        _says(
            "https://dnf.readthedocs.io/en/latest/command_ref.html#updateinfo-command",
            ["run", "dnf", "-C", "-q", "updateinfo", "list", "--security"],
            {"code": 0, "out": "", "err": ""},
        ),
        *(_says(f"{SYSTEMD}file-hierarchy.html", ["listdir", path], []) for path in EMPTY),
        *(
            {"ask": ask, "error": ["missing", f"{ask[1]}: No such file or directory"], "source": release_page}
            for ask in NOT_THERE
        ),
    ]


def _says(source: str, ask: list[Any], answer: Any) -> dict[str, Any]:
    return {"ask": ask, "answer": answer, "source": source}


if __name__ == "__main__":
    (FOLDER / f"{NAME}.json").write_text(written(), encoding="utf-8", newline="\n")
