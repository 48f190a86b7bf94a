"""The dossier of a case: complete, checkable without us, the same bytes for the same state, silent on objectors."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accreditation.enums import MemberState
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Evidence,
    Member,
    Notice,
    PanelDraw,
    RoleGrant,
    StoredFile,
    User,
    WorkbookUpload,
)
from accreditation.permissions import has_power_over
from accreditation.roles import Power
from accreditation.services.delegations import delegate_powers
from accreditation.services.files import keep_file
from criteria.draw import METHOD, Barred, Candidate, DrawRecord, commitment_of
from criteria.plain import from_text, to_text
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.reconsidering import challenged, declined, reconsiderers
from tests.factories.reopenings import sent_back
from tests.factories.steps import hold_meeting, publish, recommend, to_committee
from tests.factories.titles import FACTS, municipal_title
from workflows import batch_acts, door
from workflows.exports.dossier import write_dossier
from workflows.exports.dossier_papers import decisions
from workflows.opening_proceedings import open_proceeding
from workflows.tick import clock_person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OBJECTOR = {"objector": "周异议人", "contact": "021-87654321", "text": "该单位的研究开发人员多为兼职人员。"}
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def stored(cast: Cast) -> StoredFile:
    return keep_file(PDF, media_type="application/pdf", at=cast.at)


def noticed(cast: Cast, clock: Clock) -> Case:
    """A case in public notice with an objection; every file of it really is in the store."""
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    door.perform(case, "raise_objection", by=clock_person(), at=clock.at, form=OBJECTOR)
    Evidence.objects.filter(application__case=case).update(file=stored(cast))
    WorkbookUpload.objects.filter(application__case=case).update(file=stored(cast))
    return case


def opened(case: Case) -> tuple[zipfile.ZipFile, str]:
    stream = io.BytesIO()
    digest = write_dossier(Case.objects.get(pk=case.pk), stream)
    assert digest == hashlib.sha256(stream.getvalue()).hexdigest()
    return zipfile.ZipFile(stream), digest


def csv_rows(archive: zipfile.ZipFile, path: str) -> list[dict[str, str]]:
    """The lines of a table by their headings."""
    return list(csv.DictReader(io.StringIO(archive.read(path).decode("utf-8-sig"))))


def test_every_file_has_its_hash_and_the_same_state_gives_the_same_bytes(cast: Cast, clock: Clock) -> None:
    case = noticed(cast, clock)
    archive, digest = opened(case)
    sums = dict(reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines())
    named = set(archive.namelist()) - {"SHA256SUMS", "index.csv"}
    assert set(sums) == named
    assert all(hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in sums.items())
    folders = {name.split("/")[0] for name in named}
    assert folders >= {"letters", "evidence", "workbooks", "submissions", "reviews", "meetings", "notice", "objections"}
    assert opened(case)[1] == digest


def test_chain_of_acts_is_checked_by_the_recipe_of_the_readme_alone(cast: Cast, clock: Clock) -> None:
    case = noticed(cast, clock)
    archive, _digest = opened(case)
    previous = "0" * 64
    for act in json.loads(archive.read("acts.json")):
        at = act["at"].replace("+00:00", "")
        at = (at if "." in at else f"{at}.000000") + "+00:00"
        said = {
            "at": at, "by": [act["by_id"], act["by_name"], act["acting_as"]], "chain": act["chain"],
            "code_revision": act["code_revision"], "content": act["content"], "previous": previous, "seq": act["seq"],
            "states": [act["state_before"], act["state_after"]], "verb": act["verb"],
        }  # fmt: skip
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert previous == act["hash"], act["seq"]
    assert previous in archive.read("README.txt").decode()


def test_nobody_learns_who_objected(cast: Cast, clock: Clock) -> None:
    archive, _digest = opened(noticed(cast, clock))
    whole = b"".join(archive.read(name) for name in archive.namelist())
    assert "周异议人".encode() not in whole
    assert b"021-87654321" not in whole


def test_names_of_files_cannot_leave_the_archive_and_equal_names_keep_apart(cast: Cast, clock: Clock) -> None:
    case = open_proceeding(
        municipal_title(cast), kind="warning", ground="dishonesty", found_facts=FACTS, by=cast.office, at=clock.at
    )
    for name in ("../../etc/passwd", "证据.pdf", "证据.pdf", "\u202egpj.exe", "=1+1.pdf"):
        form = {"file": stored(cast), "name": name, "purpose": "证据"}
        door.perform(case, "add_document", by=cast.office, at=clock.at, form=form)
    archive, _digest = opened(case)
    names = [name for name in archive.namelist() if name.startswith("documents/")]
    assert len(names) == len(set(names)) == 5
    assert all(name.count("/") == 1 and ".." not in name and "\u202e" not in name for name in names)
    assert "subject.json" in archive.namelist()


def test_copy_is_taken_for_a_reason_and_written_into_the_trail(cast: Cast, clock: Clock) -> None:
    case = noticed(cast, clock)
    address = reverse("case_dossier", args=[case.number])
    auditor = log_in(Client(), cast.auditor)
    assert auditor.post(address, {"reason": ""}).status_code == 422
    answer = auditor.post(address, {"reason": "（2026）示例行复 1 号"})
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file answer streams
    event = AuditEvent.objects.get(verb="export_dossier")
    assert event.acting_as == "auditor"
    assert event.content == {
        "reason": "（2026）示例行复 1 号",
        "sha256": hashlib.sha256(content).hexdigest(),
        "with_objectors": False,
    }
    assert log_in(Client(), cast.pudong).get(address).status_code == 404
    assert log_in(Client(), cast.publisher).get(address).status_code == 403


def test_index_counts_the_lines_of_texts_and_every_kind_of_record_is_counted(cast: Cast, clock: Clock) -> None:
    archive, _digest = opened(noticed(cast, clock))
    index = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
    by_path = {line["文件"]: line for line in index}
    events = csv_rows(archive, "clocks/events.csv")
    assert by_path["clocks/events.csv"]["行数"] == str(len(events) + 1)
    assert {line["类别"] for line in events} >= {"起算", "了结"}
    assert by_path["workbooks/1/facts.json"]["行数"].isdigit()
    assert {line["行数"] for path, line in by_path.items() if path.startswith("evidence/")} == {""}
    counts = {line["文件"]: int(line["记录数"]) for line in csv_rows(archive, "counts.csv")}
    assert counts["clocks/events"] == len(events)
    assert counts["forwarding/forwardings"] == 0
    acts = csv_rows(archive, "acts.csv")
    assert len(acts) == len(json.loads(archive.read("acts.json")))
    assert acts[0]["事项"] == "建立办件"


def test_panel_votes_and_notice_are_in_it_in_words(cast: Cast, clock: Clock) -> None:
    archive, _digest = opened(noticed(cast, clock))
    assert {line["状态"] for line in csv_rows(archive, "panel/seats.csv")} == {"已提交"}
    assert {line["表决意见"] for line in csv_rows(archive, "meetings/votes.csv")} == {"同意认定"}
    attended = csv_rows(archive, "meetings/attendance.csv")
    assert [line["在场"] for line in attended].count("是") == len(attended)
    assert csv_rows(archive, "notice/entries.csv")[0]["单位名称"] == cast.enterprises[0].name
    assert any(name.startswith("notice/") and name.endswith(".txt") for name in archive.namelist())
    assert {line["收件人"] for line in csv_rows(archive, "messages.csv")} > set()


def test_notice_of_a_case_that_was_sent_back_stays_beside_the_new_one(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    sent_back(case, applicant=cast.member0, at=clock.at)
    hold_meeting(cast, [case], clock.at + timedelta(days=1))
    publish(cast, [case], clock.at + timedelta(days=1))
    first, second = notices = Notice.objects.order_by("pk")
    papers = {part.path: part for part in decisions(case.application, with_objectors=False)}
    for notice in notices:
        assert papers[f"notice/{notice.number}.txt"].content.decode() == notice.body
        assert json.loads(papers[f"notice/{notice.number}.json"].content)["ends_at"]
    assert [path for path in papers if path.startswith("notice/")] == [
        f"notice/{one.number}.{kind}" for one in (first, second) for kind in ("json", "txt")
    ]


def test_bytes_do_not_depend_on_the_language_of_who_takes_the_copy(cast: Cast, clock: Clock) -> None:
    case = noticed(cast, clock)
    with override("en"):
        digest = opened(case)[1]
    assert opened(case)[1] == digest


def test_objectors_are_named_only_where_the_copy_is_taken_with_them(cast: Cast, clock: Clock) -> None:
    case = noticed(cast, clock)
    address = reverse("case_dossier", args=[case.number])
    auditor = log_in(Client(), cast.auditor)
    answer = auditor.post(address, {"reason": "（2026）示例行复 1 号", "with_objectors": "on"})
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    said = json.loads(archive.read(next(name for name in archive.namelist() if name.startswith("objections/"))))
    assert (said["objector"], said["contact"]) == ("周异议人", "021-87654321")
    assert AuditEvent.objects.get(verb="export_dossier").content["with_objectors"] is True
    office = log_in(Client(), cast.office).get(address).content.decode()
    assert ("with_objectors" in office) is has_power_over(cast.office, Power.ANSWER_OBJECTIONS, cast.batch)


def test_draw_tells_seed_load_seats_and_who_was_kept_out_why(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    kept_out = cast.experts[0]
    kept = DrawRecord(
        METHOD, case.number, "ab" * 32, commitment_of("ab" * 32), 1, 1,
        (Candidate(str(cast.experts[1].pk), "甲", True, 2), Candidate(str(cast.experts[2].pk), "甲", False, 0)),
        (Barred(str(kept_out.pk), ("曾在该企业任职",)),),
        (str(cast.experts[1].pk), str(cast.experts[2].pk)), (str(cast.experts[1].pk),), (),
    )  # fmt: skip
    application = Application.objects.get(case=case)
    values = {"seed": kept.seed, "commitment": kept.commitment, "fixed_at": clock.at, "drawn_at": clock.at}
    values |= {"drawn_by": cast.office, "record": to_text(kept)}
    PanelDraw.objects.update_or_create(application=application, defaults=values)
    Evidence.objects.filter(application=application).update(file=stored(cast))
    WorkbookUpload.objects.filter(application=application).update(file=stored(cast))
    archive, _digest = opened(case)
    drawn = csv_rows(archive, "panel/draw.csv")
    assert [(line["抽取结果"], line["在办评审数"]) for line in drawn[:2]] == [("抽中", "2"), ("同单位已有席位", "0")]
    assert (drawn[2]["专家"], drawn[2]["不参加抽取的原因"]) == (str(kept_out), "曾在该企业任职")
    assert csv_rows(archive, "panel/draws.csv")[0]["随机种子"] == "ab" * 32
    assert from_text(DrawRecord, archive.read("panel/draw.json").decode()) == kept


def test_acts_by_a_lent_power_name_the_lender_and_the_lending(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    grant = RoleGrant.objects.get(user=cast.publisher, revoked_at__isnull=True)
    now = timezone.now()  # a list is published by who may do so today
    said = {"starts_at": None, "ends_at": now + timedelta(days=7), "reason": "年休假", "by": cast.publisher, "at": now}
    delegate_powers(grant, (Power.PUBLISH,), cast.office, **said)
    applications = [Application.objects.get(case=case)]
    stand_in = User.objects.get(pk=cast.office.pk)
    batch_acts.publish_notice(cast.batch, applications, body="公示", by=stand_in, at=now)
    for model in (Evidence, WorkbookUpload):
        model._default_manager.filter(application__case=case).update(file=stored(cast))
    archive, _digest = opened(case)
    acts = {line["事项"]: line for line in csv_rows(archive, "acts.csv")}
    assert acts["发布公示"]["代谁办理"] == cast.publisher.name
    (lent,) = csv_rows(archive, "delegations.csv")
    assert (lent["授权人"], lent["理由"], lent["用于日志序号"]) == (
        str(cast.publisher), "年休假", acts["发布公示"]["序号"],
    )  # fmt: skip


def test_seed_that_is_fixed_stays_secret_until_the_draw(cast: Cast, clock: Clock) -> None:
    """Whoever draws may copy the case: with the seed in the copy the pool could be fitted to it before the draw."""
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    door.perform(case, "pass_completeness_check", by=cast.office, at=clock.at)
    Evidence.objects.filter(application__case=case).update(file=stored(cast))
    WorkbookUpload.objects.filter(application__case=case).update(file=stored(cast))
    row = PanelDraw.objects.get(application__case=case)
    archive, _digest = opened(case)
    assert row.drawn_at is None
    assert csv_rows(archive, "panel/seeds.csv")[0]["种子承诺值"] == row.commitment
    assert [name for name in archive.namelist() if row.seed.encode() in archive.read(name)] == []


def status(user: User, case: Case) -> int:
    return int(log_in(Client(), user).get(reverse("case_dossier", args=[case.number])).status_code)


def test_who_answers_or_decides_a_challenge_takes_the_file_of_what_is_challenged(cast: Cast, clock: Clock) -> None:
    first, second = reconsiderers(cast)
    letter = declined(cast, clock.at)
    everybody = {cast.pudong: 404, cast.jiading: 404, first: 404, second: 404, cast.office: 200, cast.publisher: 403}
    assert {user: status(user, letter.case) for user in everybody} == everybody  # nothing is challenged yet
    case = challenged(cast, letter, clock.at)
    challenging = everybody | {cast.pudong: 200, first: 200, second: 200}
    assert {user: status(user, letter.case) for user in everybody} == challenging
    # what is put forward there is for no party, not even for the office, whose own act may be under challenge
    of_challenge = everybody | {first: 200, second: 200, cast.office: 404, cast.auditor: 200}
    assert {user: status(user, case) for user in of_challenge} == of_challenge
    door.perform(case, "withdraw_reconsideration", by=cast.member0, at=clock.at, form={"reason": "已与该局和解。"})
    assert {user: status(user, letter.case) for user in everybody} == everybody


def test_file_taken_by_who_decides_is_an_act_and_no_part_in_the_case(cast: Cast, clock: Clock) -> None:
    first, _second = reconsiderers(cast)
    letter = declined(cast, clock.at)
    case = challenged(cast, letter, clock.at)
    page = reverse("matter", args=[case.number])
    dossiers = [reverse("case_dossier", args=[number]) for number in (case.number, letter.case.number)]
    for user, offered in ((first, [True, True]), (cast.pudong, [False, True]), (cast.office, [False, True])):
        shown = log_in(Client(), user).get(page).content.decode()
        assert [address in shown for address in dossiers] == offered, user
    Evidence.objects.filter(application__case=letter.case).update(file=stored(cast))
    WorkbookUpload.objects.filter(application__case=letter.case).update(file=stored(cast))
    answer = log_in(Client(), first).post(dossiers[1], {"reason": "（2026）示例行复 2 号"})
    assert answer.status_code == 200
    event = AuditEvent.objects.get(verb="export_dossier")
    assert (event.by_id, event.chain) == (first.pk, f"case:{letter.case.number}")
    assert status(first, letter.case) == 200
    door.perform(case, "accept_reconsideration", by=first, at=clock.at)


def test_who_stepped_out_or_belongs_to_the_enterprise_takes_no_file(cast: Cast, clock: Clock) -> None:
    first, second = reconsiderers(cast)
    letter = declined(cast, clock.at)
    challenged(cast, letter, clock.at)
    for user in (first, cast.pudong):
        Member.objects.create(
            user=user, enterprise=letter.case.enterprise, state=MemberState.REQUESTED, requested_at=clock.at
        )
    assert [status(user, letter.case) for user in (first, cast.pudong, second)] == [404, 404, 200]
