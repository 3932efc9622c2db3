"""Writes the tapes."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tapes.windows import FOLDER, PCS, written

for chosen in sys.argv[1:] or PCS:
    (FOLDER / f"{chosen}.json").write_text(written(chosen), encoding="utf-8", newline="\n")
