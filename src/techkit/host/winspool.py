"""The printers of Windows and their jobs from the print spooler, which answers even when WMI is broken."""

from __future__ import annotations

import contextlib
from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.host.local import problem, valid

if TYPE_CHECKING:
    from techkit.host import Answer

LOCAL, CONNECTIONS = 0x2, 0x4
"""PRINTER_ENUM_LOCAL, PRINTER_ENUM_CONNECTIONS"""
NETWORK = 0x10
"""PRINTER_ATTRIBUTE_NETWORK: a queue of a print server"""
MOST_PRINTERS, MOST_JOBS = 100, 200


def queues() -> Answer:
    """{printers, jobs}: every queue by name, with the state of local ones.

    Level 4 comes from the registry at once, whereas opening the queue of an unreachable print server blocks.
    """
    spool, failure = import_module("win32print"), import_module("pywintypes").error
    try:
        listed = spool.EnumPrinters(LOCAL | CONNECTIONS, None, 4)
    except failure as error:
        raise problem(error, "EnumPrinters") from error
    printers: list[dict[str, Any]] = []
    jobs: list[dict[str, Any]] = []
    for one in listed[:MOST_PRINTERS]:
        name = one["pPrinterName"]
        about: dict[str, Any] = {}
        if not one["Attributes"] & NETWORK:
            with contextlib.suppress(failure):  # it was removed, or this person may not look
                about, waiting = _opened(spool, name)
                jobs += [job(name, raw) for raw in waiting]
        printers.append(printer(one | about))
    return {"printers": printers, "jobs": jobs}


def _opened(spool: Any, name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    handle = spool.OpenPrinter(name)
    try:
        return dict(spool.GetPrinter(handle, 2)), list(spool.EnumJobs(handle, 0, MOST_JOBS, 1))
    finally:
        spool.ClosePrinter(handle)


def printer(raw: dict[str, Any]) -> dict[str, Any]:
    """One queue from its PRINTER_INFO_2, or only its PRINTER_INFO_4: then `status` is None."""
    return {
        "name": valid(raw["pPrinterName"]),
        "server": valid(raw.get("pServerName") or ""),
        "port": valid(raw.get("pPortName") or ""),
        "attributes": raw["Attributes"],
        "status": raw.get("Status"),
    }


def job(name: str, raw: dict[str, Any]) -> dict[str, Any]:
    """One document from its JOB_INFO_1, in the form of Win32_PrintJob, without its title and owner."""
    sent = raw.get("Submitted")
    return {
        "Name": f"{valid(name)}, {raw['JobId']}",
        "JobId": raw["JobId"],
        "StatusMask": raw["Status"],
        "TimeSubmitted": sent.isoformat() if sent else None,
    }
