"""The applicant's part of the journey: workbook, evidence, score, filing, correction, withdrawal."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import FilePayload, Page, expect

from accreditation.models import Application, Submission
from accreditation.services.rule_sets import rules_of, template_of
from criteria.workbook import Faults, read
from criteria.workbook.intake import template_id_of
from criteria.workbook.samples import planted_faults
from tests.browser.checks import watch_of
from tests.browser.walk import Journey
from workflows.demo.material import Key, sample_pdf, workbook_for
from workflows.opening import open_application

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN, REFUSED, WITHDRAWN = "qiye3", "qiye2", "qiye"
DIGEST = re.compile(r"[0-9a-f]{64}")


def workbook(content: bytes, name: str = "数据表.xlsx") -> FilePayload:
    """A workbook as the file picker hands it over."""
    return {"name": name, "mimeType": XLSX, "buffer": content}


def scan(title: str, name: str) -> FilePayload:
    """A scanned document."""
    return {"name": name, "mimeType": "application/pdf", "buffer": sample_pdf(title)}


def open_case(journey: Journey) -> None:
    """The main applicant sees the open batch and creates an application."""
    walk = journey.walk
    walk.enter(MAIN, "/my/")
    walk.open_link("创建申报")
    journey.page.get_by_label("上海示例生物科技有限公司").check()
    walk.press("创建申报")
    journey.numbers[MAIN] = urlsplit(journey.page.url).path.split("/")[3]
    walk.told("申报任务")


def my(journey: Journey, page: str = "", username: str = MAIN) -> str:
    """Address of a page of the applicant's case."""
    return f"/my/cases/{journey.numbers[username]}/{page}"


def download_template(journey: Journey) -> None:
    """The template of this batch, and no other, comes from the page."""
    journey.walk.go(my(journey, "workbook/"))
    path = journey.files / "模板.xlsx"
    with journey.walk.downloading(path):
        journey.page.get_by_role("link", name="下载本批次模板").click()
    assert template_id_of(path.read_bytes()) == template_of(journey.batch).id


def send_workbook(journey: Journey, content: bytes) -> None:
    """Upload on the page of the workbook."""
    journey.walk.go(my(journey, "workbook/"))
    journey.page.locator("#workbook").set_input_files(workbook(content))
    journey.walk.press("上传数据表")


def meet_faults(journey: Journey) -> None:
    """Seven planted faults: each is shown with sheet, cell, what was read, what is expected; nothing is stored."""
    template = template_of(journey.batch)
    planted = planted_faults(template)
    send_workbook(journey, planted[-1].workbook)
    for fault in planted:
        rows = journey.page.locator(".fault-sheet", has=journey.page.get_by_role("heading", name=fault.sheet))
        row = rows.locator("tbody tr", has=journey.page.locator(f'code.cell-address:text-is("{fault.cell}")')).first
        told = [cell.inner_text().strip() for cell in row.locator("td .cell-body").all()]
        assert len(told) == 3, f"{fault.sheet} {fault.cell} is not among the faults shown"
        assert all(told), f"{fault.sheet} {fault.cell}: {told}"
    shown = journey.page.locator("#faults tbody tr").count()
    expect(journey.page.locator("#error-summary")).to_contain_text(f"数据表有 {shown} 处错误，没有采用")
    assert Application.objects.get(case=journey.case(MAIN)).current is None
    _download_annotated(journey, {fault.code for fault in planted})


def _download_annotated(journey: Journey, codes: set[str]) -> None:
    """The marked copy can be corrected and sent again: it is read with its faults, not refused."""
    path = journey.files / "标注.xlsx"
    with journey.walk.downloading(path):
        journey.page.get_by_role("link", name="下载标注后的表").click()
    again = read(path.read_bytes(), template_of(journey.batch))
    assert isinstance(again, Faults)
    assert again.refusal is None
    assert codes & {fault.code for fault in again.errors}


def filled(journey: Journey, **changed: int) -> bytes:
    """The right workbook of the main applicant; `changed` figures of the newest year."""
    batch = journey.batch
    values: dict[Key, int] = {(code, batch.reporting_year): value for code, value in changed.items()}
    return workbook_for(journey.case(MAIN).enterprise, batch, seed=1, profile="strong", changed=values)


def upload_right(journey: Journey) -> None:
    """Accepted; sheets and evidence are complete afterwards."""
    send_workbook(journey, filled(journey))
    journey.walk.told("读取通过")
    kinds = [kind for kind in rules_of(journey.batch).evidence if kind.required]
    attach_evidence(journey)
    journey.walk.told(f"必交 {len(kinds)} 项，已交 {len(kinds)} 项")
    bind_evidence(journey)


def attach_evidence(journey: Journey) -> None:
    """One scan for each required kind."""
    page, number = journey.page, journey.numbers[MAIN]
    journey.walk.go(my(journey, "materials/"))
    for kind in rules_of(journey.batch).evidence:
        if kind.required:
            page.locator(f"#file-{kind.code}").set_input_files(scan(f"{number} {kind.code}", f"{kind.name_zh}.pdf"))
            journey.walk.follow(page.locator(f"#evidence-{kind.code} .upload-box button"))


def bind_evidence(journey: Journey) -> None:
    """From the audit report to the revenue of three years on its page; a page that it does not have is refused."""
    page, walk = journey.page, journey.walk
    watch_of(page).expect("status of 422")
    walk.open_link("标注所证明的数据和页码", within=page.locator("#evidence-audit_report"))
    for number, said in (("2", "该文件共 1 页"), ("1", "已标注 3 项。")):
        page.locator("#prove-revenue_main-page").fill(number)
        walk.follow(page.locator("#prove-revenue_main .binding-fields button"))
        walk.told(said)
    walk.go(my(journey, "bindings/"))
    walk.look("with proof")


def read_score(journey: Journey) -> None:
    """All gates and every indicator explained."""
    journey.walk.go(my(journey, "score/"))
    rules = rules_of(journey.batch)
    expect(journey.page.locator("#working .explanation")).to_have_count(len(rules.indicators) + len(rules.bonus))
    for gate in rules.gates:
        journey.walk.told(gate.code)
    journey.walk.go(my(journey, "what-if/?points=0.5"))
    journey.walk.told("一项数据增长即可")
    journey.walk.go(my(journey))
    journey.walk.look("with a score")


def submit(journey: Journey, page: Page) -> None:
    """Without the declaration refused with the place; with it filed; the receipt shows number, time and hash."""
    watch_of(page).expect("status of 422")
    journey.walk.go(my(journey, "check/"))
    journey.walk.press("提交申报")
    expect(page.locator("#error-summary")).to_be_visible()
    page.get_by_label("我单位承诺").check()
    journey.walk.press("提交申报")
    filing = Submission.objects.get(application__case=journey.case(MAIN))
    for text in (journey.numbers[MAIN], filing.content_sha256, filing.filed_at.strftime("%Y")):
        journey.walk.told(text)
    assert DIGEST.fullmatch(filing.content_sha256)
    journey.walk.open_link("查看和打印回执")
    journey.walk.told(filing.content_sha256)


def company(journey: Journey) -> None:
    """Two more enterprises file through the services; the second of them withdraws on its page."""
    world = journey.walk.world
    for username, seed, profile in ((REFUSED, 2, "middling"), (WITHDRAWN, 3, "strong")):
        enterprise, by, turns = world.enterprise_of(username), world.people[username], journey.turns()
        case = open_application(enterprise, journey.batch, by=by, at=journey.walk.clock.now())
        turns.upload(case, username, workbook_for(enterprise, journey.batch, seed=seed, profile=profile))
        turns.upload_evidence(case, username)
        turns.tell.act(case, "submit", by, journey.walk.clock.now(), declaration=True, insists=True)
        journey.numbers[username] = case.number
    journey.walk.enter(WITHDRAWN, my(journey, username=WITHDRAWN))
    journey.walk.open_link("撤回申报")
    journey.walk.press("确认撤回")
    journey.walk.told("申报已撤回")
    journey.walk.look("withdrawn")


def correct(journey: Journey) -> None:
    """Another changed cell is refused by its address; the asked one alone is accepted."""
    journey.walk.enter(MAIN, my(journey))
    journey.walk.look("returned")
    journey.walk.go(my(journey, "return/"))
    journey.walk.told("请按获奖证书核对")
    send_workbook(journey, filled(journey, awards_2y=2, platforms_provincial_up=4))
    row = journey.page.locator("#faults tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator("code.cell-address")).to_have_text(cell_of(journey, "platforms_provincial_up"))
    send_workbook(journey, filled(journey, awards_2y=2))
    journey.walk.told("读取通过")
    journey.walk.go(my(journey, "check/"))
    journey.page.get_by_label("我单位承诺").check()
    journey.walk.press("提交补正")
    journey.walk.told("补正已提交")


def cell_of(journey: Journey, code: str) -> str:
    """Where a figure of the newest year stands, by the applicant's own accepted workbook."""
    facts = read(filled(journey), template_of(journey.batch))
    assert not isinstance(facts, Faults)
    fact = facts.fact(code, journey.batch.reporting_year)
    assert fact is not None
    assert fact.origin is not None
    return fact.origin.cell


def download_certificate(journey: Journey, into: Path) -> None:
    """From the page of the case."""
    journey.walk.enter(MAIN, my(journey))
    journey.walk.look("certified")
    with journey.walk.downloading(into):
        journey.page.get_by_role("link", name="下载证书").first.click()
