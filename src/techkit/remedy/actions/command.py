"""Runs one program with its arguments, never a shell; undone by an inverse command, if the page gives one."""

from __future__ import annotations

import ntpath
import re
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError
from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, Shown, program, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techkit.host import Host

LONGEST = 3600
"""Seconds that a page may give a program."""
NEVER = re.compile(
    r"mkfs.*|mkswap|mke2fs|mkntfs|mkdosfs|newfs.*|format|dd|shred|scrub|wipefs|blkdiscard|hdparm|nvme|sg_.*"
    r"|[sc]?fdisk|[sc]?gdisk|parted|partprobe|diskpart|(lv|vg|pv)(remove|reduce|create|convert)|cryptsetup|zpool|zfs"
    r"|rm|rmdir|unlink|del|erase|rd|truncate|find|fd|cp|mv|tee|install|ln|rename|move|copy|x?copy|robocopy|tar|unzip"
    r"|(ba|da|k|z|c|tc|fi|a)?sh|busybox|toybox|cmd|command|pwsh|[cw]script|mshta|rundll32|regsvr32|wmic|forfiles"
    r"|python.*|pythonw.*|perl.*|ruby.*|node.*|php.*|lua.*|tclsh.*|[gmn]?awk|sed|ed|ex|vim?|nano|emacs|expect|script"
    r"|env|xargs|parallel|timeout|nice|ionice|nohup|setsid|stdbuf|chrt|taskset|flock|watch|systemd-run|at|batch|crontab"
    r"|sudo|su|doas|pkexec|run0|runuser|runas|psexec.*|chroot|nsenter|unshare|start-stop-daemon|strace|gdb|schtasks"
    r"|grub.*|update-grub.*|efibootmgr|lilo|extlinux|syslinux|bootctl|bcdedit|bootrec|bootsect|bcdboot|refind.*"
    r"|passwd|chpasswd|smbpasswd|gpasswd|vipw|vigr|visudo|user(add|del|mod)|group(add|del|mod)|adduser|deluser"
    r"|addgroup|delgroup|newusers|net1?|cmdkey|htpasswd"
    r"|kill|p?kill|killall.*|x?kill|taskkill|shutdown|reboot|poweroff|halt|(tel)?init|setenforce|aa-.*|auditctl"
    r"|msiexec|winget|choco|scoop|pip.*|npm|gem|reg|regedit|cipher|vssadmin|wbadmin|wevtutil|fsutil|format.*"
    r"|curl|wget.*|scp|s?ftp|rsync|ssh|nc|ncat|netcat|socat|telnet|bitsadmin|certutil|mail.*|sendmail",
    re.IGNORECASE,
)
"""Formatting, partitioning, deleting, shells and launchers, boot loaders, passwords, uploads: never."""
REFUSED = (
    ("systemctl",
     r"(stop|disable|mask|kill)\b.*\b(clam|freshclam|firewalld|ufw|nftables|iptables|apparmor|auditd|fail2ban)"),
    ("systemctl",
     r"\b(reboot|poweroff|halt|kexec|rescue|emergency|edit|set-default|isolate|soft-reboot)\b"),
    ("apt|apt-get|aptitude|dnf.*|yum|zypper|apk|urpm.|eopkg|xbps.*|snap|flatpak",
     r"\b(remove|purge|autoremove|del|erase|rm|uninstall)\b|-y?R"),
    ("pacman", r"-\w*R|--remove"),
    ("dpkg", r"(^| )(-r|-P|--remove|--purge|--force\S*|--clear\S*)"),
    ("rpm", r"(^| )(-e|--erase|--nodeps|--force|-\w*F)"),
    ("journalctl", r"--(vacuum|rotate|setup-keys)"),
    ("ufw", r"\b(disable|reset)\b"),
    ("nft", r"\b(flush|reset)\b|\b(delete|destroy)\s+(table|chain)\b|(^| )-\w*f|--file"),
    ("ip6?tables.*|ebtables|arptables", r"(^| )(-\w*[FXZP]|--flush|--delete-chain|--policy)"),
    ("firewall-cmd", r"--(panic|set-default-zone=trusted|remove-)"),
    ("netsh", r"\b(reset|delete|dump|exec)\b|\bstate\s+(off|disable)|opmode.*disable|(^| )-f"),
    ("sc", r"\b(delete|create|stop|failure|sdset)\b|\bstart=\s*disabled"),
    ("chmod|chown|chgrp|chattr|setfacl|icacls|takeown", r"(^| )(-\w*R|--recursive|/[tr]\b)"),
    ("mount|umount|swapon|swapoff", r"(^| )-\w*[fl]\b|--(force|lazy|bind|move)"),
    ("fsck.*|e2fsck", r"(^| )-\w*[cLlE]"),
    ("sysctl", r"(^| )(-p|--system|--load)|="),
    ("ip", r"\b(netns|flush)\b|(^| )-(b|batch|force)"),
    ("powershell", (
     r"-(e|en|enc\S*|ec|f|file)\b|-ex\S*|\b(rm|del|rd|ri|iex|icm|iwr|irm|saps|kill|format)\b|"
     r"\b(Remove|Clear|Format|Initialize|Uninstall|Disable|Stop|Invoke|Start|New-Partition|Resize|Set-Partition|Set-Disk)-|"
     r"-Disable\w*\s+(\$true|1)|Enabled\s+False|\[.*\]|[&|;`$<>(){}]")),
)  # fmt: skip
"""Allowed programs, and their forbidden arguments."""


class Action(Record, frozen=True):
    """The step's arguments: the program and its arguments; one in braces is a fact, always a whole argument."""

    argv: tuple[str, ...]
    undo: tuple[str, ...] = ()
    fine: tuple[int, ...] = (0,)
    """Exit codes that mean success."""
    patience: int = 95
    """Seconds that it may take."""

    def __post_init__(self) -> None:
        for argv in (self.argv, self.undo) if self.undo else (self.argv,):
            hold(argv)
        if not 1 <= self.patience <= LONGEST:
            raise ValueError(f"a program is given 1 to {LONGEST} seconds")


def hold(argv: tuple[str, ...]) -> None:
    """Raise ValueError for anything but a plain call of one program that is not forbidden."""
    if not argv or not all(argv):
        raise ValueError("a command has a program and no empty argument")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]*|/usr/(lib|libexec|s?bin|share)/[A-Za-z0-9/._+-]+", argv[0]):
        raise ValueError(f"{argv[0]!r} is not the plain name of a program")
    for argument in argv[1:]:
        if not ONE_FACT.fullmatch(argument) and re.search(r"[{}]", argument):
            raise ValueError(f"in {argument!r} a fact is only a part of an argument")
    if why := forbidden(argv):
        raise ValueError(f"{why} is forbidden")


def forbidden(argv: tuple[str, ...]) -> str:
    """What is forbidden in a command; empty if it is allowed."""
    called = re.sub(r"\.(exe|com|bat|cmd|ps1)$", "", ntpath.basename(argv[0]).casefold())
    if NEVER.fullmatch(called) or argv[0].casefold().endswith((".bat", ".cmd", ".ps1", ".vbs")):
        return argv[0]
    said = " ".join(argv[1:])
    for name, pattern in REFUSED:
        if re.fullmatch(name, called) and re.search(
            pattern, said, re.IGNORECASE if name in {"powershell", "netsh", "sc"} else 0
        ):
            return " ".join(argv)
    if called == "powershell" and any(ONE_FACT.fullmatch(argument) for argument in argv):
        return "a fact in the text of a script"
    return ""


def undoable(action: Action) -> bool:
    """Whether the page gives an inverse."""
    return bool(action.undo)


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Fill in the facts; nothing is run."""
    argv, undo = _filled(action.argv, facts), _filled(action.undo, facts) if action.undo else []
    try:
        found = host.which(argv[0])
    except ProbeError as error:
        raise ActionError("fix.no_program", what=argv[0]) from error
    if not found:
        raise ActionError("fix.no_program", what=argv[0])
    shown = [Shown("fix.runs", {"command": spoken(argv)})]
    shown += [Shown("fix.undone_by", {"command": spoken(undo)})] if undo else []
    before = {"undo": undo}
    after = {"argv": argv, "fine": list(action.fine), "patience": action.patience}
    return Change("command", before, after, tuple(shown), undoable=bool(undo))


def _filled(argv: tuple[str, ...], facts: Mapping[str, Fact]) -> list[str]:
    filled = [argv[0], *(word(argument, facts) for argument in argv[1:])]
    if forbidden(tuple(filled)):
        raise ActionError("fix.never_runs", command=spoken(filled))
    return filled


def spoken(argv: Sequence[str]) -> str:
    """A command as one would type it."""
    import shlex

    return shlex.join(argv)


def apply(_before: dict[str, Any], after: dict[str, Any]) -> None:
    """Run it."""
    _run(after["argv"], after)


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Run its inverse."""
    _run(before["undo"], after)


def _run(argv: list[str], after: dict[str, Any]) -> None:
    if forbidden(tuple(argv)):
        raise ActionError("fix.never_runs", command=spoken(argv))
    program(*argv, patience=after["patience"], fine=tuple(after["fine"]), DEBIAN_FRONTEND="noninteractive")
