"""Updates that wait, as the agent of Windows tells them; COM played by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError, wua
from techkit.model import Reason
from techkit.readings.os import pending_updates
from techkit.readings.os.pending_updates import Update

RELEASED = datetime(2026, 9, 1, tzinfo=UTC)


class Played:
    """An automation object, what it answers by name; a list is a collection."""

    def __init__(self, *items: Any, **said: Any) -> None:
        self._items, self._said = items, said

    def get(self, name: str, *args: Any) -> Any:
        if name == "Item":
            return self._items[args[0]]
        return len(self._items) if name == "Count" else self._said[name]


def update(**said: Any) -> Played:
    told = {"Title": "Обновление", "MsrcSeverity": None, "IsDownloaded": 1, "LastDeploymentChangeTime": RELEASED}
    category = Played(CategoryID="E0789628-CE08-4437-BE74-2495B842F43B")
    return Played(**told | {"KBArticleIDs": Played("2267602"), "Categories": Played(category)} | said)


def test_an_update_is_told_by_its_numbers() -> None:
    (row,) = wua.found(Played(ResultCode=2, Updates=Played(update())))
    assert row == {
        "title": "Обновление", "severity": "", "articles": ["2267602"], "categories": [pending_updates.DEFINITIONS],
        "released": RELEASED.timestamp(), "downloaded": True,
    }  # fmt: skip
    assert wua.found(Played(ResultCode=3, Updates=Played())) == []
    with pytest.raises(ProbeError) as caught:
        wua.found(Played(ResultCode=4))
    assert caught.value.reason is Reason.UNREADABLE


def test_signatures_are_told_elsewhere() -> None:
    row = {"title": "2026-08", "severity": "Important", "articles": ["5077181"], "categories": [], "downloaded": False}
    rows = [
        row | {"released": 1_789_900_000.0},
        row | {"released": None},
        row | {"categories": [pending_updates.DEFINITIONS]},
    ]
    found = pending_updates.updates(given({("waiting_updates",): rows}))
    assert found == (
        Update("2026-08", "KB5077181", grave=True, age=100_000.0),
        Update("2026-08", "KB5077181", grave=True),
    )
