"""Every volume that is meant to be there is mounted."""

from collections.abc import Iterator
from functools import partial

from techkit import Check, Fact, Finding, Host, Reason, Record, Severity, Unseen, attempt, critical, info, warning
from techkit.readings.disk import fstab, mapped_drives, share_refusals, shares, windows_disks
from techkit.readings.os import kernel_log

ON_PURPOSE = {"", "policy", "second_way"}
"""OfflineReasons of disks that are offline on purpose, or seen twice."""


class Seen(Record, frozen=True):
    """Failing fstab lines and network folders; on Windows network drives and offline disks."""

    lines: tuple[fstab.Unheld, ...] = ()
    folders: tuple[shares.Share, ...] = ()
    drives: tuple[mapped_drives.Drive, ...] = ()
    offline: tuple[windows_disks.Offline, ...] = ()
    refusals: tuple[share_refusals.Refusal, ...] = ()
    waited_for: tuple[shares.Waiting, ...] = ()
    """servers that the kernel waits for"""


class Limits(Record, frozen=True):
    """`fresh` in seconds: older refusals do not matter any more."""

    fresh: float = 24 * 3600


def probe(host: Host) -> Seen:
    """Compare what should be mounted with what is."""
    if host.system == "windows":
        return Seen(
            drives=mapped_drives.drives(host),
            offline=attempt(partial(windows_disks.offline, host), (), *Reason),
            refusals=share_refusals.refusals(host),
        )
    told = attempt(partial(kernel_log.kernel_log, host), (), *Reason)
    return Seen(
        lines=fstab.unheld(host),
        folders=shares.shares(host),
        waited_for=shares.waited_for(told, host.now()),
    )


def judge(seen: Seen, limits: Limits) -> Iterator[Finding | Unseen]:
    """A line that is wrong, a volume that is not there, and a network drive whose server does not answer."""
    for line in seen.lines:
        yield _of_line(line)
    yield from _shares(seen, limits)
    for drive in seen.drives:
        facts: dict[str, Fact] = {"volume": drive.volume, "device": drive.device, "server": drive.server}
        if drive.unseen:
            yield Unseen(drive.volume, drive.unseen, drive.detail)
        elif drive.state != "open":
            severity = Severity.INFO if drive.away else Severity.WARNING
            told = facts | {"port": drive.port, "state": drive.state}
            yield Finding("drive_unreachable", severity, drive.volume, told)
    yield from _refused(seen, limits)
    for disk in seen.offline:
        severity = Severity.INFO if disk.reason in ON_PURPOSE else Severity.WARNING
        told = {"disk": disk.disk, "model": disk.model, "reason": disk.reason or None}
        yield Finding("disk_offline", severity, disk.model or disk.disk, told)


def _shares(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """A server of which a folder is mounted has just been asked itself."""
    for share in seen.folders:
        if share.state != "there":
            where: dict[str, Fact] = {"volume": share.volume, "device": share.device, "filesystem": share.filesystem}
            if share.state == "stale":
                yield critical("share_stale", share.volume, **where)
            else:
                yield critical("share_silent", share.volume, **where, seconds=shares.PATIENCE)
    for one in seen.waited_for:
        if one.age <= limits.fresh and not any(one.server in share.device for share in seen.folders):
            yield warning("server_silent", one.server, server=one.server)


def _refused(seen: Seen, limits: Limits) -> Iterator[Finding]:
    """A note: the request may have come from a program that scans the network."""
    for one in seen.refusals:
        if one.age > limits.fresh:
            continue
        if one.kind == "guest":
            yield info("guest_refused", one.server, server=one.server, count=one.count, age=one.age)
        else:
            yield info("old_protocol", one.server, server=one.server, count=one.count, age=one.age)


def _of_line(line: fstab.Unheld) -> Finding:
    """A missing `nofail` volume is a note; one that is present and not mounted has failed anyway."""
    facts: dict[str, Fact] = {
        "file": fstab.PATH, "line": line.line, "text": line.text, "fault": line.fault or None,
        "volume": line.volume or None, "device": line.device or None, "filesystem": line.filesystem or None,
        "disk": line.disk,
    }  # fmt: skip
    loud = Severity.INFO if line.optional else Severity.CRITICAL
    if line.fault:
        return warning("broken_line", f"{fstab.PATH}:{line.line}", **facts)
    if line.filesystem == "swap":
        return Finding("swap_absent", Severity.INFO if line.optional else Severity.WARNING, line.device, facts)
    if line.device_there is False:
        return Finding("device_absent", loud, line.volume, facts)
    if not line.folder_there:
        return warning("folder_absent", line.volume, **facts)
    if line.network:
        return Finding("share_missing", loud, line.volume, facts)
    if line.filesystem == "tmpfs" or (line.optional and line.device_there):
        loud = Severity.WARNING
    return Finding("missing", loud, line.volume, facts)


CHECK = Check(probe=probe, judge=judge, limits=Limits())
