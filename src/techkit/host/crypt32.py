"""Certificate chains as Windows builds them: it fetches many authorities only when one is first needed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

X509 = 1
"""X509_ASN_ENCODING"""
MEMORY = 2
"""CERT_STORE_PROV_MEMORY: a private store that disappears with its handle."""
ALWAYS = 4
"""CERT_STORE_ADD_ALWAYS"""


def fetch(shown: Sequence[bytes], seconds: float) -> None:
    """Have Windows look for the authority behind a server's certificates, the server's own first.

    It adds what it finds to its store, where a new handshake sees it. Verdict and host name are not checked here.
    """
    ctypes: Any = import_module("ctypes")
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    library = ctypes.WinDLL("crypt32")
    library.CertOpenStore.restype = library.CertCreateCertificateContext.restype = pointer
    store = pointer(library.CertOpenStore(pointer(MEMORY), number(0), None, number(0), None))
    own = pointer(library.CertCreateCertificateContext(number(X509), shown[0], number(len(shown[0]))))
    chain = pointer()
    try:
        for one in shown[1:]:
            library.CertAddEncodedCertificateToStore(store, number(X509), one, number(len(one)), number(ALWAYS), None)
        if own:
            wanted = ctypes.byref(wish(seconds))
            library.CertGetCertificateChain(None, own, None, store, wanted, number(0), None, ctypes.byref(chain))
    finally:
        if chain:
            library.CertFreeCertificateChain(chain)
        if own:
            library.CertFreeCertificateContext(own)
        library.CertCloseStore(store, number(0))


def wish(seconds: float) -> Any:
    """CERT_CHAIN_PARA, all zero except its own size and the time-out."""
    ctypes: Any = import_module("ctypes")

    class Names(ctypes.Structure):  # type: ignore[misc] # imported where it is used
        """CERT_ENHKEY_USAGE; a structure of its own, which begins where its pointer may."""

        _fields_ = (("count", ctypes.c_uint32), ("names", ctypes.c_void_p))

    class Usage(ctypes.Structure):  # type: ignore[misc]
        """CERT_USAGE_MATCH."""

        _fields_ = (("kind", ctypes.c_uint32), ("usage", Names))

    class Wish(ctypes.Structure):  # type: ignore[misc]
        """CERT_CHAIN_PARA with all that has come to it since."""

        _fields_ = (
            ("size", ctypes.c_uint32), ("usage", Usage), ("policy", Usage), ("milliseconds", ctypes.c_uint32),
            ("fresh", ctypes.c_int), ("age", ctypes.c_uint32), ("resync", ctypes.c_void_p),
            ("signing", ctypes.c_void_p), ("strong", ctypes.c_uint32),
        )  # fmt: skip

    return Wish(size=ctypes.sizeof(Wish), milliseconds=int(seconds * 1000))
