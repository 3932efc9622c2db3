"""Rules of the packet filter: deleted by their number, and back between their neighbours."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import Given

from techkit.host import Host
from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, Change, RefusedError, rule

FACTS: dict[str, Any] = {"family": "inet", "table": "lockdown", "chain": "out", "handle": 5}
PLACE = {"family": "{family}", "table": "{table}", "chain": "{chain}"}
OURS = "ct state established,related accept"


class Filter:
    """One chain, as nft keeps and prints it."""

    def __init__(self, *rules: str) -> None:
        self.rules = [(number, text) for number, text in enumerate(rules, 4)]
        self._next = 100

    def __call__(self, *argv: str, **_more: Any) -> str:
        words = list(argv[1:])
        if words[0] == "-a":
            rows = "".join(f"\t\t{text} # handle {number}\n" for number, text in self.rules)
            head = "\tchain out { # handle 1\n\t\ttype filter hook output priority filter; policy accept;\n"
            return f"table inet lockdown {{ # handle 3\n{head}{rows}\t}}\n}}\n"
        if words[0] == "delete":
            self.rules = [one for one in self.rules if one[0] != int(words[6])]
            return ""
        at = 0 if words[0] == "insert" else len(self.rules)
        told = words[5:]
        if told[0] == "position":
            at = next(place for place, one in enumerate(self.rules) if one[0] == int(told[1])) + (words[0] == "add")
            told = told[2:]
        self._next += 1
        self.rules.insert(at, (self._next, " ".join(told)))
        return ""

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.rules]


def change_of(**args: Any) -> Change:
    return actions.prepare(Step("x", "x", "rule", PLACE | args), FACTS, Host(Given({})))


@pytest.mark.parametrize(
    "rules",
    [
        ("tcp dport 25 drop", "tcp dport 443 counter packets 7 bytes 420 drop", "udp dport 53 accept"),
        ("udp dport 53 accept", "tcp dport 443 drop"),
        ("tcp dport 443 drop", "tcp dport 443 drop", "tcp dport 443 drop"),
    ],
)
def test_a_rule_comes_back_to_its_old_place(rules: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Filter(*rules)
    monkeypatch.setattr(rule, "program", chain)
    change = change_of(handle="{handle}")
    assert [shown.key for shown in change.shown] == ["fix.runs", "fix.loses_rule"]
    actions.apply(change)
    assert len(chain.rules) == len(rules) - 1
    for _ in range(2):
        actions.undo(change.kind, change.before, change.after)
        assert chain.texts == list(rules)


def test_the_only_rule_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Filter("tcp dport 443 drop")
    chain.rules = [(5, "tcp dport 443 drop")]
    monkeypatch.setattr(rule, "program", chain)
    change = change_of(handle="{handle}")
    actions.apply(change)
    actions.undo(change.kind, change.before, change.after)
    assert chain.texts == ["tcp dport 443 drop"]
    chain.rules = [(77, "accept")]
    with pytest.raises(RefusedError):
        actions.undo(change.kind, change.before, change.after)


def test_a_number_that_means_another_rule_by_now_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Filter("accept", "tcp dport 443 drop")
    monkeypatch.setattr(rule, "program", chain)
    change = change_of(handle="{handle}")
    chain.rules = [(5, "tcp dport 22 accept")]
    with pytest.raises(ActionError, match="changed_meanwhile"):
        actions.apply(change)
    assert change_of(handle="{handle}").shown
    chain.rules = []
    assert change_of(handle="{handle}").shown == ()


def test_a_rule_that_is_added_goes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Filter("drop")
    monkeypatch.setattr(rule, "program", chain)
    change = change_of(insert=OURS)
    actions.apply(change)
    assert chain.texts == [OURS, "drop"]
    assert change_of(insert=OURS).shown == ()
    for _ in range(2):
        actions.undo(change.kind, change.before, change.after)
        assert chain.texts == ["drop"]


@pytest.mark.parametrize("facts", [{"family": "x"}, {"table": "a b"}, {"chain": "-a"}, {"chain": "a;flush"}])
def test_no_name_becomes_another_command(facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "program", Filter())
    with pytest.raises(ActionError):
        actions.prepare(Step("x", "x", "rule", PLACE | {"handle": "{handle}"}), FACTS | facts, Host(Given({})))


@pytest.mark.parametrize("args", [{}, {"handle": "{handle}", "insert": "accept"}, {"insert": "accept; flush"}])
def test_a_step_that_is_no_rule_is_refused(args: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="rule"):
        actions.parse(Step("x", "x", "rule", PLACE | args))
