"""A real installation: the first rows, refused where somebody has an account, safe to complete later."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accreditation.audit import verify_all
from accreditation.enums import DISTRICTS
from accreditation.models import Batch, Body, Enterprise, PlanTarget, Programme, RoleGrant, User
from accreditation.permissions import has_power
from accreditation.roles import Power, Role
from accreditation.seeds.plan import city_plan
from accreditation.seeds.reference import demo_bodies
from accreditation.selectors.people import account, system_account
from accreditation.services.grant_proposals import grant_role

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PASSWORD = "first-officer-of-the-site"


def install(**options: Any) -> str:
    said = io.StringIO()
    call_command("install", stdout=said, no_input=True, **options)
    return said.getvalue()


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n")
    return path


@pytest.fixture
def installed(var_dir: Path, password_file: Path) -> str:
    return install(
        username="anquan1",
        name="首位管理员",
        email="First@Example.invalid",
        password_file=password_file,
        second_officer=["anquan2", "第二位管理员", "second@example.invalid"],
        operator=["yunwei1", "运维员", "ops@example.invalid"],
    )


def test_installation_makes_reference_rows_and_no_demo_data(installed: str) -> None:
    assert set(Body.objects.exclude(district="").values_list("district", flat=True)) == set(DISTRICTS)
    assert Body.objects.filter(level="municipal").count() == 1
    codes = {
        "shanghai_municipal_centre", "district_centre", "national_centre", "national_branch_centre",
        "demonstration_national",
    }  # fmt: skip
    assert Programme.objects.get(code="national_branch_centre").branch_of_id == "national_centre"
    assert set(Programme.objects.values_list("code", flat=True)) == codes
    assert set(PlanTarget.objects.values_list("code", flat=True)) == city_plan().targets.keys()
    assert not Enterprise.objects.exists()
    assert not Batch.objects.exists()
    assert not any("示例" in body.name_zh for body in Body.objects.all())
    assert set(User.objects.values_list("username", flat=True)) == {"system", "anquan1", "anquan2", "yunwei1"}


def test_both_security_officers_are_appointed_by_the_installation(installed: str) -> None:
    grants = [(row.user.username, row.role, row.granted_by) for row in RoleGrant.objects.order_by("pk")]
    assert grants == [(name, Role.SECURITY_OFFICER, None) for name in ("anquan1", "anquan2")]
    assert verify_all()[1] == []


def test_first_log_in_demands_the_set_up_of_the_second_factor(installed: str) -> None:
    client = Client()
    answer = client.post("/login/", {"login": "first@example.invalid", "password": PASSWORD, "next": "/grants/"})
    assert answer.headers["Location"].startswith("/login/second-factor/")
    assert "data:image/svg+xml" in client.get(answer.headers["Location"]).content.decode()


def test_operator_has_no_role_and_no_password_until_both_are_given(installed: str) -> None:
    operator = User.objects.get(username="yunwei1")
    assert not operator.has_usable_password()
    assert not has_power(operator, Power.OPERATE)
    link = installed.split("/password/reset/key/")[2].split()[0]
    form = Client().get(f"/password/reset/key/{link}", follow=True)
    assert form.context["form"] is not None
    first, second = (User.objects.get(username=name) for name in ("anquan1", "anquan2"))
    grant_role(account(operator.pk), Role.OPERATOR, by=first, second=second, at=timezone.now(), ground="任命文件")
    assert has_power(operator, Power.OPERATE)


def test_system_account_is_closed(installed: str) -> None:
    system = system_account()
    assert (system.username, system.is_active, system.has_usable_password()) == ("system", False, False)


def test_second_installation_is_refused(installed: str, password_file: Path) -> None:
    with pytest.raises(CommandError, match="--upgrade"):
        install(username="other", name="他", email="o@example.invalid", password_file=password_file)
    assert not User.objects.filter(username="other").exists()


def test_upgrade_adds_what_is_missing_and_keeps_what_was_corrected(installed: str) -> None:
    Body.objects.filter(code="district-310101").update(name_zh="黄浦区更名后的部门")
    Programme.objects.filter(code="demonstration_national").delete()
    said = install(upgrade=True)
    assert "主管部门：新增 0 个" in said
    assert "项目类别：新增 1 个" in said
    assert Body.objects.get(code="district-310101").name_zh == "黄浦区更名后的部门"
    assert RoleGrant.objects.count() == 2


def test_code_of_the_office_is_checked_and_kept(installed: str) -> None:
    install(upgrade=True, office_uscc="11100000000013338W")
    assert Body.objects.get(level="municipal").uscc == "11100000000013338W"
    with pytest.raises(CommandError, match="校验码"):
        install(upgrade=True, office_uscc="111000000000133381")


BAD = [
    ({"username": "A B"}, "用户名"),
    ({"name": ""}, "姓名"),
    ({"email": ""}, "电子邮箱"),
]


@pytest.mark.parametrize(("changes", "words"), BAD)
def test_bad_particulars_are_refused_and_nobody_is_made(
    var_dir: Path, password_file: Path, changes: dict[str, Any], words: str
) -> None:
    options = {"username": "anquan1", "name": "首位", "email": "a@example.invalid", "password_file": password_file}
    with pytest.raises(CommandError, match=words):
        install(**options | changes)
    assert not User.objects.filter(is_system=False).exists()


def test_weak_or_missing_password_is_refused(var_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weak = tmp_path / "weak"
    weak.write_text("password")
    with pytest.raises(CommandError):
        install(username="anquan1", name="首位", email="a@example.invalid", password_file=weak)
    monkeypatch.delenv("INSTALL_PASSWORD", raising=False)
    with pytest.raises(CommandError, match="INSTALL_PASSWORD"):
        install(username="anquan1", name="首位", email="a@example.invalid")
    monkeypatch.setenv("INSTALL_PASSWORD", PASSWORD)
    install(username="anquan1", name="首位", email="a@example.invalid")
    assert User.objects.get(username="anquan1").check_password(PASSWORD)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_demo_bodies_bear_the_names_of_their_districts_in_both_languages(language: str) -> None:
    with override(language):
        named = {body.district: (body.name_zh, body.name_en) for body in demo_bodies() if body.district in DISTRICTS}
    assert set(named) == set(DISTRICTS)
    assert named["310116"] == ("金山区示例主管部门", "Example Authority of Jinshan District")
    assert named["310115"] == ("浦东新区示例主管部门", "Example Authority of Pudong New Area")
    assert not any(character.isdigit() for names in named.values() for name in names for character in name)
