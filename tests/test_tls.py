"""A secure connection to a server of ours, whose authority the system comes to know only when it is asked for it."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from techkit.host import net

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(not OPENSSL, reason="no openssl makes the certificates")
MISSING_ISSUER = 20
"""X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"""


def make(folder: Path, name: str, issuer: str, *extension: str) -> None:
    """A certificate NAME.pem with its key, signed by `issuer`."""
    argv = [str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    signing = ["-CA", str(folder / f"{issuer}.pem"), "-CAkey", str(folder / f"{issuer}.key")] if issuer != name else []
    out = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
    more = [word for one in extension for word in ("-addext", one)]
    subprocess.run([*argv, *signing, *out, *more], check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority, one below it, and a server's own certificate followed by that."""
    folder = tmp_path_factory.mktemp("authority")
    make(folder, "root", "root", "basicConstraints=critical,CA:TRUE")
    make(folder, "between", "root", "basicConstraints=critical,CA:TRUE")
    make(folder, "localhost", "between", "basicConstraints=critical,CA:FALSE", "subjectAltName=DNS:localhost")
    both = [(folder / f"{name}.pem").read_text() for name in ("localhost", "between")]
    (folder / "chain.pem").write_text("".join(both))
    return folder


@pytest.fixture
def port(authority: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that shakes hands with everybody, on a machine that trusts nobody."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "nobody.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(authority / "nowhere"))
    net.trusting.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "chain.pem", authority / "localhost.key")
    with socket.create_server(("localhost", 0)) as line:

        def serve() -> None:
            while True:
                try:
                    caller, _ = line.accept()
                except OSError:
                    return
                try:
                    context.wrap_socket(caller, server_side=True).close()
                except OSError:
                    caller.close()

        threading.Thread(target=serve, daemon=True).start()
        yield int(line.getsockname()[1])
    net.trusting.cache_clear()


def test_an_authority_that_the_system_fetches_when_asked_is_trusted(
    port: int, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def fetch(shown: Sequence[bytes], seconds: float) -> None:
        asked.append(len(shown))
        assert seconds == 2
        assert ssl.DER_cert_to_PEM_cert(shown[0]).split() == (authority / "localhost.pem").read_text().split()
        monkeypatch.setenv("SSL_CERT_FILE", str(authority / "root.pem"))

    answer = net.tls("localhost", port, 2, fetch)
    assert (answer["verified"], answer["code"], asked) == (True, 0, [2])


def test_one_that_nobody_knows_is_not(port: int) -> None:
    answer = net.tls("localhost", port, 2, lambda _shown, _seconds: None)
    assert (answer["verified"], answer["code"]) == (False, MISSING_ISSUER)
    assert (answer["issuer"], answer["subject"]) == ("between", "localhost")
