"""Pages of the pool and of the draw: search, particulars, ties, links, import by cell, the panel drawn by button."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import SeatState, TieKind
from accreditation.models import Application, AuditEvent, Case, ExpertProfile, Link, PanelDraw, RoleGrant, Seat, Tie
from criteria.commands_draw import record_from
from criteria.draw import faults_of
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import CODES, Cast, filed_case, make_cast
from tests.factories.steps import recommend, seat_panel
from workflows import door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1), committee=0)


@pytest.fixture
def case(cast: Cast) -> Case:
    """Waits for a panel."""
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    door.perform(case, "pass_completeness_check", by=cast.office, at=cast.at)
    return case


def as_(user: Any) -> Client:
    return log_in(Client(), user)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def post(client: Client, name: str, *args: object, **form: Any) -> Any:
    return client.post(reverse(name, args=args), {"request_key": "k" * 32} | form)


# --- the pool ------------------------------------------------------------------------------------------------------
def listed(cast: Cast, **asked: str) -> list[str]:
    answer = as_(cast.office).get(reverse("office_experts"), asked)
    assert answer.status_code == 200
    return [row["profile"].user.username for row in answer.context["rows"]]


def test_pool_is_found_by_name_employer_field_and_state(cast: Cast) -> None:
    day = timezone.localdate()
    changes: list[dict[str, Any]] = [
        {"fields": ["34"]}, {"is_available": False}, {"is_available": False, "paused_until": day - timedelta(days=1)},
        {"term_until": day - timedelta(days=1)}, {"employer": "示例事务所"},
    ]  # fmt: skip
    for expert, values in zip(cast.experts, changes, strict=False):
        ExpertProfile.objects.filter(user=expert).update(**values)
    RoleGrant.objects.filter(user=cast.experts[5]).update(revoked_at=cast.at)
    assert listed(cast, field="34") == ["expert0"]
    assert listed(cast, words="事务所") == ["expert4"]
    assert listed(cast, words="专家6") == ["expert6"]
    assert listed(cast, state="paused") == ["expert1"]
    assert listed(cast, state="out_of_term") == ["expert3"]
    assert listed(cast, state="not_in_office") == ["expert5"]
    assert listed(cast, state="asked") == ["expert0", "expert2", "expert4", "expert6", "expert7"]
    assert len(listed(cast)) == len(listed(cast, state="no such state")) == 8


def test_list_asks_as_often_for_many_as_for_one(cast: Cast) -> None:
    client = as_(cast.office)

    def queries(words: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get(reverse("office_experts"), {"words": words})
        return len(counted)

    assert queries("专家1") == queries("专家")


FORM = {
    "act": "particulars", "field": "机械", "fields_asked": ["34", "ip"], "employer": "示例大学", "title": "教授",
    "employer_uscc": CODES[2], "term_from": "2026-01-01", "term_until": "2028-12-31",
}  # fmt: skip


def test_particulars_are_changed_on_the_page(cast: Cast) -> None:
    client, pk = as_(cast.office), cast.experts[0].pk
    assert post(client, "office_expert", pk, **FORM).status_code == 302
    assert ExpertProfile.objects.get(user=pk).fields == ["34", "ip"]
    page = text(client.get(reverse("office_expert", args=[pk])))
    assert "通用设备制造业" in page
    assert "维护专家档案" in page
    bad = post(client, "office_expert", pk, **(FORM | {"employer_uscc": "91310000MA1FL0007D", "request_key": "n" * 32}))
    assert bad.status_code == 422
    assert "校验码" in text(bad)


def test_expert_is_paused_and_resumed_on_the_page(cast: Cast) -> None:
    client, pk = as_(cast.office), cast.experts[0].pk
    assert post(client, "office_expert", pk, act="pause", reason="").status_code == 422
    assert post(client, "office_expert", pk, act="pause", reason="出国访问").status_code == 302
    assert "出国访问" in text(client.get(reverse("office_expert", args=[pk])))
    assert post(client, "office_expert", pk, act="resume").status_code == 302
    assert ExpertProfile.objects.get(user=pk).is_available


def test_tie_is_entered_shown_and_withdrawn(cast: Cast) -> None:
    client, pk = as_(cast.office), cast.experts[0].pk
    form = {"kind": "consultancy", "uscc": CODES[0], "enterprise_name": "示例", "source": "技术服务合同"}
    assert post(client, "office_expert_tie", pk, **form).status_code == 302
    assert post(client, "office_expert_tie", pk, **form).status_code == 302  # the same form again
    row = Tie.objects.get()
    assert "技术服务合同" in text(client.get(reverse("office_expert", args=[pk])))
    assert client.get(reverse("office_tie_withdraw", args=[cast.experts[1].pk, row.pk])).status_code == 404
    assert post(client, "office_tie_withdraw", pk, row.pk, reason="登记有误").status_code == 302
    assert client.get(reverse("office_tie_withdraw", args=[pk, row.pk])).status_code == 404
    assert "登记有误" in text(client.get(reverse("office_expert", args=[pk])))


def test_link_is_entered_found_and_withdrawn(cast: Cast) -> None:
    client = as_(cast.office)
    form = {
        "uscc": CODES[0], "kind": "shareholder", "other_name": "示例控股", "other_uscc": CODES[2], "source": "公示系统",
    }  # fmt: skip
    assert post(client, "office_links", **(form | {"other_uscc": CODES[0]})).status_code == 422
    assert post(client, "office_links", **form).status_code == 302
    page = text(client.get(reverse("office_links"), {"words": CODES[2]}))
    assert "示例控股" in page
    assert cast.enterprises[0].name in page
    assert "示例控股" not in text(client.get(reverse("office_links"), {"words": "别的"}))
    assert post(client, "office_link_withdraw", Link.objects.get().pk, reason="已转让").status_code == 302
    assert "示例控股" not in text(client.get(reverse("office_links")))


def sent(lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("专家.csv", lines.encode("gb18030"))


def test_table_is_imported_or_answered_cell_by_cell(cast: Cast) -> None:
    client = as_(cast.office)
    bad = post(client, "office_experts_import", file=sent("账号,专业领域,工作单位\nexpert0,,示例\nnobody,机械,示例\n"))
    assert bad.status_code == 422
    assert {"B2", "A3"} <= {fault["cell"] for group in bad.context["groups"] for fault in group["faults"]}
    assert ExpertProfile.objects.get(user=cast.experts[0]).field == "智能制造"
    good = post(client, "office_experts_import", file=sent("账号,专业领域,工作单位\nexpert0,机械,示例\n"))
    assert good.status_code == 302
    assert ExpertProfile.objects.get(user=cast.experts[0]).field == "机械"
    refused = post(client, "office_experts_import", file=SimpleUploadedFile("专家.xlsx", b"%PDF-1.4"))
    assert refused.status_code == 422
    template = client.get(reverse("office_experts_template"))
    assert "账号" in template.content.decode("utf-8-sig")


# --- the expert's own page -----------------------------------------------------------------------------------------
def test_expert_declares_a_tie_and_is_led_to_step_down(cast: Cast, case: Case) -> None:
    seat_panel(cast, case_before_check(cast), cast.at)
    client = as_(cast.experts[0])
    form = {"kind": "relative", "uscc": cast.enterprises[1].uscc, "source": "配偶任职"}
    answer = post(client, "expert_tie", **form)
    seated = Seat.objects.filter(expert=cast.experts[0]).get()
    assert answer.headers["Location"] == reverse("expert_recuse", args=[seated.panel.application.case.number])
    assert "配偶任职" in text(client.get(reverse("expert_profile")))
    other = post(client, "expert_tie", **(form | {"uscc": CODES[2], "request_key": "o" * 32}))
    assert other.headers["Location"] == reverse("expert_profile")
    assert set(Tie.objects.values_list("is_declared", "expert")) == {(True, cast.experts[0].pk)}


def case_before_check(cast: Cast) -> Case:
    case = filed_case(cast, 1)
    recommend(cast, case, cast.at)
    return case


def test_expert_sees_the_own_profile_and_no_other(cast: Cast) -> None:
    client = as_(cast.experts[0])
    Tie.objects.create(
        expert=cast.experts[1], kind=TieKind.OTHER, uscc=CODES[0], source="别人的事", recorded_by=cast.office,
        recorded_at=cast.at,
    )  # fmt: skip
    page = text(client.get(reverse("expert_profile")))
    assert "示例大学0" in page
    assert "别人的事" not in page
    assert client.get(reverse("office_expert", args=[cast.experts[1].pk])).status_code == 403
    assert post(client, "expert_profile", reason="出国").status_code == 302
    assert not ExpertProfile.objects.get(user=cast.experts[0]).is_available
    assert post(client, "expert_profile", act="resume").status_code == 302
    assert ExpertProfile.objects.get(user=cast.experts[0]).is_available


# --- the draw ------------------------------------------------------------------------------------------------------
def test_panel_is_drawn_and_appointed_by_two_buttons(cast: Cast, case: Case) -> None:
    client, address = as_(cast.office), reverse("office_panel", args=[case.number])
    before = text(client.get(address))
    row = PanelDraw.objects.get()
    assert row.commitment in before
    assert row.seed not in before
    assert client.get(reverse("office_draw_file", args=[case.number])).status_code == 404
    assert post(client, "office_panel", case.number, act="as_drawn").status_code == 422
    assert post(client, "office_panel", case.number, act="draw", request_key="d" * 32).status_code == 302
    page = client.get(address)
    assert len(page.context["draw"]["seats"]) == 5
    assert row.seed in text(page)
    again = post(client, "office_panel", case.number, act="draw", request_key="e" * 32)
    assert again.status_code == 422
    assert "不能重抽" in text(again)
    assert post(client, "office_panel", case.number, act="as_drawn", request_key="f" * 32).status_code == 302
    seats = list(Seat.objects.order_by("place").values_list("expert_id", flat=True))
    record = record_from(json.loads(client.get(reverse("office_draw_file", args=[case.number])).content))
    assert ([str(pk) for pk in seats], faults_of(record)) == (list(record.seats), [])


def test_seed_is_fixed_by_button_where_a_case_waits_without_one(cast: Cast, case: Case) -> None:
    PanelDraw.objects.all().delete()
    client = as_(cast.office)
    assert "固定抽取种子" in text(client.get(reverse("office_panel", args=[case.number])))
    assert post(client, "office_panel", case.number, act="fix_seed").status_code == 302
    assert PanelDraw.objects.filter(application__case=case).exists()


def test_page_says_who_was_kept_out_and_why(cast: Cast, case: Case) -> None:
    Tie.objects.create(
        expert=cast.experts[0], kind=TieKind.SHAREHOLDING, uscc=CODES[0], source="年报", recorded_by=cast.office,
        recorded_at=cast.at,
    )  # fmt: skip
    client = as_(cast.office)
    assert "持有股份（来源：年报）" in text(client.get(reverse("office_panel", args=[case.number])))
    post(client, "office_panel", case.number, act="draw")
    context = client.get(reverse("office_panel", args=[case.number])).context
    assert [one["reasons"] for one in context["draw"]["barred"]] == [["持有股份（来源：年报）"]]


def test_vacant_seat_is_filled_by_the_next_with_one_button(cast: Cast, case: Case) -> None:
    client = as_(cast.office)
    post(client, "office_panel", case.number, act="draw", request_key="d" * 32)
    post(client, "office_panel", case.number, act="as_drawn", request_key="f" * 32)
    first = Seat.objects.get(place=1)
    door.perform(case, "recuse", by=first.expert, at=cast.at, form={"tie": "曾任顾问"})
    page = client.get(reverse("office_replace", args=[case.number, first.pk]))
    due = page.context["due"]
    assert due.name in text(page)
    assert post(client, "office_replace", case.number, first.pk, act="next").status_code == 302
    assert Seat.objects.get(place=1, state=SeatState.APPOINTED).expert == due
    event = AuditEvent.objects.get(chain=f"case:{case.number}", verb="replace_expert")
    assert event.content["as_drawn"] is True


def test_expert_tied_since_is_told_to_step_down_on_the_page(cast: Cast, case: Case) -> None:
    panel = drawn_panel(cast, case)
    Tie.objects.create(
        expert=panel[0], kind=TieKind.CONSULTANCY, uscc=CODES[0], source="合同登记", recorded_by=cast.office,
        recorded_at=cast.at,
    )  # fmt: skip
    client, seat = as_(cast.office), Seat.objects.get(expert=panel[0])
    address = reverse("office_recuse", args=[case.number, seat.pk])
    assert address in text(client.get(reverse("office_panel", args=[case.number])))
    assert "顾问或有偿服务（来源：合同登记）" in text(client.get(address))
    assert client.post(address, {"tie": ""}).status_code == 422
    assert client.post(address, {"tie": "顾问"}).status_code == 302
    assert client.get(address).status_code == 404
    assert as_(panel[0]).get(reverse("expert_case", args=[case.number])).status_code == 404


# --- what experts must not see -------------------------------------------------------------------------------------
def drawn_panel(cast: Cast, case: Case) -> list[Any]:
    client = as_(cast.office)
    post(client, "office_panel", case.number, act="draw", request_key="d" * 32)
    post(client, "office_panel", case.number, act="as_drawn", request_key="f" * 32)
    return [seat.expert for seat in Seat.objects.order_by("place").select_related("expert")]


def test_expert_on_the_panel_sees_neither_peers_nor_the_draw(cast: Cast, case: Case) -> None:
    panel = drawn_panel(cast, case)
    client = as_(panel[0])
    for name in ("office_panel", "office_draw_file", "office_case", "office_trail"):
        assert client.get(reverse(name, args=[case.number])).status_code == 403, name
    door.perform(case, "declare_no_tie", by=panel[0], at=cast.at)
    own = [reverse("expert_case", args=[case.number]), reverse("expert_tasks"), reverse("expert_profile")]
    seed = PanelDraw.objects.get().seed
    for address in own:
        page = text(client.get(address))
        assert seed not in page
        for peer in panel[1:]:
            assert peer.name not in page, address


def test_recused_expert_loses_sight_of_every_page_of_the_case(cast: Cast, case: Case) -> None:
    panel = drawn_panel(cast, case)
    door.perform(case, "declare_no_tie", by=panel[0], at=cast.at)
    client = as_(panel[0])
    evidence = Application.objects.get(case=case).evidence.order_by("pk")[0]
    addresses = [
        reverse("expert_case", args=[case.number]),
        reverse("expert_evidence", args=[case.number, evidence.pk]),
        reverse("expert_recuse", args=[case.number]),
        reverse("expert_value", args=[case.number, "rd_staff", cast.batch.reporting_year]),
    ]
    assert client.get(addresses[0]).status_code == 200
    door.perform(case, "recuse", by=panel[0], at=cast.at, form={"tie": "曾任顾问"})
    assert [client.get(address).status_code for address in addresses] == [404] * 4
    assert client.get(reverse("case", args=[case.number])).status_code == 404
