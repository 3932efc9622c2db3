"""Every kind of action with what a hostile machine may call its things: each is a thing, or is refused."""

from __future__ import annotations

import sys
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hosts import Given
from hypothesis import HealthCheck, example, settings
from hypothesis import given as draws
from hypothesis import strategies as st

from techkit.host import Host
from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, clean, command, network, package, rule, service
from techkit.remedy.actions import open as opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACE = {"family": "{family}", "table": "{table}", "chain": "{a}"}
KINDS: dict[str, dict[str, Any]] = {
    "service started": {"unit": "{a}", "state": "running"},
    "service stopped": {"unit": "{a}", "state": "stopped", "startup": "disabled"},
    "file mode": {"path": "{a}", "mode": "644"},
    "file content": {"path": "{a}", "content": "x"},
    "file append": {"path": "FOLDER/x", "append_lines": "{a}"},
    "file remove": {"path": "FOLDER/x", "remove_lines": "^{a}$"},
    "file replace": {"path": "FOLDER/x", "replace_lines": "^keep {a}", "by": "{a}"},
    "link leads": {"path": "FOLDER/link", "within": "FOLDER", "to": "{a}"},
    "command run": {"argv": ["touch", "{a}", "{a}"], "undo": ["touch", "{a}"]},
    "network up": {"what": "up", "interface": "{a}"},
    "network dns": {"what": "dns", "interface": "lo", "servers": "{a}"},
    "network route": {"what": "route", "interface": "lo", "gateway": "{a}"},
    "network mtu": {"what": "mtu", "interface": "lo", "mtu": "{a}"},
    "package reinstall": {"what": "reinstall", "names": "{a}"},
    "clean log": {"what": "log", "path": "{a}", "keep": "1M"},
    "clean empty": {"what": "empty", "path": "{a}"},
    "process pid": {"pid": "{a}", "started": "{started}", "name": "{a}"},
    "process name": {"pid": "{pid}", "started": "{started}", "name": "{a}"},
    "quarantine file": {"path": "{a}"},
    "registry key": {"key": r"HKU\{a}\Software\x", "name": "x", "type": "REG_DWORD", "data": 1},
    "rule chain": PLACE | {"handle": "{handle}"},
    "rule handle": PLACE | {"chain": "{chain}", "handle": "{a}"},
    "open page": {"page": "gnome:sound"},
}
"""By kind and what of it: the step, with one hostile fact."""
assert {kind.split()[0] for kind in KINDS} == {one.name for one in iter_modules(actions.__path__) if one.name[0] != "_"}
KNOWN: dict[str, Any] = {"family": "inet", "table": "t", "chain": "c", "handle": 4, "pid": 2**30, "started": 1.0}
NASTY = [
    "-rf", "--help", "a; reboot", "$(reboot)", "`reboot`", "a' 'b", 'a" "b', "a\nb", "a\rb", "a\0b", "a\u2028b",
    "\x1b[31m", "[red]x[/red]", "{a}", "{0}", "%s", "../../etc/passwd", "/etc/shadow", "/", "", " ", "a b", "\udcff",
    "١٢٣", "~root", "x" * 4000, "/" + "x" * 4000, "/x" * 2000, "C:\\Windows", "a|b", "a>b", "a&b", "*", "?",
    "10.0.0.1; x", "::1%lo", "cron",
]  # fmt: skip
FACTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=4000),
    st.from_regex(r"[A-Za-z0-9@:._/ -]{1,40}", fullmatch=True),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=40)), max_size=3).map(tuple),
)


class Willing(Given):
    """A machine on which every program is and says nothing, and every path may be looked at."""

    def __init__(self, heard: Callable[..., str]) -> None:
        super().__init__({})
        self._heard = heard

    def answer(self, question: str, args: list[Any], timeout: float) -> Any:
        if question == "which":
            return f"/usr/bin/{args[0]}"
        if question == "run":
            return {"code": 0, "out": self._heard(*args[0]), "err": ""}
        empty: dict[str, Any] = {"stat": {"link": None}, "read": "", "listdir": [], "exists": True, "head": ""}
        return empty[question] if question in empty else super().answer(question, args, timeout)


def plain(value: Any) -> list[str]:
    """The texts of a hostile fact."""
    return [one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, str)]


def held(argv: Any, value: Any) -> None:
    """A hostile text is one whole argument, and none that a program would take for an option."""
    words = list(map(str, argv))
    for text in plain(value):
        for place, word in enumerate(words):
            if len(text) > 6 and text in word:
                assert word == text
            if word == text and place:
                assert not word.startswith("-") or "--" in words[:place]


@pytest.mark.skipif(sys.platform == "win32", reason="the programs of Linux")
@pytest.mark.parametrize("kind", KINDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@draws(FACTS)
@example("--help")
@example("a\nb")
def test_a_hostile_fact_is_a_thing_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, value: Any
) -> None:
    told: list[tuple[str, ...]] = []

    def heard(*argv: str, **_more: Any) -> str:
        told.append(argv)
        if argv[0] == "nft":
            return "table inet t {\n chain c {\n  tcp dport 25 drop # handle 4\n }\n}\n"
        return f"Id={argv[-1]}\nLoadState=loaded\nActiveState=inactive\nSubState=dead\nUnitFileState=disabled\n"

    for module in (service, network, rule, clean, package, command, opening):
        if hasattr(module, "program"):
            monkeypatch.setattr(module, "program", heard)
    (tmp_path / "x").write_bytes(b"keep one\nkeep two\n")
    args = {
        name: told_.replace("FOLDER", str(tmp_path)) if isinstance(told_, str) else told_
        for name, told_ in KINDS[kind].items()
    }
    step = Step("x", "x", kind.split(maxsplit=1)[0], args)
    was = sorted(tmp_path.iterdir())
    try:
        change = actions.prepare(step, KNOWN | {"a": value}, Host(Willing(heard)))
    except ActionError as error:
        msgspec.json.encode(error.shown.key)
        change = None
    for argv in told:
        held(argv, value)
    if change:
        for argv in (change.after.get("argv", ()), change.before.get("undo", ()), *change.after.get("commands", ())):
            held(argv, value)
        assert msgspec.json.decode(msgspec.json.encode(change), type=actions.Change).kind == step.do
    assert sorted(tmp_path.iterdir()) == was
    assert (tmp_path / "x").read_bytes() == b"keep one\nkeep two\n"
