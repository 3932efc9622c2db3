"""The published JSON Schema of an incident, made from its records: `python -m techkit.report.schema > FILE`."""

from __future__ import annotations

import sys

import msgspec

from techkit.model import Incident

if __name__ == "__main__":
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Incident)), indent=1).decode() + "\n")
