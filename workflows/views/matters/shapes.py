"""What a procedure tells the shared pages of its cases: steps, facts, and a page for each act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import Promise

from workflows.deadlines import paused_clock
from workflows.presentation.words import Words
from workflows.views.desk import Confirm

if TYPE_CHECKING:
    from accreditation.models import Case
    from accreditation.models.cases import CaseSubject
    from accreditation.visibility import View


def clocks_stand(subject: CaseSubject) -> bool:
    """Whether a clock of the case stands still."""
    return paused_clock(subject.case) is not None


def clocks_run(subject: CaseSubject) -> bool:
    """Whether none does."""
    return not clocks_stand(subject)


@dataclass(frozen=True, slots=True)
class MatterAct:
    """A page for one act: form, words, whether it is asked again before it is done, whether it takes a file.

    `suits` says for which subjects its button is offered, where the rules would refuse it to all others.
    """

    form: Callable[..., forms.Form]  # (data, files, initial=..., and subject=... where `with_subject`)
    title: Promise
    lead: Promise
    yes: Promise
    done: Promise
    consequences: tuple[Promise, ...] = ()
    is_final: bool = False
    takes_file: bool = False
    with_subject: bool = False
    tone: str = "primary"
    suits: Callable[[CaseSubject], bool] = lambda subject: True

    @property
    def confirm(self) -> Confirm | None:
        """What is asked before a final act."""
        return Confirm(self.title, self.consequences, self.yes) if self.is_final else None

    def bound(self, data: Any, files: Any, initial: Mapping[str, Any], subject: CaseSubject) -> forms.Form:
        """The form for a request."""
        more = {"subject": subject} if self.with_subject else {}
        return self.form(data, files, initial=dict(initial), **more)


@dataclass(frozen=True, slots=True)
class MatterPages:
    """How the cases of a procedure are shown: name, steps of the bar, facts for a kind of reader, acts by verb."""

    name: Callable[[CaseSubject], str]
    steps: tuple[Promise, ...]
    facts: Callable[[Case, CaseSubject, View], list[Words]]
    acts: Mapping[str, MatterAct]
    passed_over: Callable[[CaseSubject], Mapping[int, Promise]] = lambda subject: {}  # steps that did not take place
    drops_document: str = ""  # verb that takes a paper off the file
    adds_document: str = ""  # verbs by which the holder puts right what was returned: papers, figures, texts
    fills_figures: str = ""
    states_texts: str = ""
