"""The event log: records as XML, never as translated messages."""

from __future__ import annotations

import re
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.host import Answer, ProbeError
from techkit.host.local import problem
from techkit.model import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from xml.etree.ElementTree import Element

MOST_RECORDS = 500
NEWEST_FIRST = 0x201
"""EvtQueryChannelPath | EvtQueryReverseDirection"""
AS_XML = 1
EVENT = "{http://schemas.microsoft.com/win/2004/08/events/event}"
PER_SELECT = 8
"""Ids, and providers, per condition: Windows allows 20 expressions in one."""
NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def query(log: str, ids: Sequence[int], days: int, providers: Sequence[str]) -> str:
    """A structured query for records of the last `days`; each condition small enough for Windows."""
    from xml.sax.saxutils import escape, quoteattr

    age = f"TimeCreated[timediff(@SystemTime) <= {days * 86_400_000}]"
    selects = []
    for some_ids in _chunks(ids):
        for some_providers in _chunks(providers):
            names = " or ".join(f"@Name='{provider}'" for provider in some_providers)
            numbers = " or ".join(f"EventID={number}" for number in some_ids)
            parts = [f"Provider[{names}]" if names else "", f"({numbers})" if numbers else "", age]
            condition = f"*[System[{' and '.join(part for part in parts if part)}]]"
            selects.append(f"<Select Path={quoteattr(log)}>{escape(condition)}</Select>")
    return f"<QueryList><Query Id='0' Path={quoteattr(log)}>{''.join(selects)}</Query></QueryList>"


def _chunks(some: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return [some[place : place + PER_SELECT] for place in range(0, len(some), PER_SELECT)] or [()]


def records(log: str, condition: str) -> Answer:
    """The newest records that match a structured query; raises if records came and none can be understood."""
    events = import_module("win32evtlog")
    texts: list[str] = []
    try:
        found = events.EvtQuery(log, NEWEST_FIRST, condition, None)
        while len(texts) < MOST_RECORDS and (some := events.EvtNext(found, 50)):
            texts += [events.EvtRender(one, AS_XML) for one in some]
    except import_module("pywintypes").error as error:
        raise problem(error, log) from error
    understood = [record for text in texts[:MOST_RECORDS] if (record := parse(text))]
    if texts and not understood:
        raise ProbeError(Reason.UNREADABLE, log)
    return understood


def parse(text: str) -> dict[str, Any] | None:
    """One record from its XML, by the Event Schema of Windows; None where it cannot be understood."""
    from xml.etree import ElementTree as ET

    try:
        event = ET.fromstring(NO_XML.sub("\ufffd", text))  # noqa: S314 - as this machine's own log wrote it
        said = {part.tag.rpartition("}")[2]: part for part in event.iterfind(f"{EVENT}System/*")}
        return {
            "id": int(said["EventID"].text or ""),
            "provider": said["Provider"].get("Name") or "",
            "level": int(said["Level"].text or "0") if "Level" in said else 0,
            "time": datetime.fromisoformat(said["TimeCreated"].get("SystemTime") or "").timestamp(),
            "data": _data(event),
        }
    except (ET.ParseError, KeyError, ValueError):
        return None


def _data(event: Element) -> dict[str, str] | list[str]:
    """The data of the record: an object if every part is named, else a list; UserData names each by its tags."""
    parts = event.findall(f"{EVENT}EventData/{EVENT}Data")
    texts = ["".join(part.itertext()) for part in parts]
    if parts:
        names = [part.get("Name") for part in parts]
        return {name: text for name, text in zip(names, texts, strict=True) if name} if all(names) else texts
    found = {}
    nested = [("", part) for part in event.iterfind(f"{EVENT}UserData/*/*")]
    for above, part in nested:
        name = above + part.tag.rpartition("}")[2]
        nested += [(f"{name}/", child) for child in part]
        if not len(part):
            found[name] = part.text or ""
    return found
