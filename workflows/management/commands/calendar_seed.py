"""`manage.py calendar_seed`: take the published holiday plans from the calendar package."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.calendar import package_days, seed_calendar
from workflows.calendar_import import rests_on_calendar
from workflows.models import CalendarYear


class Command(BaseCommand):
    """Years already in the table are left alone. Once anything runs by the calendar, two persons take a year in."""

    help = "Seed the working-day calendar of an installation where no deadline runs yet; see import_calendar."

    def add_arguments(self, parser: CommandParser) -> None:
        """First and last year to take."""
        parser.add_argument("--first", type=int, default=2020)
        parser.add_argument("--last", type=int, default=timezone.now().year + 1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the years taken, or those that wait for two persons."""
        years = range(options["first"], options["last"] + 1)
        with transaction.atomic():
            if not rests_on_calendar():
                taken = seed_calendar(years, at=timezone.now())
                self.stdout.write(f"calendar years taken: {taken or 'none'}")
                return
        known = set(CalendarYear.objects.values_list("year", flat=True))
        for year in years:
            if year not in known and package_days(year) is not None:
                text = _("%(year)d 年：已有期限在计算，须由两人导入：import_calendar %(year)d --package --by 提请人")
                self.stdout.write(text % {"year": year})
