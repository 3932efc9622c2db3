"""The registry: what is never changed, and, on Windows, a value there and back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from hosts import given

from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, RefusedError, registry

if TYPE_CHECKING:
    from collections.abc import Iterator

WINDOWS = pytest.mark.skipif(sys.platform != "win32", reason="the registry of Windows")
KEY = r"HKLM\SOFTWARE\techkit test"


def step(**args: Any) -> Step:
    return Step("x", "x", "registry", args)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (r"HKLM\SAM\SAM", "x"), (r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa", "x"), (r"HKCU\Software\x", "x"),
        (r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender", "DisableAntiSpyware"), ("HKLM", "x"), ("HKLM\\", "x"),
        (r"HKLM\SYSTEM\CurrentControlSet\Services\WinDefend", "Start"), (r"HKLM\BCD00000000\Objects", "x"),
        (r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon", "Shell"), (r"HKLM\SOFTWARE\a\{x}b", "x"),
        (r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run", "x"), (r"HKLM\SOFTWARE\x", "EnableLUA"),
        (r"hklm\sam\x", "x"), (r"HKLM\SYSTEM\CurrentControlSet\Services\MpsSvc\Parameters", "x"),
        (r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall\DomainProfile", "EnableFirewall"), (r"HKLM\\SAM", "x"),
        (r"HKLM\SYSTEM\ControlSet001\Control\SafeBoot\Minimal", "x"),
    ],
)  # fmt: skip
def test_what_is_never_changed_does_not_load(key: str, name: str) -> None:
    with pytest.raises(ValueError, match=" "):
        actions.parse(step(key=key, name=name, type="REG_DWORD", data=1))


@pytest.mark.parametrize(
    "args",
    [
        {}, {"type": "REG_DWORD"}, {"type": "REG_DWORD", "data": "1"}, {"type": "REG_DWORD", "data": 1 << 32},
        {"absent": True, "data": 1, "type": "REG_DWORD"}, {"type": "REG_MULTI_SZ", "data": "a"},
        {"type": "REG_BINARY", "data": "00"},
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_load(args: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="."):  # noqa: RUF043 - any complaint
        actions.parse(step(key=KEY, name="x", **args))


@pytest.mark.parametrize("sid", ["S-1-5-18\\..\\x", "a\\b", "", "a\nb"])
def test_a_hostile_fact_is_one_part_of_the_key(sid: str) -> None:
    wanted = step(key=r"HKU\{sid}\Software\x", name="x", type="REG_DWORD", data=1)
    with pytest.raises(ActionError, match="bad_fact"):
        actions.prepare(wanted, {"sid": sid}, given())


@pytest.fixture
def clean() -> Iterator[None]:
    yield
    registry._set(KEY, "x", None)  # noqa: SLF001 - the tests' own value
    for key in (KEY + r"\deep\er", KEY + r"\deep", KEY):
        registry._unmake(key)  # noqa: SLF001 - as above


@WINDOWS
@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("REG_SZ", "a {b"),
        ("REG_DWORD", 4294967295),
        ("REG_QWORD", 1 << 40),
        ("REG_MULTI_SZ", ["a", "b"]),
        ("REG_EXPAND_SZ", "%x%"),
    ],
)
def test_a_value_appears_and_goes_with_its_keys(kind: str, data: Any) -> None:
    args = {"key": KEY + r"\deep\er", "name": "x", "type": kind, "data": data if "{" not in str(data) else "a b"}
    change = actions.prepare(step(**args), {}, given())
    assert registry._look(args["key"], "x") is None  # noqa: SLF001 - what is really there
    actions.apply(change)
    assert registry._look(args["key"], "x") == change.after["value"]  # noqa: SLF001 - as above
    assert actions.prepare(step(**args), {}, given()).shown == ()
    actions.undo(change.kind, change.before, change.after)
    assert registry._missing(args["key"])[-1] == KEY  # noqa: SLF001 - as above
    actions.undo(change.kind, change.before, change.after)


@WINDOWS
@pytest.mark.usefixtures("clean")
def test_a_value_is_changed_and_comes_back_even_as_bytes() -> None:
    registry._set(KEY, "x", [3, {"hex": "00ff"}])  # noqa: SLF001 - the tests' own value
    change = actions.prepare(step(key=KEY, name="x", type="REG_DWORD", data=1), {}, given())
    actions.apply(change)
    actions.undo(change.kind, change.before, change.after)
    assert registry._look(KEY, "x") == [3, {"hex": "00ff"}]  # noqa: SLF001 - as above
    gone = actions.prepare(step(key=KEY, name="x", absent=True), {}, given())
    actions.apply(gone)
    assert registry._look(KEY, "x") is None  # noqa: SLF001 - as above
    registry._set(KEY, "x", [4, 7])  # noqa: SLF001 - somebody else's
    with pytest.raises(RefusedError):
        actions.undo(gone.kind, gone.before, gone.after)


@pytest.mark.skipif(sys.platform == "win32", reason="elsewhere")
def test_elsewhere_there_is_none() -> None:
    with pytest.raises(ActionError, match="no_registry"):
        actions.prepare(step(key=KEY, name="x", type="REG_DWORD", data=1), {}, given())
