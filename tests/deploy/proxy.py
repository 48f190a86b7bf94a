"""The repository's nginx configuration on loopback ports: the same lines, other paths, ports and one core process."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.architecture.sources import ROOT
from tests.machine import nginx_program

HOST = "accreditation.example.invalid"
PATIENCE = 30
NGINX = ROOT / "deploy" / "nginx"
_FRAME = """daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 64; }}
http {{
    include {types};
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/accreditation.conf;
}}
"""
_TYPES = "types { text/html html; text/css css; application/javascript js; application/json json; image/svg+xml svg; }"


@dataclass(frozen=True)
class Ports:
    """Where plain HTTP, TLS and the application are on this machine."""

    plain: int
    tls: int
    application: int


def free_ports() -> Ports:
    """Three ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    found = Ports(*(probe.getsockname()[1] for probe in probes))
    for probe in probes:
        probe.close()
    return found


def configuration(var: Path, folder: Path, ports: Ports) -> str:
    """The shipped file with every path and port of an installation replaced by one of the test."""
    replaced = {
        "    listen 80;": f"    listen 127.0.0.1:{ports.plain};",
        "    listen [::]:80;\n": "",
        "    listen 443 ssl http2;": f"    listen 127.0.0.1:{ports.tls} ssl http2;",
        "    listen [::]:443 ssl http2;\n": "",
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{ports.application};",
        "/etc/accreditation/tls": str(folder),
        "/etc/nginx/snippets/accreditation-published.conf": str(NGINX / "published.conf"),
        "/var/lib/accreditation": str(var),
    }
    text = (NGINX / "accreditation.conf").read_text()
    for old, new in replaced.items():
        assert old in text, f"{old!r} is no longer in the configuration"
        text = text.replace(old, new)
    return text


def make_tls(folder: Path) -> None:
    """A certificate of its own for the test's host name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )
    made = builder.sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Proxy:
    """A running nginx before an application that runs or does not."""

    def __init__(self, var: Path, folder: Path) -> None:
        folder.mkdir()
        self.ports, self.folder = free_ports(), folder
        make_tls(folder)
        (folder / "mime.types").write_text(_TYPES)
        (folder / "accreditation.conf").write_text(configuration(var, folder, self.ports))
        (folder / "nginx.conf").write_text(_FRAME.format(folder=folder, types=folder / "mime.types"))
        user = ["-g", "user root;"] if os.geteuid() == 0 else []  # the test's files are its user's own
        program = nginx_program()
        assert program is not None
        self.command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
        self.process = subprocess.Popen([*self.command, *user], stderr=subprocess.PIPE)
        wait_for(self.ports.tls, self.process)

    def ask(
        self, path: str, *, method: str = "GET", body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One request over TLS."""
        context = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        context.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", self.ports.tls, timeout=PATIENCE, context=context)
        return _ask(connection, path, method, body, {"Host": HOST, **(headers or {})})

    def ask_plain(self, path: str) -> Reply:
        """One request without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports.plain, timeout=PATIENCE)
        return _ask(connection, path, "GET", b"", {"Host": HOST})

    def complaints(self) -> str:
        """What nginx wrote into its log at level warn and above."""
        return (self.folder / "error.log").read_text()

    def stop(self) -> None:
        """End it and wait."""
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)


def _ask(
    connection: http.client.HTTPConnection, path: str, method: str, body: bytes, headers: Mapping[str, str]
) -> Reply:
    try:
        connection.request(method, path, body=body or None, headers=dict(headers))
        answer = connection.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def start_application(environment: Mapping[str, str], port: int, log: Path) -> subprocess.Popen[bytes]:
    """The web process as the unit file starts it."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.web_server", "config.wsgi:application"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env={**environment, "WEB_BIND": f"127.0.0.1:{port}", "WEB_THREADS": "2"},
            cwd=ROOT,
            stdout=output,
            stderr=output,
        )
    wait_for(port, process)
    return process


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until something listens on the port."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "it ended at once"
            assert time.monotonic() < end, "it does not listen"
            time.sleep(0.05)
