"""The addressee opens a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone

from accreditation.permissions import signed_in
from workflows.deliveries import note_opening

if TYPE_CHECKING:
    from accreditation.models import Letter, ReissueLetter


def note_reading(request: HttpRequest, letter: Letter | ReissueLetter) -> None:
    """Record the first time that the letter is shown to the addressee; asking only for the head shows nothing."""
    if request.method == "GET":
        note_opening(letter, by=signed_in(request), at=timezone.now())
