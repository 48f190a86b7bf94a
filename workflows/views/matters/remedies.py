"""A judgment is carried out, or an act taken back: put forward from the letter, carried out by another person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accreditation.errors import NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.services.drafts import clear_drafts
from accreditation.views.answers import put_reasons
from workflows.forms.casework import ConfirmedForm
from workflows.forms.proceedings import DocumentForm
from workflows.forms.reconsiderations import RemedyForm, WhyForm
from workflows.opening_remedies import Prepared, may_prepare, open_remedy
from workflows.presentation import remedies as words
from workflows.presentation.letters import letter_words
from workflows.replaced_judgments import judgment_standing
from workflows.selectors.matters import letter_of_body
from workflows.views.answers import key_of, new_request_key, page, typed
from workflows.views.casework import status_of
from workflows.views.matters.shapes import MatterAct, MatterPages
from workflows.views.matters.uploads import stored

REMEDIES = MatterPages(
    name=words.name,
    steps=words.STEPS,
    facts=words.facts,
    acts={
        "carry_out_remedy": MatterAct(
            ConfirmedForm, gettext_lazy("核准执行"), gettext_lazy("须由提请人以外的人对照裁判文书或者依据核准。"),
            gettext_lazy("核准执行"), gettext_lazy("已执行。"),
            (gettext_lazy("撤销称号处理的，称号和证书随即恢复，公众可以查到；撤销其他决定的，原案恢复或者可以重新申报。"),
             gettext_lazy("系统向企业送达文书。"), gettext_lazy("执行后不能撤回。")),
            is_final=True,
        ),
        "add_document": MatterAct(
            DocumentForm, gettext_lazy("提交证据和依据"), gettext_lazy("裁判文书以外的证据、依据和有关材料。"),
            gettext_lazy("提交"), gettext_lazy("文件已入卷。"), takes_file=True, tone="outline-primary",
        ),
        "discard_remedy": MatterAct(
            WhyForm, gettext_lazy("不予执行"), gettext_lazy("提请有误的，由提请人或者另一人不予执行；企业不会得知。"),
            gettext_lazy("不予执行"), gettext_lazy("已不予执行。"), tone="outline-secondary",
        ),
    },
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page
def remedy_new(request: HttpRequest, number: str) -> HttpResponse:
    """Put forward what sets the act right that a letter told of."""
    user, now = signed_in(request), timezone.now()
    letter = letter_of_body(user, number)
    if not may_prepare(user, letter, now):
        raise NotFound(number)
    was_judged = judgment_standing(letter) is not None
    form = RemedyForm(request.POST or None, request.FILES or None, initial=typed(request), was_judged=was_judged)
    if request.method == "POST" and form.is_valid():
        try:
            case = open_remedy(letter, _prepared(dict(form.cleaned_data)), by=user, at=now, request_key=key_of(request))
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            clear_drafts(request, request.path)
            messages.success(request, _("%(no)s：已提请，由本机关另一人核准。") % {"no": case.number})
            return redirect("matter", case.number)
    context = {
        "form": form,
        "letter": letter_words(letter, letter.get_kind_display()),
        "crumbs": [{"label": letter.get_kind_display(), "href": ""}, {"label": letter.number}],
        "request_key": new_request_key(),
    }
    return render(request, "workflows/matters/remedy.html", context, status=status_of(form))


def _prepared(values: dict[str, Any]) -> Prepared:
    """What the form says, its file stored. Refusal where the file is none that is kept."""
    sent = values.pop("file", None)
    if sent is None:
        return Prepared(**values)
    file, name = stored(sent)
    return Prepared(**values, file=file, file_name=name)
