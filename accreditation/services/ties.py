"""Ties that the records show between an expert and an enterprise, beside those that the expert declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.models import Enterprise, Member, User


def ties_between(person: User, enterprise: Enterprise) -> Iterator[Promise | str]:
    """Each known tie as a sentence: acts for the enterprise, or is employed there."""
    return iter(ties_of([person], enterprise)[person.pk])


def ties_of(people: Iterable[User], enterprise: Enterprise) -> dict[int, list[Promise | str]]:
    """Known ties of many people by their keys; one query where their profiles are at hand."""
    asked = list(people)
    acting = set(Member.objects.filter(user__in=asked, enterprise=enterprise).values_list("user_id", flat=True))
    return {person.pk: list(_ties(person, enterprise, person.pk in acting)) for person in asked}


def _ties(person: User, enterprise: Enterprise, acted: bool) -> Iterator[Promise | str]:
    if acted:
        yield _("曾是该单位的申报人员")
    profile = getattr(person, "expert", None)
    if profile is None:
        return
    same_code = bool(profile.employer_uscc) and profile.employer_uscc == enterprise.uscc
    if same_code or profile.employer.strip() == enterprise.name:
        yield _("任职于该单位")
