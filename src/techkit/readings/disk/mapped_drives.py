r"""The network drives of the person at a Windows PC: HKU\<SID>\Network, and whether their servers answer."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record

if TYPE_CHECKING:
    from techkit.host import Host

SMB = 445
ASKED = {0x0002_0000, 0x002E_0000, 0x003B_0000}
"""ProviderType of what lies on a server: SMB, WebDAV, DFS; winnetwk.h. Folders of a virtual machine's host do not."""
_WEB = re.compile(r"(https?)://([^/:@\s]+)(?::(\d{1,5}))?", re.IGNORECASE)


class Drive(Record, frozen=True):
    """One persistent network drive; `state` of a connection to its server."""

    volume: str
    device: str = ""
    server: str = ""
    port: int = SMB
    state: str = ""
    away: bool = False
    """the machine is away from its domain, which is not resolvable here"""
    unseen: Reason | None = None
    detail: str = ""


def drives(host: Host) -> tuple[Drive, ...]:
    """The remembered drives of the person, each with the state of its server.

    Current connections prove nothing: Windows closes idle ones and reopens them on use, and shows an
    elevated program another list. Whether the server answers is the same for everybody.
    """
    person = str(host.person()["id"])
    try:
        letters = host.registry(rf"HKU\{person}\Network")["keys"]
    except ProbeError as error:
        if error.reason is not Reason.MISSING or attempt(lambda: host.registry(rf"HKU\{person}")) is None:
            return (Drive("HKU", unseen=error.reason, detail=person),)
        return ()
    found = [drive for letter in letters if (drive := _remembered(host, person, letter))]
    answers = host.side_by_side([partial(host.connect, drive.server, drive.port) for drive in found])
    away = any(not isinstance(answer, ProbeError) and answer["state"] != "open" for answer in answers) and _away(host)
    return tuple(
        Drive(drive.volume, drive.device, drive.server, drive.port, unseen=answer.reason, detail=answer.detail)
        if isinstance(answer, ProbeError)
        else Drive(drive.volume, drive.device, drive.server, drive.port, answer["state"], away=away)
        for drive, answer in zip(found, answers, strict=True)
    )


def _away(host: Host) -> bool:
    domain = str(host.machine().get("domain") or "")
    said = attempt(partial(host.resolve, domain), None, *Reason) if domain else None
    return said is not None and not said["addresses"]


def _remembered(host: Host, person: str, letter: str) -> Drive | None:
    values = host.registry(rf"HKU\{person}\Network\{letter}")["values"]
    host.private("person", str(values.get("UserName") or ""))
    kind = values.get("ProviderType")
    path = str(values.get("RemotePath") or "") if kind in ASKED or kind is None else ""
    target = parse_target(path)
    host.named("host", target[0] if target else "")
    return Drive(f"{letter.upper()}:", path, *target) if target else None


def parse_target(path: str) -> tuple[str, int] | None:
    r"""(server, port) of \\server\share, of \\server@SSL@8443\DavWWWRoot and of https://server/folder."""
    if web := _WEB.match(path):
        return web[2], int(web[3]) if web[3] else 443 if web[1].lower() == "https" else 80
    if not path.startswith("\\\\"):
        return None
    server, *marks = path[2:].partition("\\")[0].split("@")
    if not server:
        return None
    number = next((int(mark) for mark in marks if mark.isascii() and mark.isdigit()), 0)
    secure = any(mark.upper() == "SSL" for mark in marks)
    return server, number or (443 if secure else 80 if marks else SMB)
