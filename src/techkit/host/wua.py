"""Pending updates of a Windows PC from the Windows Update Agent: as of its last search, nothing is downloaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, automation
from techkit.host.local import valid
from techkit.model import Reason

if TYPE_CHECKING:
    from techkit.host import Answer
    from techkit.host.automation import Automation

CRITERIA = "IsInstalled=0 and Type='Software' and IsHidden=0 and BrowseOnly=0"
"""What Windows would install by itself: no drivers, nothing optional."""
SUCCEEDED = {2, 3}
"""OperationResultCode: succeeded, and succeeded with errors."""
MOST = 100
REASONS = {0x80070005: Reason.FORBIDDEN, 0x80070422: Reason.MISSING, 0x80040154: Reason.INAPPLICABLE}
"""Access denied, the service is disabled, there is no such class."""


def waiting() -> Answer:
    """Each update."""
    return automation.ask("Microsoft.Update.Session", _searched, REASONS)


def _searched(session: Automation) -> Answer:
    searcher = session.get("CreateUpdateSearcher")
    searcher.put("Online", value=False)
    return found(searcher.get("Search", CRITERIA))


def found(result: Any) -> Answer:
    """The updates of a search."""
    if result.get("ResultCode") not in SUCCEEDED:
        raise ProbeError(Reason.UNREADABLE, f"IUpdateSearcher.Search: {result.get('ResultCode')}")
    return [_update(update) for update in _items(result.get("Updates"))[:MOST]]


def _update(update: Any) -> dict[str, Any]:
    articles, categories = _items(update.get("KBArticleIDs")), _items(update.get("Categories"))
    changed = update.get("LastDeploymentChangeTime")
    return {
        "title": valid(str(update.get("Title"))),
        "severity": str(update.get("MsrcSeverity") or ""),
        "articles": [str(article) for article in articles],
        "categories": [str(category.get("CategoryID")).lower() for category in categories],
        "released": changed.timestamp() if changed else None,
        "downloaded": bool(update.get("IsDownloaded")),
    }


def _items(collection: Any) -> list[Any]:
    return [collection.get("Item", place) for place in range(int(collection.get("Count")))]
