"""The consultation of departments on the pages of a case: who was asked and answered, and whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.presentation.recommending import consultation_rows, letter_row
from workflows.selectors.recommendations import consultations_of, department_letters_of, departments_left

if TYPE_CHECKING:
    from accreditation.models import Application, Case
    from workflows.presentation.words import Words


def departments(application: Application) -> list[Words]:
    """Rows of the departments asked, and those that the rules name and nobody asked."""
    return consultation_rows(consultations_of(application), not_asked=departments_left(application))


def department_letters(case: Case) -> list[Words]:
    """Rows of every file of a department's letter, those that a correction took away included."""
    return [letter_row(letter) for letter in department_letters_of(case)]


def usual(application: Application, verb: str) -> dict[str, Any]:
    """What the form of an act holds before anything is typed: the departments that the rules name."""
    return {"departments": application.batch.departments} if verb == "ask_departments" else {}
