"""The HTTP reader against a TLS server: the address is the one that was looked at, the name is still checked."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.adapters import http_answers
from shared.adapters.code_set_http import HttpCodeSetReader
from shared.adapters.http_origins import Guard
from shared.errors import PermanentError, TransientError
from shared.settings import Settings
from shared.testing.fake_clock import FakeClock

pytestmark = pytest.mark.integration

NAME, OTHER_NAME = "codes.example.gov", "elsewhere.example.gov"


class Answers(BaseHTTPRequestHandler):
    """Says which host it was asked for; `/large` has a body of 4,000 bytes."""

    def do_GET(self) -> None:
        body = b"x" * 4000 if self.path == "/large" else self.headers["Host"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the standard library's name
        """Keeps quiet."""


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that hangs up is what some tests want."""


@dataclass(frozen=True)
class Addresses:
    """The two settings that the reader takes."""

    code_origins: dict[str, str]
    http_allowed_origins: tuple[str, ...] = ()
    is_production: bool = False


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server on the loopback with a certificate for NAME, which this process trusts."""
    certificate = write_certificate(tmp_path, NAME)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Server(("127.0.0.1", 0), Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def write_certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate and its key in one PEM file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "certificate.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def reader(name: str, port: int) -> HttpCodeSetReader:
    """A reader for which every name leads to the loopback."""
    url = f"https://{name}:{port}"

    def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    settings = cast("Settings", Addresses({"codes": url}))
    return HttpCodeSetReader(settings, Guard.of([url], is_local=True, resolve=resolve), sleep=FakeClock().advance)


def test_the_server_is_asked_by_its_name_at_the_address_that_was_looked_at(port: int) -> None:
    assert reader(NAME, port).get("codes", "/x", {}) == f"{NAME}:{port}".encode()


def test_a_server_that_can_t_prove_its_name_is_not_listened_to(port: int) -> None:
    with pytest.raises(TransientError, match="origin_unavailable"):
        reader(OTHER_NAME, port).get("codes", "/x", {})


def test_an_answer_beyond_all_measure_is_given_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_answers, "MOST_BYTES", 3_999)
    with pytest.raises(PermanentError, match="answer_too_large"):
        reader(NAME, port).get("codes", "/large", {})


def test_an_answer_that_drips_is_given_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_answers, "MOST_SECONDS", -1.0)
    with pytest.raises(TransientError, match="answer_too_slow"):
        reader(NAME, port).get("codes", "/x", {})
