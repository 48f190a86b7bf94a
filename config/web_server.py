"""Settings of gunicorn, the web server: one process of threads, because SQLite's write gate lives in one process."""

from __future__ import annotations

import os
import threading
from typing import Any

from django.utils.module_loading import import_string

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_PROCESSES", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
worker_class = "gthread"
timeout = 60
graceful_timeout = 10
keepalive = 15
loglevel = "warning"
# By default gunicorn opens a control socket in the home folder of whoever runs it.
control_socket_disable = True
_memory = "/dev/shm"  # noqa: S108 - gunicorn makes its heartbeat file there under a random name
worker_tmp_dir = _memory if os.access(_memory, os.W_OK) else None

_stop = threading.Event()


def post_worker_init(_worker: Any) -> None:
    """Where no separate worker runs, the loop of effects and deadlines is a thread of this process."""
    if os.environ.get("EMBEDDED_WORKER") == "1":
        run_forever = import_string("config.worker.run_forever")
        threading.Thread(target=run_forever, args=(_stop,), name="worker", daemon=True).start()


def worker_int(_worker: Any) -> None:
    """Let the loop end its round."""
    _stop.set()


def worker_exit(_server: Any, _worker: Any) -> None:
    """Let the loop end its round."""
    _stop.set()
