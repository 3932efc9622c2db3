"""apt: its sources, package lists and pending updates."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from techkit.host import ProbeError, attempt
from techkit.model import Reason, Record
from techkit.readings.os import packages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techkit.host import Host
    from techkit.readings.supplements import Supplements

LISTS = "/var/lib/apt/lists"
HELPER = "/usr/lib/apt/apt-helper"
SOURCES = "/etc/apt/sources.list"
STAMPS = (
    LISTS,
    f"{LISTS}/partial",
    "/var/lib/apt/periodic/update-success-stamp",
    "/var/lib/apt/periodic/update-stamp",
    "/var/cache/apt/pkgcache.bin",
)
"""Files that `apt-get update` touches; lists themselves have the server's date."""
PACKED = (".lz4", ".gz", ".xz", ".zst", ".bz2")
FULL = (4 << 20) - 1
"""Length of an answer that was cut off by the host."""

_SECURITY = re.compile(r"^security\.|[-_]security")


class Source(Record, frozen=True):
    """One archive: address, suite, and keys that must sign it."""

    file: str
    uri: str
    suite: str
    signed_by: tuple[str, ...] = ()
    """paths of keyrings, fingerprints, or one key block; empty: the globally trusted keys"""
    trusted: bool = False
    """signatures are not checked"""

    @property
    def host(self) -> str:
        """Its host; empty for a folder or a disc."""
        found = re.match(r"(?:\w+\+)?https?://(?:[^/@]*@)?(\[[^\]]*\]|[^/:]+)", self.uri)
        return found[1].strip("[]") if found else ""

    @property
    def stem(self) -> str:
        """The prefix of its list files."""
        place = re.sub(r"^[\w+]+:/*", "", self.uri).rstrip("/")
        place = re.sub(r"^[^/@]*@", "", place)
        suite = self.suite.strip("/")
        flat = self.suite.endswith("/")
        whole = f"{place}/{suite}" if flat else f"{place}/dists/{suite}"
        return whole.rstrip("/").replace("_", "%5f").replace("/", "_")


class Malformed(Record, frozen=True):
    """An invalid place in the sources, which stops apt altogether."""

    file: str
    line: int
    text: str


class Update(Record, frozen=True):
    """One package of which a newer version waits."""

    package: str
    installed: str
    available: str


# ---------------------------------------------------------------------- sources
def sources(host: Host) -> tuple[tuple[Source, ...], tuple[Malformed, ...]]:
    """Every enabled archive, and the invalid places in the files."""
    found: list[Source] = []
    bad: list[Malformed] = []
    folder = f"{SOURCES}.d"
    names = attempt(lambda: host.listdir(folder), [])
    files = [SOURCES, *(f"{folder}/{name}" for name in names if re.fullmatch(r"[\w.-]+\.(list|sources)", name))]
    for file in files:
        text = attempt(partial(host.read, file), "")
        good, broken = parse_sources(text, file) if file.endswith(".sources") else parse_list(text, file)
        found += good
        bad += broken
    return tuple(found), tuple(bad)


def parse_list(text: str, file: str = SOURCES) -> tuple[list[Source], list[Malformed]]:
    """Read the one-line form of sources.list(5)."""
    found: list[Source] = []
    bad: list[Malformed] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        match = re.fullmatch(r"(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(cdrom:\[[^\]]*\]\S*|\S+)\s+(\S+)(\s+.*)?", line)
        if not match or ":" not in match[3] or (not match[4].endswith("/") and not (match[5] or "").strip()):
            bad.append(Malformed(file, number, line[:120]))
        elif match[1] == "deb":
            options = dict(re.findall(r"([\w-]+)\+?=(\S+)", (match[2] or "").lower().replace(", ", ",")))
            keys = re.search(r"signed-by=(\S+)", match[2] or "", re.IGNORECASE)
            signed = tuple(keys[1].split(",")) if keys else ()
            found.append(Source(file, match[3], match[4], signed, options.get("trusted") == "yes"))
    return found, bad


def parse_sources(text: str, file: str) -> tuple[list[Source], list[Malformed]]:
    """Read the form in paragraphs of sources.list(5)."""
    found: list[Source] = []
    bad: list[Malformed] = []
    line = 1
    for block in re.split(r"(?<=\n)[ \t]*\n", text):
        fields = paragraph(block)
        if fields and fields.get("enabled", "yes").lower() not in {"no", "false", "0"}:
            kinds, places, suites = (fields.get(name, "").split() for name in ("types", "uris", "suites"))
            if not (kinds and places and suites) or any(":" not in place for place in places):
                bad.append(Malformed(file, line, block.strip().splitlines()[0][:120]))
            elif "deb" in kinds:
                key = fields.get("signed-by", "")
                signed = (key,) if "BEGIN PGP" in key else tuple(key.replace(",", " ").split())
                trusted = fields.get("trusted", "").lower() == "yes"
                found += [Source(file, place, suite, signed, trusted) for place in places for suite in suites]
        line += block.count("\n") + 1
    return found, bad


def paragraph(block: str) -> dict[str, str]:
    """The fields of one paragraph, names in lower case; a line that begins with a blank continues the last."""
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in {" ", "\t"} and name:
            fields[name] += "\n" + line[1:]
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def shut_keyrings(host: Host, more: Supplements, sources: Iterable[Source]) -> tuple[tuple[str, int], ...]:
    """(file, mode) of keyrings that apt's unprivileged helper may not read."""
    paths = dict.fromkeys(path for source in sources for path in source.signed_by if path.startswith("/"))
    entries = {path: more.ask(partial(host.stat, path), {}, path) for path in paths}
    return tuple((path, entry["mode"]) for path, entry in entries.items() if entry and not entry["mode"] & 0o004)


# ---------------------------------------------------------------------- lists
def lists(host: Host) -> tuple[str, ...]:
    """The names of the lists that have been downloaded."""
    return tuple(name for name in host.listdir(LISTS) if "_" in name)


def refreshed(host: Host, names: Iterable[str]) -> float:
    """When the lists were last updated, seconds since 1970."""
    releases = [f"{LISTS}/{name}" for name in names if name.endswith("Release")]
    times = (attempt(partial(host.stat, path), {}, Reason.MISSING, Reason.FORBIDDEN) for path in (*STAMPS, *releases))
    return float(max((said.get("modified", 0) for said in times), default=0))


def security_updates(host: Host) -> tuple[Update, ...]:
    """Pending security updates of installed packages that are not held."""
    present = packages.installed(host)
    names = [
        name
        for name in lists(host)
        if _SECURITY.search(name) and re.search(r"_Packages(\.\w+)?$", name) and "_dists_" in name
    ]
    if not names:
        raise ProbeError(Reason.MISSING, f"{LISTS}/*security*_Packages")
    newest: dict[str, str] = {}
    for package, version in _offered(host, names):
        known = newest.get(package) or present.get(package)
        if known and _higher(version, known):
            newest[package] = version
    return tuple(Update(name, present[name], newest[name]) for name in sorted(newest))


def _offered(host: Host, names: list[str]) -> Iterator[tuple[str, str]]:
    plain = [f"{LISTS}/{name}" for name in names if not name.endswith(PACKED)]
    if plain:  # grep leaves a tenth of what may be many megabytes
        yield from parse_packages(host.run("grep", "-hE", "^(Package|Version): ", "--", *plain)["out"])
    for name in names:
        if name.endswith(PACKED):
            said = host.run(HELPER, "cat-file", f"{LISTS}/{name}")["out"]
            if len(said) >= FULL:
                raise ProbeError(Reason.UNREADABLE, f"{name}: {len(said)}")
            yield from parse_packages(said)


def parse_packages(text: str) -> list[tuple[str, str]]:
    """Names and versions of a Packages file."""
    return re.findall(r"^Package: (\S+)\n(?:.+\n)*?Version: (\S+)$", text, re.MULTILINE)


def candidates(host: Host, names: Iterable[str]) -> dict[str, str]:
    """The versions of these packages that apt would install, by its preferences."""
    said = host.run("apt-cache", "policy", "--", *names, timeout=6)
    return dict(re.findall(r"^(\S+?)(?::\S+)?:\n  Installed: .*\n  Candidate: (\S+)$", said["out"], re.MULTILINE))


def _higher(left: str, right: str) -> bool:
    return left != right and compare(left, right) > 0


def compare(left: str, right: str) -> int:
    """Compare two versions as deb-version(7) orders them: negative, zero or positive."""
    ours, theirs = _parts(left), _parts(right)
    return (ours > theirs) - (ours < theirs)


def _parts(version: str) -> tuple[int, list[tuple[list[int], int]], list[tuple[list[int], int]]]:
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, "0"
    return (int(epoch) if epoch.isascii() and epoch.isdigit() else 0, _order(upstream), _order(revision))


def _order(text: str) -> list[tuple[list[int], int]]:
    """Letters before other signs, a tilde before the end itself, numbers by value."""
    parts = re.findall(r"([^0-9]*)([0-9]*)", text)
    return [([*(_rank(sign) for sign in letters), 0], int(digits or 0)) for letters, digits in parts]


def _rank(sign: str) -> int:
    return -1 if sign == "~" else ord(sign) if sign.isalpha() else ord(sign) + 256
