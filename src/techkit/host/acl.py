"""The access control list of a file or folder on Windows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from techkit.host.local import problem

if TYPE_CHECKING:
    from techkit.host import Answer

ALLOWED, DENIED = 0, 1
"""ACCESS_ALLOWED_ACE_TYPE, ACCESS_DENIED_ACE_TYPE"""
BELOW_ONLY = 0x08
"""INHERIT_ONLY_ACE: it applies to what is in the folder, not to the folder itself."""
EVERYONE, EVERYTHING = "S-1-1-0", 0x001F01FF
"""FILE_ALL_ACCESS"""


def granted(path: str) -> Answer:
    """The entries for the path itself; without a list everybody has full access."""
    security = import_module("win32security")
    try:
        found = security.GetFileSecurity(path, security.DACL_SECURITY_INFORMATION).GetSecurityDescriptorDacl()
    except import_module("pywintypes").error as error:
        raise problem(error, path) from error
    if found is None:
        return [{"sid": EVERYONE, "allow": True, "mask": EVERYTHING}]
    return entries([found.GetAce(place) for place in range(found.GetAceCount())], security.ConvertSidToStringSid)


def entries(every: list[Any], name: Any) -> Answer:
    """Entries as pywin32 gives them: ((type, flags), mask, …, SID)."""
    return [
        {"sid": str(name(one[-1])), "allow": one[0][0] == ALLOWED, "mask": one[1] & 0xFFFFFFFF}
        for one in every
        if one[0][0] in {ALLOWED, DENIED} and not one[0][1] & BELOW_ONLY
    ]
