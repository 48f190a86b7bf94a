"""A holder with a certificate on paper only is renamed: its first electronic one states both names, the paper ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import MemberState
from accreditation.models import Body, Case, ChangedTitle, Enterprise, Letter, Member, Programme, Title
from accreditation.services.changes import Particulars
from certificates.models import Certificate, PaperCertificate
from certificates.services.checking import differences
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from certificates.standing import Standing
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.changes import FACTS, NEW_NAME, confirmation, issued_certificate, led_to
from tests.factories.local import AUTHORITY_USCC
from tests.factories.paper import HOLDER, USCC, as_workbook, line
from tests.factories.titles import municipal_title
from workflows import door
from workflows.consistency import check_all
from workflows.opening_changes import open_change
from workflows.paper_import import confirm_import, prepare_import

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def renamed(cast: Cast, by: str = "office") -> Case:
    """The holder of the paper asks for its new name, and the city's office, or a district's, confirms it."""
    stated = Particulars(occurred_on=cast.at.date(), facts=FACTS, new_name=NEW_NAME)
    return confirmed(cast, "rename", stated, by=by)


def confirmed(cast: Cast, kind: str, stated: Particulars, *, by: str, **document: str) -> Case:
    """A change that the holder of the paper files, confirmed by whom `by` names."""
    holder, settled = Enterprise.objects.get(uscc=USCC), {"requested_at": cast.at, "settled_at": cast.at}
    Member.objects.get_or_create(enterprise=holder, user=cast.member0, state=MemberState.ACTIVE, defaults=settled)
    case = open_change(holder, kind, stated, by=cast.member0, at=cast.at)
    paper = {"file": stored_file(b"registered", cast.at), "name": "准予变更登记通知书.pdf", "purpose": "证明变更登记"}
    door.perform(case, "add_change_document", by=cast.member0, at=cast.at, form=paper)
    led_to(case, "under_confirmation", cast)
    door.perform(case, "confirm_change", by=cast.people[by], at=cast.at, form=confirmation(cast.at, **document))
    return case


def entered(cast: Cast, **changes: str) -> Title:
    """A title from the time of paper."""
    row = prepare_import(as_workbook([line(**changes)]), "名单.xlsx", by=cast.office, at=cast.at)
    confirm_import(row, by=cast.publisher, at=cast.at)
    return Title.objects.get(holder__uscc=USCC)


def test_title_on_paper_gets_its_first_certificate_with_the_new_name(cast: Cast) -> None:
    title = entered(cast)
    case = renamed(cast)
    made = Certificate.objects.get()
    said = made.content
    assert (made.version, said.holder_zh, said.formerly_zh) == (1, NEW_NAME, HOLDER)
    assert (said.occasion, said.recognised_on, said.valid_until) == ("rename", title.granted_on, title.valid_until)
    assert made.number in Letter.objects.get(case=case, kind="change_confirmed").body
    paper = PaperCertificate.objects.get()
    assert (paper.standing, paper.state_ground) == (Standing.CANCELLED, "示例经技〔2026〕30号，更名")
    assert sign_pending(limit=5, at=cast.at + timedelta(minutes=1), keys=open_keys(at=cast.at)) == 1
    assert Certificate.objects.get().standing is Standing.IN_FORCE
    assert (list(differences()), list(check_all())) == ([], [])
    page = log_in(Client(), cast.member0).get(reverse("my_matter", args=[case.number])).content.decode()
    assert f"换发证书 {made.number}" in page


def test_title_without_paper_is_renamed_and_the_page_says_why_there_is_no_certificate(cast: Cast) -> None:
    entered(cast)
    PaperCertificate.objects.update(title_number="SHETC-T-2015-00000")  # of another title
    case = renamed(cast)
    assert not Certificate.objects.exists()
    page = log_in(Client(), cast.member0).get(reverse("my_matter", args=[case.number])).content.decode()
    assert "本系统没有登记可以换发的证书" in page


@pytest.mark.parametrize("code", [AUTHORITY_USCC, ""])
def test_first_certificate_of_a_title_of_a_district_names_the_body_of_that_district(cast: Cast, code: str) -> None:
    names = {"name_zh": "浦东示例主管部门", "name_en": "Example Authority of Pudong"}
    Body.objects.filter(district="310115").update(uscc=code, **names)
    Programme.objects.filter(code="district_centre").update(ground_zh="区级企业技术中心认定及管理办法")
    title = entered(cast, programme="district_centre", valid_until="2027-05-31")
    renamed(cast, by="pudong")
    paper, made = PaperCertificate.objects.get(title_number=title.number), Certificate.objects.first()
    if not code:  # nobody can make it out: the paper is what there is
        assert (made, paper.standing) == (None, Standing.IN_FORCE)
        return
    assert made is not None
    assert (made.content.issuer_zh, made.content.issuer_uscc) == (names["name_zh"], code)
    assert str(made.content.kind).startswith(code)
    assert paper.standing is Standing.CANCELLED


def test_paper_ends_also_where_an_evaluation_has_made_an_electronic_certificate(cast: Cast) -> None:
    first = issued_certificate(entered(cast), cast.at)
    assert PaperCertificate.objects.get().standing is Standing.IN_FORCE
    renamed(cast)
    again = Certificate.objects.get(number=first.number, version=2).content
    assert (again.occasion, again.holder_zh, again.formerly_zh) == ("rename", NEW_NAME, HOLDER)
    assert PaperCertificate.objects.get().standing is Standing.CANCELLED


def test_paper_ends_where_a_branch_centre_goes_under_another_centre(cast: Cast) -> None:
    title = entered(cast, programme="district_centre", valid_until="2027-05-31")
    Programme.objects.filter(code="district_centre").update(branch_of=cast.programme)
    parents = [municipal_title(cast, n) for n in (1, 2)]
    Title.objects.filter(pk=title.pk).update(parent=parents[0])
    case = hung_under(cast, parents[1], number="示例经技〔2026〕29号")
    assert ChangedTitle.objects.get(change__case=case).certificate_number == ""
    assert PaperCertificate.objects.get().standing is Standing.IN_FORCE, "it is all that the holder has"
    first = issued_certificate(Title.objects.get(pk=title.pk), cast.at)
    hung_under(cast, parents[0], number="示例经技〔2026〕30号")
    again = Certificate.objects.get(number=first.number, version=2).content
    assert (again.occasion, again.parent_zh) == ("exchange", cast.enterprises[1].name)
    paper = PaperCertificate.objects.get()
    assert (paper.standing, paper.state_ground) == (Standing.CANCELLED, "示例经技〔2026〕30号，分中心调整")


def hung_under(cast: Cast, parent: Title, *, number: str) -> Case:
    """The holder of the paper asks for another parent of its branch centre, and the district confirms it."""
    stated = Particulars(occurred_on=cast.at.date(), facts=FACTS, new_parent=parent)
    return confirmed(cast, "branch", stated, by="pudong", number=number)
