"""techkit: finds the one cause behind a PC's trouble, says what to do, and writes the incident.

What the author of a check imports stands here; everything is loaded on first use, because start-up
on a slow PC is a feature.
"""

import os

TYPE_CHECKING = False  # type checkers treat it as true; importing typing would cost 5 ms
if TYPE_CHECKING:
    from typing import Any

    from techkit.check import Check, Unseen, critical, info, warning
    from techkit.host import Host, ProbeError, attempt
    from techkit.model import Fact, Finding, GiB, KiB, MiB, Reason, Record, Severity

__version__ = "0.1.0"
__all__ = [
    "Check",
    "Fact",
    "Finding",
    "GiB",
    "Host",
    "KiB",
    "MiB",
    "ProbeError",
    "Reason",
    "Record",
    "Severity",
    "Unseen",
    "__version__",
    "attempt",
    "critical",
    "info",
    "warning",
]

started = ("-P", "-m", "techkit")
"""The arguments with which Python starts techkit, never from the current folder. The single-file build replaces
them with its own path."""

_HOME = {
    "check": ("Check", "Unseen", "critical", "info", "warning"),
    "host": ("Host", "ProbeError", "attempt"),
    "model": ("Fact", "Finding", "GiB", "KiB", "MiB", "Reason", "Record", "Severity"),
}

# In the source tree checks/ and fixes/ lie beside src/; in a wheel they lie inside this package.
# Decided by the folder's own name: a search for "../../checks" would be led astray by a
# world-writable temporary folder, where single-file builds unpack themselves.
_parent = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib costs 9 ms
if os.path.basename(_parent) == "src":  # noqa: PTH119 - as above
    __path__.append(os.path.dirname(_parent))  # noqa: PTH120 - as above


def __getattr__(name: str) -> "Any":
    for module, names in _HOME.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(f"techkit.{module}"), name)
    raise AttributeError(f"module 'techkit' has no attribute {name!r}")
