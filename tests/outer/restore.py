"""Inside a broken machine: fix everything, undo all of it, and say what is not as it was."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

VOLATILE = ("/etc/ld.so.cache", "/etc/machine-id", "/etc/passwd-", "/etc/shadow-", "/etc/group-", "/etc/gshadow-")
"""What the system's own programs make anew, and the copies that the programs for accounts leave."""
UNDATED = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow")
"""What such a program writes anew each time: its content counts."""
CALLED = re.compile(r"systemd-(hostnamed|localed|timedated)|user@|session-|packagekit")
"""What comes when it is called and goes by itself."""


def said(*argv: str) -> list[str]:
    """The lines of a program; none where it is not here."""
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.splitlines()
    except OSError:
        return []


def files() -> dict[str, list[object]]:
    """Everything below /etc: content, mode, owner, time, or where a link leads."""
    found: dict[str, list[object]] = {}
    for folder, folders, names in os.walk("/etc"):
        for name in (*folders, *names):
            path = Path(folder) / name
            status = path.lstat()
            if path.is_symlink():
                found[str(path)] = [str(path.readlink())]
            elif path.is_file() and str(path) not in VOLATILE:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                dated = [] if str(path) in UNDATED else [status.st_mtime_ns]
                found[str(path)] = [digest, status.st_mode, status.st_uid, status.st_gid, *dated]
            elif path.is_dir():
                found[str(path)] = [status.st_mode, status.st_uid, status.st_gid]
    return found


def state() -> dict[str, object]:
    """What an undo must give back."""
    units = said("systemctl", "list-units", "--all", "--plain", "--no-legend", "--type=service,socket,timer,mount")
    return {
        **files(),
        "unit files": said("systemctl", "list-unit-files", "--plain", "--no-legend"),
        "running": sorted(
            line.split()[0] for line in units if line.split()[2] == "active" and not CALLED.match(line.split()[0])
        ),
        "links": sorted(line.split()[1] for line in said("ip", "-o", "link") if ",UP" in line or "<UP" in line),
        "sizes": [line.split(" qdisc")[0] for line in said("ip", "-o", "link")],
        "addresses": [" ".join(line.split()[1:6]) for line in said("ip", "-4", "-o", "address")],
        "routes": sorted(said("ip", "-4", "route")),
        "filter": [re.sub(r"packets \d+ bytes \d+", "", line) for line in said("nft", "list", "ruleset")],
        "packages": said("dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package} ${Version}\n"),
    }


TECHKIT = [sys.executable, "-m", "techkit"]
FIX = [*TECHKIT, "fix", "--yes", "--risk", "high"]


def undo() -> list[str]:
    """Put everything back; what was said, run by run."""
    told: list[str] = []
    while "nothing to undo" not in (words := "".join(said(*TECHKIT, "undo", "--lang", "en"))) and len(told) < 20:
        told.append(words)
    return told


def differing(before: dict[str, object], after: dict[str, object]) -> dict[str, list[object]]:
    """What is not as it was."""
    return {key: [before.get(key), after.get(key)] for key in before | after if before.get(key) != after.get(key)}


def there_and_back() -> dict[str, object]:
    """A whole fix and its undo."""
    before = state()
    fixed = subprocess.run(FIX, capture_output=True, text=True, check=False)
    between = state()
    undone = undo()
    changed = sorted(differing(before, between))
    return {"said": fixed.stdout, "changed": changed, "undone": undone, "different": differing(before, state())}


def cut_off(times: int) -> dict[str, object]:
    """A fix that is killed so many times, each at another moment; what an undo did not give back after which."""
    before, began = state(), time.monotonic()
    subprocess.run(FIX, capture_output=True, check=False)
    whole = time.monotonic() - began
    undo()
    dice, different = random.Random(17), {}  # noqa: S311 - any moments will do
    for _ in range(times):
        moment = dice.uniform(0, whole)
        with subprocess.Popen(FIX, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(moment)
            process.kill()
        time.sleep(2)  # what it had started ends
        told = undo()
        if left := differing(before, state()):
            different[f"{moment:.3f}"] = {"undone": told, **left}
            break
    return {"said": f"{whole:.1f} s", "changed": [], "undone": [], "different": different}


def main() -> None:
    """Print one JSON object: what was done, and each difference that is left."""
    told = cut_off(int(sys.argv[1])) if sys.argv[1:] else there_and_back()
    sys.stdout.write("\n" + json.dumps(told) + "\n")


main()
