"""Settings pages: a closed form, nothing else is opened."""

from __future__ import annotations

import pytest
from hosts import MACHINE, given

from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError

WINDOWS = {("machine",): MACHINE | {"system": "windows"}}


def step(page: str) -> Step:
    return Step("x", "x", "open", {"page": page})


@pytest.mark.parametrize("page", ["ms-settings:windowsupdate", "windowsdefender://threat/", "ncpa.cpl", "services.msc"])
def test_pages_of_windows(page: str) -> None:
    change = actions.prepare(step(page), {}, given(WINDOWS))
    assert change.shown[0].names == {"page": page}
    actions.undo(change.kind, change.before, change.after)
    with pytest.raises(ActionError):
        actions.prepare(step(page), {}, given())


def test_pages_of_a_linux_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert actions.prepare(step("gnome:network"), {}, given()).after == {"page": "gnome:network"}
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(ActionError, match="no_desktop"):
        actions.prepare(step("gnome:network"), {}, given())


@pytest.mark.parametrize(
    "page", ["http://x", "calc.exe", "ms-settings:x y", "..\\x.cpl", "gnome:-x y", "file:///x", ""]
)
def test_nothing_else_is_opened(page: str) -> None:
    with pytest.raises(ValueError, match="is not a settings page"):
        actions.parse(step(page))
