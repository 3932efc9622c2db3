"""Deletes or adds one rule of the packet filter; undo restores it at its old place, or deletes ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from techkit.model import Fact, Record
from techkit.remedy.actions import ONE_FACT, ActionError, Change, RefusedError, Shown, fill, program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from techkit.host import Host

FAMILIES = {"ip", "ip6", "inet", "arp", "bridge", "netdev"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,127}")
RULE = re.compile(r"^\s*(.*\S)\s+# handle (\d+)$")
COUNTED = re.compile(r"counter packets \d+ bytes \d+")


class Action(Record, frozen=True):
    """The step's arguments: the chain, by facts, and the handle of the rule to delete, or the rule to insert first."""

    family: str
    table: str
    chain: str
    handle: str = ""
    insert: str = ""

    def __post_init__(self) -> None:
        if bool(self.handle) == bool(self.insert):
            raise ValueError("a rule is deleted by its number or inserted by its words")
        for told in (self.family, self.table, self.chain, self.handle):
            if told and not ONE_FACT.fullmatch(told):
                raise ValueError(f"{told!r} is not a fact: a page cannot know a machine's rules")
        if not re.fullmatch(r"[a-z0-9 ,]*", self.insert):
            raise ValueError(f"{self.insert!r} is not a plain rule")


def undoable(_action: Action) -> bool:
    """The rule and its place are kept."""
    return True


def prepare(action: Action, facts: Mapping[str, Fact], host: Host, earlier: Sequence[Change]) -> Change:  # noqa: ARG001 - every kind is asked alike
    """Find the rule and its neighbours."""
    chain = [fill(told, facts) for told in (action.family, action.table, action.chain)]
    if chain[0] not in FAMILIES or not all(NAME.fullmatch(name) for name in chain[1:]):
        raise ActionError("fix.bad_fact", name="chain", value=" ".join(chain))
    rules = _rules(chain)
    if action.insert:
        if rules and _plain(rules[0][1]) == action.insert:
            return Change("rule", {"chain": chain}, {})
        argv = ["nft", "insert", "rule", *chain, *action.insert.split()]
        told = Shown("fix.runs", {"command": " ".join(argv)})
        return Change("rule", {"chain": chain}, {"insert": action.insert, "argv": argv}, (told,))
    handle = fill(action.handle, facts)
    at = next((place for place, rule in enumerate(rules) if rule[0] == handle), None)
    if at is None:
        return Change("rule", {"chain": chain}, {})
    argv = ["nft", "delete", "rule", *chain, "handle", handle]
    before = {
        "chain": chain,
        "rule": rules[at][1],
        "above": rules[at - 1][0] if at else "",
        "below": rules[at + 1][0] if at + 1 < len(rules) else "",
    }
    shown = (Shown("fix.runs", {"command": " ".join(argv)}), Shown("fix.loses_rule", {"rule": rules[at][1]}))
    return Change("rule", before, {"handle": handle, "argv": argv}, shown)


def _rules(chain: list[str]) -> list[tuple[str, str]]:
    """The rules of a chain in order, each with its handle and its text in nft syntax."""
    said = program("nft", "-a", "list", "chain", *chain, patience=10)
    found = (RULE.match(line) for line in said.splitlines() if "{ # handle" not in line)
    return [(match[2], match[1]) for match in found if match]


def _plain(rule: str) -> str:
    """A rule without its counters."""
    return COUNTED.sub("counter", rule)


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Delete the rule if its handle still means the one that was shown, or add ours."""
    if handle := after.get("handle"):
        words = dict(_rules(before["chain"])).get(handle)
        if words is None or _plain(words) != _plain(before["rule"]):
            raise ActionError("fix.changed_meanwhile", what=" ".join(before["chain"]))
    program(*after["argv"], patience=10)


def undo(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Restore the rule between its neighbours, or delete ours; refuse if neither neighbour is left."""
    chain = before["chain"]
    rules = _rules(chain)
    if "insert" in after:
        ours = next((handle for handle, words in rules if _plain(words) == after["insert"]), "")
        if ours:
            program("nft", "delete", "rule", *chain, "handle", ours, patience=10)
        return
    if _there(rules, before, after["handle"]):
        return
    handles = {handle for handle, _ in rules}
    if before["below"] in handles:
        place = ["insert", "rule", *chain, "position", before["below"]]
    elif before["above"] in handles:
        place = ["add", "rule", *chain, "position", before["above"]]
    elif not rules:
        place = ["add", "rule", *chain]
    else:
        raise RefusedError("fix.undo_refused", what=" ".join(chain))
    program("nft", *place, before["rule"], patience=10)


def _there(rules: list[tuple[str, str]], before: dict[str, Any], handle: str) -> bool:
    """Whether the rule was not deleted at all, or is between its neighbours again."""
    around = [("", ""), *rules, ("", "")]
    return any(
        _plain(words) == _plain(before["rule"])
        and (own == handle or (around[at][0] == before["above"] and around[at + 2][0] == before["below"]))
        for at, (own, words) in enumerate(rules)
    )
