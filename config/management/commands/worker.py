"""The worker as a process of its own, for installations where the web runs in several processes."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from config.worker import run_forever


class Command(BaseCommand):
    """Carries out due effects and deadlines until told to stop."""

    help = "Run the worker until SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Return after the round in which the signal came."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        run_forever(stop)
