"""Questions to the network: each is one exchange with a time-out, and each answer says what happened."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import threading
import time
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Answer = dict[str, Any]
BODY = 4096
"""Bytes of a page that are read."""
EPOCH = 2208988800
"""Seconds between 1900, where NTP begins, and 1970."""
REFUSED_WINDOWS = 10061
"""WSAECONNREFUSED"""
UNKNOWN_ISSUER = {2, 20, 21}
"""X509_V_ERR numbers of OpenSSL's x509_vfy.h: no authority known here has issued the certificate."""
_BUILDING = threading.Lock()


def _milliseconds(since: float) -> float:
    return round((time.monotonic() - since) * 1000, 1)


def state_of(error: OSError) -> str:
    """timeout, refused, unreachable, unresolved or broken."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, socket.gaierror):
        return "unresolved"
    unreachable = {
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
        errno.EADDRNOTAVAIL,
        errno.ENETDOWN,
        errno.EACCES,
        errno.EPERM,
    }
    if error.errno in unreachable or getattr(error, "winerror", None) in {10051, 10065, 10049, 10050, 10013}:
        return "unreachable"
    return "broken"


def connect(address: str, port: int, timeout: float) -> Answer:
    """One TCP connection, closed at once."""
    began = time.monotonic()
    try:
        socket.create_connection((address, port), timeout).close()
        state = "open"
    except (OSError, UnicodeError) as error:
        state = state_of(error) if isinstance(error, OSError) else "unresolved"
    return {"state": state, "milliseconds": _milliseconds(began)}


def knocks(address: str, port: int, count: int, timeout: float) -> Answer:
    """Many TCP connections begun within a fifth of a second, each closed as soon as it is answered."""
    import selectors

    family, kind, protocol, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    waiting = selectors.DefaultSelector()
    begun: dict[int, float] = {}
    times: list[float] = []
    with contextlib.ExitStack() as lines:
        lines.callback(waiting.close)
        for number in range(count):
            line = lines.enter_context(socket.socket(family, kind, protocol))
            line.settimeout(0)
            line.connect_ex(place)
            begun[line.fileno()] = time.monotonic()
            waiting.register(line, selectors.EVENT_WRITE)
            if number % 4 == 3:
                _answered(waiting, begun, times, 0.01)
        end = time.monotonic() + timeout
        while len(times) < count and (left := end - time.monotonic()) > 0:
            _answered(waiting, begun, times, left)
    return {"sent": count, "received": len(times), "milliseconds": times}


def _answered(waiting: Any, begun: dict[int, float], times: list[float], timeout: float) -> None:
    """Remove those that were accepted or refused from the waiting ones."""
    for key, _ in waiting.select(timeout):
        waiting.unregister(key.fileobj)
        if key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) in {0, errno.ECONNREFUSED, REFUSED_WINDOWS}:
            times.append(_milliseconds(begun[key.fd]))


def resolve(name: str) -> Answer:
    """getaddrinfo, as other programs use it; the time-out is the resolver's."""
    began = time.monotonic()
    error, addresses = "none", []
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        addresses = sorted({str(entry[4][0]) for entry in found})
    except socket.gaierror as failure:
        unknown = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME), 11001, 11004}
        error = "unknown" if failure.errno in unknown else "unavailable"
    except (OSError, UnicodeError):
        error = "unavailable"
    return {"addresses": addresses, "error": error, "milliseconds": _milliseconds(began)}


def dns(server: str, name: str, kind: str, timeout: float) -> Answer:
    """One query over UDP, repeated over TCP if the answer was truncated."""
    import dns.exception
    import dns.message
    import dns.query
    import dns.rcode
    import dns.rdatatype

    began = time.monotonic()
    answer: Answer = {"state": "answered", "code": "", "addresses": []}
    try:
        query = dns.message.make_query(name, kind)
        reply, _ = dns.query.udp_with_fallback(query, server, timeout=timeout, ignore_unexpected=True)
        answer["code"] = dns.rcode.to_text(reply.rcode())
        wanted = dns.rdatatype.from_text(kind)
        answer["addresses"] = sorted(
            record.to_text() for rrset in reply.answer if rrset.rdtype == wanted for record in rrset
        )
    except dns.exception.Timeout:
        answer["state"] = "timeout"
    except OSError as error:
        answer["state"] = state_of(error)
    except (dns.exception.DNSException, ValueError) as error:
        answer |= {"state": "broken", "code": type(error).__name__}
    return answer | {"milliseconds": _milliseconds(began)}


def http(url: str, proxy: str, timeout: float) -> Answer:
    """One GET without following redirects."""
    import http.client
    from email.utils import mktime_tz, parsedate_tz
    from urllib.parse import urlsplit

    began = time.monotonic()
    answer: Answer = {"state": "answered", "status": 0, "location": "", "date": None, "body": ""}
    try:
        parts = urlsplit(url)
        way = urlsplit(proxy if "://" in proxy else f"http://{proxy}") if proxy else parts
        connection = http.client.HTTPConnection(
            way.hostname or "", way.port or (3128 if proxy else 80), timeout=timeout
        )
        with contextlib.closing(connection):
            target = url if proxy else (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"Host": parts.netloc, "User-Agent": "techkit", "Accept": "*/*", "Connection": "close"}
            connection.request("GET", target, headers=headers)
            reply = connection.getresponse()
            stamp = parsedate_tz(reply.getheader("Date", ""))
            answer["status"] = reply.status
            answer["location"] = reply.getheader("Location", "")
            answer["date"] = float(mktime_tz(stamp)) if stamp else None
            answer["body"] = reply.read(BODY).decode("utf-8", "backslashreplace")
    except OSError as error:
        answer["state"] = state_of(error)
    except (http.client.HTTPException, ValueError, OverflowError):
        answer["state"] = "broken"
    return answer | {"milliseconds": _milliseconds(began)}


def tls(name: str, port: int, timeout: float, fetch: Callable[[Sequence[bytes], float], None] | None = None) -> Answer:
    """One handshake; if it is not trusted, the certificate is fetched again to read it.

    `fetch` makes the system look for an authority that it does not hold yet, before another handshake.
    """
    began = time.monotonic()
    shown: list[bytes] = []
    answer = _handshake(name, port, timeout, shown)
    if fetch and shown and answer["code"] in UNKNOWN_ISSUER:
        fetch(shown, timeout)
        trusting.cache_clear()
        answer = _handshake(name, port, timeout, shown)
    return answer | {"milliseconds": _milliseconds(began)}


def _handshake(name: str, port: int, timeout: float, shown: list[bytes]) -> Answer:
    """Do one handshake; `shown` receives the certificates of a server that is not trusted."""
    import ssl

    with _BUILDING:
        context, authorities = trusting(_stamps())
    answer: Answer = {
        "state": "answered", "verified": False, "code": 0, "issuer": "", "subject": "", "protocol": "",
        "not_before": None, "not_after": None, "store": authorities,
    }  # fmt: skip
    try:
        with socket.create_connection((name, port), timeout) as raw:
            try:
                with context.wrap_socket(raw, server_hostname=name) as secure:
                    answer |= {"verified": True, "protocol": secure.version() or ""} | _named(
                        secure.getpeercert() or {}
                    )
            except ssl.SSLCertVerificationError as error:
                answer |= {"code": error.verify_code} | _unverified(name, port, timeout, shown)
    except ssl.SSLError as error:
        answer |= {"state": "broken", "issuer": str(error.reason or "")}
    except OSError as error:
        answer["state"] = state_of(error)
    except UnicodeError:
        answer["state"] = "unresolved"
    return answer


@cache
def trusting(stamps: tuple[int, ...]) -> tuple[Any, int]:  # noqa: ARG001 - a changed store is loaded again
    """A context that trusts what this machine trusts, and the number of authorities; cached: loading is slow."""
    import ssl

    context = ssl.create_default_context()
    _add_stores(context)
    return context, _authorities(context)


def _stamps() -> tuple[int, ...]:
    """When the store was changed last, in nanoseconds."""
    import os
    import ssl

    paths = ssl.get_default_verify_paths()
    found = []
    for place in (*STORES, paths.cafile, paths.capath):
        with contextlib.suppress(OSError):
            found.append(os.stat(place or "").st_mtime_ns)  # noqa: PTH116 - quick
    return tuple(found)


def _authorities(context: Any) -> int:
    """How many authorities the machine trusts: those loaded, and those in a hashed folder."""
    import os
    import ssl

    loaded = int(context.cert_store_stats()["x509_ca"])
    folder = ssl.get_default_verify_paths().capath
    with contextlib.suppress(OSError):
        loaded += sum(1 for entry in os.scandir(folder or "") if entry.name.endswith(".0"))
    return loaded


STORES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where distributions keep the store, for a Python built to look elsewhere."""


def _add_stores(context: Any) -> None:
    import os
    import sys

    if sys.platform == "win32" or os.environ.get("SSL_CERT_FILE"):
        return
    for store in STORES:
        if os.path.isfile(store):  # noqa: PTH113 - quick
            with contextlib.suppress(OSError):
                context.load_verify_locations(store)
            return


def _named(certificate: dict[str, Any]) -> Answer:
    import ssl

    def name(field: str) -> str:
        parts = {key: value for group in certificate.get(field, ()) for key, value in group}
        return str(parts.get("commonName") or parts.get("organizationName") or "")

    def moment(field: str) -> float | None:
        return float(ssl.cert_time_to_seconds(certificate[field])) if field in certificate else None

    return {
        "issuer": name("issuer"),
        "subject": name("subject"),
        "not_before": moment("notBefore"),
        "not_after": moment("notAfter"),
    }


def _unverified(name: str, port: int, timeout: float, shown: list[bytes]) -> Answer:
    """The fields of an untrusted certificate; `shown` receives it and those that the server sends with it."""
    import ssl

    context = ssl._create_unverified_context()  # noqa: SLF001, S323 - to read the certificate, not to trust it
    with (
        socket.create_connection((name, port), timeout) as raw,
        context.wrap_socket(raw, server_hostname=name) as secure,
    ):
        shown[:] = _chain(secure)
        return {"protocol": secure.version() or ""} | (_read(shown[0]) if shown else {})


def _chain(secure: Any) -> list[bytes]:
    """Every certificate that a server sends; Python has a public function for it since 3.13."""
    if hasattr(secure, "get_unverified_chain"):
        return [bytes(one) for one in secure.get_unverified_chain()]
    import _ssl

    return [one.public_bytes(_ssl.ENCODING_DER) for one in secure._sslobj.get_unverified_chain() or ()]  # noqa: SLF001


def _read(certificate: bytes) -> Answer:
    import jc
    from jc.exceptions import ParseError

    try:
        parsed: Any = jc.parse("x509_cert", certificate, quiet=True)
        body = parsed[0]["tbs_certificate"]
    except (ValueError, KeyError, IndexError, TypeError, ParseError):
        return {}

    def who(parts: dict[str, Any]) -> str:
        return str(parts.get("common_name") or parts.get("organization_name") or "")

    validity = body["validity"]
    return {
        "issuer": who(body["issuer"]),
        "subject": who(body["subject"]),
        "not_before": float(validity["not_before"]),
        "not_after": float(validity["not_after"]),
    }


def sntp(server: str, timeout: float) -> Answer:
    """One SNTP exchange, RFC 4330; `offset` is positive when this machine's clock is behind."""
    answer: Answer = {"state": "answered", "offset": 0.0, "stratum": 0, "leap": 0}
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(server, 123, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as line:
            line.settimeout(timeout)
            line.connect(address)
            sent = time.time()
            line.send(b"\x23" + bytes(39) + struct.pack("!II", int(sent) + EPOCH, 0))
            reply = line.recv(512)
            came = time.time()
        received, replied = (_moment(reply[place : place + 8]) for place in (32, 40))
        answer |= {
            "offset": round(((received - sent) + (replied - came)) / 2, 3),
            "stratum": reply[1],
            "leap": reply[0] >> 6,
        }
    except OSError as error:
        answer["state"] = state_of(error)
    except (struct.error, IndexError, UnicodeError):
        answer["state"] = "broken"
    return answer


def _moment(raw: bytes) -> float:
    seconds, fraction = struct.unpack("!II", raw)
    return float(seconds - EPOCH + fraction / 2**32)
