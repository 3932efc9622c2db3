"""A simulator of a Linux machine's packet filter: the fate of a packet, and the rule that decides it; nft(8).

A packet is walked through the rules in the kernel's order. From a condition that cannot be judged here (user, rate,
mark) nothing is concluded: a packet that might have been accepted is not called dropped.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from techkit.model import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

HOOKS = {"out": ("output", "postrouting", "egress"), "in": ("ingress", "prerouting", "input")}
"""The hooks for outgoing and for incoming packets, in the kernel's order."""
FAMILIES = {"ip", "inet", "netdev"}
"""Families that see IPv4."""
PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
DEEPEST = 16
"""NFT_JUMP_STACK_SIZE"""
NEUTRAL = {"counter", "log", "comment", "mangle", "notrack", "flow", "secmark", "ct helper", "redirect"}
DROPS, JUMPS = {"drop", "reject"}, {"jump", "goto"}
STOPS = {"accept": "accept", "return": "through", "queue": "maybe"}


class Packet(Record, frozen=True):
    """One IPv4 packet; an incoming one has the `state` of an answer."""

    direction: str
    """out or in"""
    protocol: str
    """tcp, udp or icmp"""
    port: int
    """the other side's"""
    own: str
    other: str
    interface: str
    state: str = "new"


class Drop(Record, frozen=True):
    """Where a packet ends: a rule, or the policy of a chain."""

    family: str
    table: str
    chain: str
    handle: int = 0
    """the rule's number; 0 for a policy"""
    spelled: str = ""
    """the rule in iptables syntax, if it was read from there"""

    @property
    def place(self) -> str:
        """The chain as nft names it."""
        return f"{self.family} {self.table} {self.chain}"


class Ruleset:
    """A ruleset, as `nft -j list ruleset` gives it."""

    def __init__(self, objects: Iterable[dict[str, Any]]) -> None:
        self.bases: list[dict[str, Any]] = []
        self._rules: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        self._sets: dict[tuple[str, str, str], list[Any]] = {}
        self.foreign: set[tuple[str, str]] = set()
        """tables with conditions that only iptables can spell out"""
        for entry in objects:
            for kind, one in entry.items():
                self._take(kind, one)

    def _take(self, kind: str, one: dict[str, Any]) -> None:
        family, table = one.get("family", ""), one.get("table", "")
        if kind == "chain" and "hook" in one:
            self.bases.append(one)
        elif kind == "rule":
            self._rules.setdefault((family, table, one["chain"]), []).append(one)
            if any("xt" in part for part in one.get("expr", ())):
                self.foreign.add((family, table))
        elif kind in {"set", "map"}:
            self._sets[family, table, one["name"]] = one.get("elem", [])

    def without(self, tables: set[tuple[str, str]]) -> Ruleset:
        """The same without some tables."""
        self.bases = [base for base in self.bases if (base["family"], base["table"]) not in tables]
        return self

    def numbered(self, other: Ruleset) -> Ruleset:
        """The same with the handles of another listing, for chains with as many rules."""
        for key, rules in self._rules.items():
            twins = other._rules.get(key, [])
            for rule, twin in zip(rules, twins if len(twins) == len(rules) else (), strict=False):
                rule["handle"] = twin.get("handle", 0)
        return self

    def drop(self, packet: Packet) -> Drop | None:
        """Where the packet is certainly dropped; None if it passes or may pass."""
        stations = HOOKS[packet.direction]
        chains = [
            base
            for base in self.bases
            if base["hook"] in stations and base["family"] in FAMILIES and base.get("type") != "nat"
        ]
        for base in sorted(chains, key=lambda one: (stations.index(one["hook"]), _number(one.get("prio")))):
            if base["family"] == "netdev" and packet.interface not in _several(base.get("dev")):
                continue
            key = (base["family"], base["table"], base["name"])
            word, rule = self._walk(key, packet, DEEPEST)
            if word == "drop" and rule:
                return Drop(
                    rule["family"], rule["table"], rule["chain"], rule.get("handle", 0), rule.get("spelled", "")
                )
            if word == "through" and base.get("policy") == "drop":
                return Drop(*key)
        return None

    def diversion(self, packet: Packet) -> tuple[int, Drop] | None:
        """(the local port to which the packet is redirected, the rule)."""
        nat = [base for base in self.bases if base["hook"] == "output" and base.get("type") == "nat"]
        for base in sorted(nat, key=lambda one: _number(one.get("prio"))):
            key = (base["family"], base["table"], base["name"])
            for rule in self._rules.get(key, ()) if base["family"] in FAMILIES else ():
                fits, _, _ = self._says(key, rule, packet)
                told = next((part["redirect"] for part in rule.get("expr", ()) if "redirect" in part), None)
                port = (told or {}).get("port")
                if fits and isinstance(port, int):
                    place = (rule["family"], rule["table"], rule["chain"])
                    return port, Drop(*place, rule.get("handle", 0), rule.get("spelled", ""))
        return None

    def _walk(self, key: tuple[str, str, str], packet: Packet, left: int) -> tuple[str, dict[str, Any] | None]:
        """(accept | drop | maybe | through, rule)."""
        for rule in self._rules.get(key, ()) if left else ():
            fits, word, target = self._says(key, rule, packet)
            if fits is False or not word or (fits is None and word in DROPS):
                continue
            if word in DROPS:
                return "drop", rule
            if word not in JUMPS:
                return (STOPS.get(word, "maybe") if fits else "maybe"), None
            inner, inside = self._walk((*key[:2], target), packet, left - 1)
            if inner in {"accept", "maybe"} or (inner == "through" and word == "goto" and fits):
                return (inner if fits else "maybe"), None
            if inner == "drop" and fits:
                return inner, inside
        return "through", None

    def _says(self, key: tuple[str, str, str], rule: dict[str, Any], packet: Packet) -> tuple[bool | None, str, str]:
        """(whether the packet fits the rule, the rule's verdict, where it sends the packet)."""
        answers: list[bool | None] = []
        word, target = "", ""
        for part in rule.get("expr", ()):
            kind, what = next(iter(part.items()))
            if kind == "match":
                answers.append(self._fits(key, what, packet))
            elif kind == "vmap":
                word, target = self._mapped(key, what, packet)
            elif kind in {*DROPS, *JUMPS, *STOPS}:
                word, target = kind, what.get("target", "") if isinstance(what, dict) else ""
            elif kind == "limit":
                answers.append(_rated(what))
            elif kind not in NEUTRAL:
                answers.append(None)
        return (False if False in answers else None if None in answers else True), word, target

    def _mapped(self, key: tuple[str, str, str], what: dict[str, Any], packet: Packet) -> tuple[str, str]:
        """The verdict that a map holds for the packet."""
        value = _value(what.get("key"), packet)
        data = what.get("data")
        pairs = data.get("set", []) if isinstance(data, dict) else self._sets.get((*key[:2], str(data).lstrip("@")), [])
        if value is None or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
            return "maybe", ""
        for element, verdict in pairs:
            if _equal(value, element) is True:
                word, told = next(iter(verdict.items())) if isinstance(verdict, dict) else (str(verdict), None)
                return word, (told or {}).get("target", "") if isinstance(told, dict) else ""
        return "", ""

    def _fits(self, key: tuple[str, str, str], match: dict[str, Any], packet: Packet) -> bool | None:
        left, right, way = match.get("left"), match.get("right"), match.get("op", "==")
        if _of_another(left, packet):
            return False
        value = _value(left, packet)
        if value is None:
            return None
        if isinstance(right, str) and right.startswith("@"):
            right = {"set": self._sets.get((*key[:2], right[1:]), [])}
        if way in {"<", ">", "<=", ">="}:
            if not (isinstance(value, int) and isinstance(right, int)):
                return None
            return {"<": value < right, ">": value > right, "<=": value <= right, ">=": value >= right}[way]
        found = _equal(value, right)
        return found if way in {"==", "in"} or found is None else not found


def _rated(limit: Any) -> bool | None:
    """Whether what people send is beyond a limit: nobody can work with less than a packet a second."""
    if not isinstance(limit, dict) or limit.get("rate_unit", "packets") != "packets":
        return None
    seconds = PERIODS.get(str(limit.get("per", "second")))
    if not seconds or not isinstance(limit.get("rate"), int) or limit["rate"] >= seconds:
        return None
    return bool(limit.get("inv"))


def _number(priority: Any) -> int:
    return priority if isinstance(priority, int) else 0


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _of_another(left: Any, packet: Packet) -> bool:
    """Whether a condition is about a kind of packet that this one is not."""
    told = left.get("payload", {}).get("protocol") if isinstance(left, dict) else None
    if told is None or told == "th":
        return told == "th" and packet.protocol == "icmp"
    return told not in {packet.protocol, "ip", "ether"}


def _value(left: Any, packet: Packet) -> Any:
    """What the packet has where a condition looks; None where that is not known here."""
    if not isinstance(left, dict):
        return None
    out = packet.direction == "out"
    kind, what = next(iter(left.items()))
    field = (what.get("protocol"), what.get("field")) if kind == "payload" else (kind, (what or {}).get("key"))
    known: dict[tuple[Any, Any], Any] = {
        ("ip", "saddr"): packet.own if out else packet.other,
        ("ip", "daddr"): packet.other if out else packet.own,
        ("ip", "protocol"): packet.protocol,
        ("ip", "version"): 4,
        ("meta", "l4proto"): packet.protocol,
        ("meta", "nfproto"): "ipv4",
        ("meta", "protocol"): "ip",
        ("meta", "oifname"): packet.interface if out else "",
        ("meta", "oif"): packet.interface if out else "",
        ("meta", "iifname"): "" if out else packet.interface,
        ("meta", "iif"): "" if out else packet.interface,
        ("ct", "state"): packet.state,
        ("ct", "direction"): "original" if packet.state == "new" else "reply",
    }
    if kind == "payload" and field[0] in {"tcp", "udp", "th"}:
        far, near = ("dport", "sport") if out else ("sport", "dport")
        known |= {(field[0], far): packet.port, (field[0], near): 45678}
    return known.get(field)


def _equal(value: Any, right: Any) -> bool | None:
    """Whether a value is one of what a condition names."""
    if isinstance(right, list):
        return _any(value, right)
    if isinstance(right, dict):
        kind, what = next(iter(right.items()))
        if kind == "set":
            return _any(value, what)
        if kind == "elem":
            return _equal(value, what.get("val"))
        if kind == "range":
            return _between(value, *what)
        if kind == "prefix":
            return _inside(value, f"{what['addr']}/{what['len']}")
        return None
    if isinstance(value, str) and isinstance(right, str):
        return value.startswith(right[:-1]) if right.endswith("*") else value == right
    return bool(value == right)


def _any(value: Any, some: Any) -> bool | None:
    answers = [_equal(value, one) for one in _several(some)]
    if True in answers:
        return True
    return None if None in answers else False


def _between(value: Any, first: Any, last: Any) -> bool | None:
    try:
        if isinstance(value, int):
            return bool(int(first) <= value <= int(last))
        one, low, high = (ipaddress.ip_address(text) for text in (value, first, last))
        return bool(int(low) <= int(one) <= int(high))
    except (TypeError, ValueError):
        return None


def _inside(value: Any, network: str) -> bool | None:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(network, strict=False)
    except (TypeError, ValueError):
        return None
