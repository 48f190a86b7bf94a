"""The living style page: every component once, on sample data, for developers and for the browser tests."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from config import style_samples


class SampleForm(forms.Form):
    """One field of each kind, with rules that are easy to break."""

    enterprise = forms.CharField(label=_("企业名称"), help_text=_("与营业执照一致。"), max_length=60)
    revenue = forms.DecimalField(
        label=_("主营业务收入（万元）"),
        help_text=_("填万元，可带两位小数；全角数字和千分号会自动识别。"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    trade = forms.ChoiceField(
        label=_("行业类别"), choices=[("", _("请选择")), ("m", _("制造业")), ("s", _("软件和信息服务业"))]
    )
    founded = forms.DateField(
        label=_("中心成立日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    summary = forms.CharField(
        label=_("技术中心简介"), required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=800
    )
    has_branch = forms.ChoiceField(
        label=_("是否设有分中心"), widget=forms.RadioSelect, choices=[("yes", _("有")), ("no", _("没有"))]
    )
    fields_of_work = forms.MultipleChoiceField(
        label=_("研发方向"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", _("智能装备")), ("b", _("新材料")), ("c", _("工业软件"))],
    )
    truthful = forms.BooleanField(label=_("承诺所填内容真实、完整，并承担相应责任"))


class SampleFilter(forms.Form):
    """A filter as the inboxes use it."""

    q = forms.CharField(label=_("名称或编号"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), ("late", _("超期"))])


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """All components; `?errors=1` shows the sample form as it looks after a refused submission."""
    bound = SampleForm({"faulty-trade": "m", "faulty-revenue": "约 320 万", "faulty-has_branch": "no"}, prefix="faulty")
    has_faults = "errors" in request.GET
    listing = style_samples.inbox_rows()
    page = Paginator(listing, 20).get_page(request.GET.get("page"))
    return render(
        request,
        "styleguide.html",
        {
            "samples": style_samples.samples(now()),
            "plain_form": SampleForm(initial={"summary": style_samples.long_text()}),
            "faulty_form": bound if has_faults else None,
            "has_faults": has_faults,
            "filter_form": SampleFilter({"state": "late"}),
            "page": page,
        },
    )


@require_POST
def styleguide_autosave(request: HttpRequest) -> JsonResponse:
    """Answers the sample form as the real address would; keeps nothing."""
    version = request.POST.get("version", "0")
    number = int(version) if version.isdecimal() else 0
    return JsonResponse({"saved_at": now().isoformat(), "version": number + 1})


urlpatterns = [
    path("styleguide/", styleguide, name="styleguide"),
    path("styleguide/autosave/", styleguide_autosave, name="styleguide_autosave"),
]
