"""Forms of an act on several cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import User
from workflows.bulk_kinds import HAND_OVER, BulkKind


class BulkForm(forms.Form):
    """The words that all cases share, and to whom they are handed; whatever the act asks for."""

    def __init__(self, *args: Any, kind: BulkKind, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind.code == HAND_OVER:
            pks = [person.pk for person in people]
            self.fields["to"] = forms.ModelChoiceField(label=_("转交给"), queryset=User.objects.filter(pk__in=pks))
        if kind.words:
            self.fields["words"] = forms.CharField(
                label=str(kind.words_label),
                required=kind.needs_second or not kind.is_verb,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )


class BulkAnswerForm(forms.Form):
    """Confirmed or not, or gone on with; why, where it is not confirmed."""

    answer = forms.ChoiceField(choices=[("confirm", ""), ("decline", ""), ("carry_on", "")])
    reason = forms.CharField(label=_("理由"), max_length=500, required=False)
