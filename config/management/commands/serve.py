"""Serve the site on this machine: the web with its worker, and the signer, which alone opens the signing keys."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.supervisor import Child, Supervisor

SIGNERS_OWN = ("SIGNER_", "CREDENTIAL_", "SM2_")
ANSWERS_WITHIN = 30.0


class Command(BaseCommand):
    """Two processes under one supervisor, ended together by Ctrl-C or SIGTERM."""

    help = "Serve the site: web and signer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--threads", type=int, default=8)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop; CommandError when the address is taken or a process cannot be kept running."""
        host, port = options["host"], options["port"]
        check_address_is_free(host, port)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        supervisor = Supervisor([signer(), web(host, port, options["threads"])], stop)
        supervisor.start()
        threading.Thread(target=self._announce, args=(host, port, stop), daemon=True).start()
        if supervisor.watch():
            raise CommandError(
                "网站未能持续运行，原因见上。 The site could not be kept running; the reasons are above."
            )

    def _announce(self, host: str, port: int, stop: threading.Event) -> None:
        """Print the address once it answers, and who may log in where that is public."""
        if not answers(host, port, stop):
            return
        self.stdout.write(f"网址 Address: {settings.PUBLIC_BASE_URL}/")
        accounts = settings.VAR_DIR / "demo-accounts.txt"
        if settings.ACCREDITATION_DEMO and accounts.exists():
            self.stdout.write(accounts.read_text().rstrip())
        self.stdout.write("按 Ctrl-C 停止。 Ctrl-C stops it.")
        self.stdout.flush()


def check_address_is_free(host: str, port: int) -> None:
    """CommandError when somebody listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refusal:
            reason = (
                f"{host}:{port} 不可用，请另选端口（PORT=8001）。 {host}:{port} cannot be used ({refusal.strerror}); "
            )
            raise CommandError(reason + "choose another port, for example PORT=8001.") from refusal


def answers(host: str, port: int, stop: threading.Event) -> bool:
    """Wait until the address accepts connections; False when told to stop or after half a minute."""
    until = time.monotonic() + ANSWERS_WITHIN
    while time.monotonic() < until and not stop.wait(0.1):
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            continue
        return True
    return False


def web(host: str, port: int, threads: int) -> Child:
    """The web process: threads and the worker loop, without anything that is the signer's."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(SIGNERS_OWN)}
    environment |= {"WEB_BIND": f"{host}:{port}", "WEB_THREADS": str(threads), "EMBEDDED_WORKER": "1"}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.web_server", "config.wsgi:application"]
    return Child("web", command, environment, settings.BASE_DIR)


def signer() -> Child:
    """The process that opens the signing keys."""
    return Child("signer", [sys.executable, "manage.py", "signer"], os.environ, settings.BASE_DIR)
