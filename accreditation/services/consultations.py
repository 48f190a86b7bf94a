"""The other departments are asked about an application; the office records their written answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from accreditation.models import Application, Consultation, DepartmentLetter, StoredFile, User
from accreditation.recommendation_words import Department


def ask_departments(
    application: Application, departments: Iterable[str], *, by: User, at: datetime
) -> list[Consultation]:
    """Ask each of these departments once."""
    return [
        Consultation.objects.create(application=application, department=department, asked_by=by, asked_at=at)
        for department in departments
    ]


def record_answer(
    consultation: Consultation,
    *,
    position: str,
    text: str,
    document_number: str,
    dated: date,
    by: User,
    at: datetime,
) -> Consultation:
    """Enter what a department wrote, with number and day of its letter; in the place of what was entered wrongly."""
    consultation.position, consultation.text = position, text
    consultation.document_number, consultation.dated = document_number, dated
    consultation.recorded_by, consultation.recorded_at = by, at
    consultation.save()
    return consultation


def standing_letter(consultation: Consultation) -> DepartmentLetter | None:
    """The file of the letter on which the answer rests; None where none was entered, or where it was taken away."""
    return consultation.letters.filter(replaced_at__isnull=True).first()


def keep_letter(
    consultation: Consultation, *, file: StoredFile, file_name: str, by: User, at: datetime
) -> DepartmentLetter:
    """Enter the file of the department's letter. One that stands is taken away before."""
    return DepartmentLetter.objects.create(
        consultation=consultation, file=file, file_name=file_name, recorded_by=by, recorded_at=at
    )


def take_letter_away(letter: DepartmentLetter, *, at: datetime) -> None:
    """The answer no longer rests on this file, which stays on record."""
    letter.replaced_at = at
    letter.save(update_fields=["replaced_at"])


def question_to(application: Application, department: str) -> Consultation | None:
    """The question to that department, answered or not."""
    return application.consultations.filter(department=department).first()


def names_of(departments: Iterable[str]) -> str:
    """The names of departments, as a list in Chinese."""
    return "、".join(str(Department(department).label) for department in departments)


def not_asked(application: Application) -> list[Department]:
    """Departments that the batch asks and nobody has asked about this application."""
    asked = set(application.consultations.values_list("department", flat=True))
    return [department for department in application.batch.departments if department not in asked]


def unanswered(application: Application) -> list[Consultation]:
    """Questions that no department has answered yet."""
    return list(application.consultations.filter(position="").order_by("pk"))
