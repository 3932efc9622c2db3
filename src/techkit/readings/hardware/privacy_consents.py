"""Whether Windows lets programs use camera and microphone: its privacy settings, and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from techkit.host import ProbeError, attempt
from techkit.model import Fact, Reason, Record
from techkit.readings.hardware import devices

if TYPE_CHECKING:
    from techkit.host import Host

STORE = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
POLICIES = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\AppPrivacy"
POLICY = {"webcam": "LetAppsAccessCamera", "microphone": "LetAppsAccessMicrophone"}
FORCED = 2
"""The policy's value for "force deny"."""
DENIED = "Deny"
CAPTURE = "{0.0.1."
"""How ids of recording audio endpoints begin, after their enumerator."""


class Consent(Record, frozen=True):
    """The switches for one kind of device: Allow, Deny, Prompt or empty: never set."""

    devices: tuple[str, ...]
    sid: str = ""
    """whose switches they are"""
    everyone: str = ""
    person: str = ""
    desktop: str = ""
    """for desktop programs"""
    forced: bool = False
    """whether a policy denies it"""

    @property
    def denied_by(self) -> str:
        """The widest switch that denies: policy, everyone, person or desktop; empty where programs may use it."""
        switches = {"everyone": self.everyone, "person": self.person, "desktop": self.desktop}
        return "policy" if self.forced else next((name for name, value in switches.items() if value == DENIED), "")

    @property
    def facts(self) -> dict[str, Fact]:
        """The facts of the pages of both kinds."""
        return {"device": self.devices[0], "devices": self.devices, "sid": self.sid}


def consent(host: Host, kind: Literal["webcam", "microphone"]) -> Consent:
    """The switches as they hold for the person at this PC; INAPPLICABLE without such a device."""
    rows = devices.entities(host, "Camera" if kind == "webcam" else "AudioEndpoint")
    names = tuple(
        str(row["Name"])
        for row in rows
        if row["Present"] is not False and (kind == "webcam" or CAPTURE in str(row["PNPDeviceID"]))
    )
    if not names:
        raise ProbeError(Reason.INAPPLICABLE, f"no {kind}")
    sid = str(host.person()["id"])
    own = rf"HKU\{sid}\{STORE}\{kind}"
    return Consent(
        names,
        sid,
        _value(host, rf"HKLM\{STORE}\{kind}"),
        _value(host, own),
        _value(host, rf"{own}\NonPackaged"),
        forced=attempt(lambda: host.registry(POLICIES)["values"], {}).get(POLICY[kind]) == FORCED,
    )


def _value(host: Host, key: str) -> str:
    return str(attempt(lambda: host.registry(key)["values"], {}).get("Value") or "")
