"""`manage.py demo [--once] [--size N]`: a fresh demonstration, the main job run once, then the site served."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accreditation.effects import run_due
from accreditation.enums import ApplicationState
from accreditation.models import Application, Case
from accreditation.seeds.accounts import DEMO_PASSWORD, demo_people
from certificates.selectors import certificate_file, certificate_for_request
from workflows.certification import request_key_of
from workflows.demo.city.cohorts import EVERY_STATE
from workflows.demo.reissued import ask_for_certificate_again
from workflows.demo.story import Story
from workflows.demo.whole import play_on
from workflows.tick import tick
from workflows.workdays import SHANGHAI

USUAL_SIZE = EVERY_STATE
FRESH = ("evidence", "certificates", "public", "mail", "run")  # keys and trust stay: authorities are made once


class Command(BaseCommand):
    """Only in demo mode, in a folder of its own."""

    help = "Run the main job once without a browser, print each step, write the certificate; then serve the site."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` stops before serving; `--size` is the number of further cases."""
        parser.add_argument("--once", action="store_true")
        parser.add_argument("--size", type=int, default=USUAL_SIZE, help="cases of the city around the main job")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0 only if the certificate verifies."""
        if not settings.ACCREDITATION_DEMO:
            raise CommandError("the demonstration runs with ACCREDITATION_DEMO=1 only")
        started = time.monotonic()
        self._fresh_database()
        story = Story(self.stdout.write, timezone.now().astimezone(SHANGHAI))
        case = story.run()
        path = self._certificate(case, story)
        ask_for_certificate_again(story, case)
        play_on(story, options["size"], self._sign)
        self._list_states()
        run_due(timezone.now(), limit=1000)
        self._list_accounts()
        verdict = self._verify(path)
        self.stdout.write(f"\n{self._effort(time.monotonic() - started)}；验证退出码 {verdict}")
        self.stdout.write(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))
        if verdict:
            sys.exit(verdict)
        if not options["once"]:
            call_command("serve")

    def _effort(self, seconds: float) -> str:
        """How long it took, with the processor time of this process and its children, and how many cases there are."""
        spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        processor = sum(used.ru_utime + used.ru_stime for used in spent)
        return f"办件 {Case.objects.count()} 件，用时 {seconds:.1f} 秒，处理器时间 {processor:.1f} 秒"

    def _fresh_database(self) -> None:
        """Everything of an earlier run goes, except the authorities."""
        database = settings.DATABASES["default"]
        if database["ENGINE"] == "config.sqlite_gate":
            for ending in ("", "-wal", "-shm"):
                Path(f"{database['NAME']}{ending}").unlink(missing_ok=True)
        for name in FRESH:
            shutil.rmtree(settings.VAR_DIR / name, ignore_errors=True)
        call_command("migrate", verbosity=0)

    def _certificate(self, case: Case, story: Story) -> Path:
        """The signer, a process of its own, issues; the clock notes it; the file is handed out."""
        story.tell.step("签发进程渲染、封装、签名、入日志、发布查验页；企业下载证书")
        self._sign()
        title = Application.objects.select_related("title").get(case=case).title
        assert title is not None
        certificate = certificate_for_request(request_key_of(title))
        if certificate is None or not certificate.standing.is_issued:
            raise CommandError("the signer issued nothing; run `manage.py signer --once` to see why")
        path = Path(settings.VAR_DIR) / "certificate.pdf"
        path.write_bytes(certificate_file(certificate))
        at = timezone.now()
        story.tell.line(at, "签发进程", f"证书 {certificate.number}，标识 {certificate.identifier}")
        story.tell.line(at, "签发进程", f"SHA-256 {certificate.sha256}，日志第 {certificate.log_index} 条")
        story.tell.line(at, "公众", f"查验地址 {settings.PUBLIC_BASE_URL}/v/{certificate.code}/")
        return path

    def _sign(self) -> None:
        """The signer, a process of its own, issues what was asked for; the clock notes it."""
        command = [sys.executable, "manage.py", "signer", "--once"]
        subprocess.run(command, check=True, capture_output=True)
        tick(timezone.now())

    def _list_states(self) -> None:
        """How many applications stand in each state."""
        states = Counter(Application.objects.values_list("state", flat=True))
        for state in ApplicationState:
            if states[state]:
                self.stdout.write(f"   {state.label} {states[state]}")

    def _list_accounts(self) -> None:
        """Who can log in, for the terminal; the log-in page of the demo shows the same."""
        rows = [f"  {entry.username:<10} {entry.name}（{entry.label}）" for entry in demo_people()]
        text = f"演示账号，密码均为 {DEMO_PASSWORD}：\n" + "\n".join(rows) + "\n"
        (Path(settings.VAR_DIR) / "demo-accounts.txt").write_text(text)

    def _verify(self, path: Path) -> int:
        """The stand-alone verifier, without database or settings."""
        root = Path(settings.VAR_DIR) / "trust" / "root.pem"
        command = [sys.executable, "-m", "certificates", "verify", str(path), "--root", str(root)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        for line in (done.stdout + done.stderr).splitlines():
            self.stdout.write(f"   {line}")
        return done.returncode
