"""The packet filter rules of a Linux machine, from nft(8), and from iptables-save(8) for what nft cannot express."""

from __future__ import annotations

import json
import re
import shlex
from functools import partial
from typing import TYPE_CHECKING, Any

from techkit.host import ProbeError, attempt
from techkit.model import Reason
from techkit.readings.network.packet_filter import Ruleset

if TYPE_CHECKING:
    from techkit.host import Host
    from techkit.readings.network.packet_filter import Drop

LEGACY = "/proc/net/ip_tables_names"
"""Where the kernel lists the tables of legacy iptables."""


def read(host: Host) -> tuple[Ruleset, ...]:
    """The current rules; FORBIDDEN without the right to read them, INAPPLICABLE without a packet filter."""
    if not host.elevated:
        raise ProbeError(Reason.FORBIDDEN, "nft list ruleset")
    found: list[Ruleset] = []
    said = attempt(partial(host.run, "nft", "-j", "list", "ruleset"))
    if said is not None and said["code"] == 0:
        found.append(_placed(host, parse_nft(said["out"])))
    legacy = attempt(lambda: host.read(LEGACY), "", Reason.MISSING, Reason.FORBIDDEN)
    if legacy.strip() or said is None or (found and found[0].foreign):
        spelled = attempt(partial(host.run, "iptables-save"))
        if spelled is not None and spelled["code"] == 0:
            told = parse_iptables(spelled["out"])
            for ruleset in found:
                told = told.numbered(ruleset)
                ruleset.without(ruleset.foreign)
            known = {(base["family"], base["table"]) for ruleset in found for base in ruleset.bases}
            found.append(told.without(known))
    if not found:
        raise ProbeError(Reason.INAPPLICABLE, "no packet filter")
    return tuple(found)


def _placed(host: Host, ruleset: Ruleset) -> Ruleset:
    """Add the adapters of chains, which older versions of nft show only as text."""
    for base in ruleset.bases:
        if base["family"] == "netdev" and not base.get("dev"):
            show = partial(host.run, "nft", "list", "chain", "netdev", base["table"], base["name"])
            said = attempt(show, {"out": ""})
            base["dev"] = parse_devices(said["out"])
    return ruleset


def parse_devices(text: str) -> list[str]:
    """The adapters of a chain: `device "eth0"` or `devices = { eth0, eth1 }`."""
    match = re.search(r"\bdevices?\s*=?\s*(\{[^}]*\}|\"[^\"]*\"|\S+)", text)
    return re.findall(r"[\w.@-]+", match[1]) if match else []


def parse_nft(text: str) -> Ruleset:
    """The answer of `nft -j list ruleset`."""
    try:
        return Ruleset(json.loads(text)["nftables"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProbeError(Reason.UNREADABLE, "nft list ruleset") from error


def rule(host: Host, drop: Drop) -> str:
    """The rule that drops, in nft syntax; empty for a policy, and where nft does not tell it."""
    if not drop.handle:
        return ""
    said = attempt(partial(host.run, "nft", "-a", "list", "chain", drop.family, drop.table, drop.chain), None, *Reason)
    return parse_rule(said["out"], drop.handle) if said else ""


def parse_rule(text: str, handle: int) -> str:
    """The rule with this handle from `nft -a list chain`, in nft syntax."""
    match = re.search(rf"^\s*(.*\S)\s+# handle {handle}$", text, re.MULTILINE)
    return re.sub(r"counter packets \d+ bytes \d+", "counter", match[1]) if match else ""


def parse_iptables(text: str) -> Ruleset:
    """The output of iptables-save in the form of nft's."""
    objects: list[dict[str, Any]] = []
    table = ""
    for line in text.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
        elif match := re.match(r":(\S+) (\S+)", line):
            hook = {"policy": match[2].lower(), "hook": match[1].lower(), "type": "nat" if table == "nat" else "filter"}
            base = hook if match[2] != "-" else {}
            objects.append({"chain": {"family": "ip", "table": table, "name": match[1], **base}})
        elif line.startswith("-A "):
            objects.append({"rule": _iptables_rule(table, line)})
    return Ruleset(objects)


def _iptables_rule(table: str, line: str) -> dict[str, Any]:
    words = shlex.split(line)
    parts: list[dict[str, Any]] = []
    protocol, negated, place = "th", False, 2
    while place < len(words):
        word, value = words[place], words[place + 1] if place + 1 < len(words) else ""
        place += 1 if word == "!" else 2
        if word == "!":
            negated = True
            continue
        if word in {"-j", "-g"}:
            verdict = value.lower() if value in {"ACCEPT", "DROP", "REJECT", "RETURN"} else ""
            other: dict[str, Any] = {"goto" if word == "-g" else "jump": {"target": value}}
            if value == "REDIRECT":
                other = {"redirect": {"port": int(words[-1])} if words[-1].isdecimal() else None}
            parts.append({verdict: None} if verdict else {"counter": None} if value == "LOG" else other)
            break
        protocol = value if word == "-p" else protocol
        parts += _condition(word, value, protocol, negated=negated)
        negated = False
    return {"family": "ip", "table": table, "chain": words[1], "expr": parts, "spelled": line}


def _condition(word: str, value: str, protocol: str, *, negated: bool) -> list[dict[str, Any]]:
    """One iptables option as nft conditions; an unknown option becomes a condition that cannot be judged."""
    left: dict[str, Any]
    right: Any
    if word == "-m":
        return []
    if word == "-p":
        left, right = {"meta": {"key": "l4proto"}}, value
    elif word in {"--dport", "--dports", "--sport", "--sports", "--destination-port", "--source-port"}:
        field = "dport" if word.startswith("--d") else "sport"
        ports = [{"range": one.split(":")} if ":" in one else {"range": [one, one]} for one in value.split(",")]
        left, right = {"payload": {"protocol": protocol, "field": field}}, {"set": ports}
    elif word in {"-d", "-s"}:
        address, _, length = value.partition("/")
        left = {"payload": {"protocol": "ip", "field": "daddr" if word == "-d" else "saddr"}}
        right = {"prefix": {"addr": address, "len": length or "32"}}
    elif word in {"-o", "-i"}:
        left, right = {"meta": {"key": f"{word[1]}ifname"}}, value.replace("+", "*")
    elif word in {"--ctstate", "--state"}:
        left, right = {"ct": {"key": "state"}}, [state.lower() for state in value.split(",")]
    elif word in {"--comment", "--reject-with"}:
        return []
    else:
        return [{"xt": {"name": word}}]
    return [{"match": {"op": "!=" if negated else "==", "left": left, "right": right}}]
