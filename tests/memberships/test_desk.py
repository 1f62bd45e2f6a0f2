"""The account desk: who gives out what, a change of secretary in one go, slips whose code stands on the paper alone."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.access.decisions import Refused
from portal.accounts import activation
from portal.accounts.codes import ALPHABET, code_hash, new_code, normal_code
from portal.accounts.models import ActivationCode, User
from portal.audit.models import AuditEvent
from portal.jobs.models import Job, JobState
from portal.memberships import desk, slips
from portal.memberships.models import Membership, SlipSheet
from portal.memberships.tasks import print_slips
from tests import factories
from tests.personas import Persona, Personas

pytestmark = [pytest.mark.usefixtures("no_bells", "reference")]
HOLDER = desk.Holder("王秘书长")
CODE = re.compile(rf"(?:[{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}")


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been laid out: the HTML of each printout; the PDF is its bytes."""
    printed: list[str] = []

    def lay_out(source: str) -> bytes:
        printed.append(source)
        return b"%PDF-" + source.encode()

    monkeypatch.setattr(slips, "html_to_pdf", lay_out)
    return printed


def give(persona: Persona, role: str, scope: str, holder: desk.Holder = HOLDER) -> Membership:
    return desk.create_account(holder, role=role, scope=scope, starts_on=None, actor=persona.actor, now=timezone.now())


def printed(sheet: SlipSheet, persona: Persona) -> Job:
    job = slips.print_sheet(sheet, address="http://portal/activate/", actor=persona.actor, now=timezone.now())
    print_slips(job.pk)
    job.refresh_from_db()
    sheet.refresh_from_db()
    return job


# Giving out accounts ----------------------------------------------------------------------------------------------
def test_an_account_is_made_without_a_password_and_named_after_the_code(personas: Personas) -> None:
    tea = personas.province.tea
    first = give(personas.department_admin, "association_filer", tea.uscc)
    second = give(personas.department_admin, "association_filer", tea.name)
    assert first.user.username == tea.uscc.lower()
    assert second.user.username == f"{tea.uscc.lower()}-2"
    assert not first.user.has_usable_password()
    assert first.association == tea


@pytest.mark.parametrize(
    ("persona", "role", "node"),
    [
        ("department_admin", "department_staff", ""),
        ("department_admin", "registrar", "registrar"),
        ("regional_office", "association_filer", "city_tea"),
        ("regional_office", "regional_office", "yuelu"),
        ("party_committee", "association_filer", "tea"),
        ("party_committee", "branch_secretary", "tea_branch"),
    ],
)
def test_an_office_gives_out_accounts_in_its_scope(persona: str, role: str, node: str, personas: Personas) -> None:
    found = getattr(personas.province.fill(), node) if node else None
    membership = give(personas[persona], role, getattr(found, "name", ""))
    assert (membership.role, membership.node) == (role, found)


@pytest.mark.parametrize(
    ("persona", "role", "node"),
    [
        ("department_admin", "system_admin", ""),
        ("regional_office", "association_filer", "city_trade"),
        ("regional_office", "regional_office", "changsha"),
        ("regional_office", "department_admin", ""),
        ("party_committee", "association_filer", "trade"),
        ("party_committee", "party_committee", "committee"),
        ("department_staff", "association_filer", "tea"),
        ("supervising_unit", "association_filer", "tea"),
    ],
)
def test_an_office_gives_out_nothing_beyond_its_scope(persona: str, role: str, node: str, personas: Personas) -> None:
    found = getattr(personas.province.fill(), node) if node else None
    actor = personas[persona]
    before = User.objects.count()
    with pytest.raises(Refused) as refused:
        give(actor, role, getattr(found, "name", ""))
    assert refused.value.code == "scope.outside"
    assert User.objects.count() == before


@pytest.mark.parametrize(("name", "code"), [("有 空格", "account.username"), ("FILER", "account.taken")])
def test_a_user_name_that_cannot_be_is_refused(name: str, code: str, personas: Personas) -> None:
    factories.make_user("filer")
    with pytest.raises(Refused) as refused:
        give(personas.department_admin, "department_staff", "", desk.Holder("王", name))
    assert refused.value.code == code


# Slips ------------------------------------------------------------------------------------------------------------
def test_the_code_stands_on_the_paper_and_nowhere_else(
    personas: Personas, paper: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    admin = personas.department_admin
    membership = give(admin, "association_filer", personas.province.tea.uscc)
    sheet = desk.order_slips([membership], title="激活单", actor=admin.actor, now=timezone.now())[0]
    job = printed(sheet, admin)
    assert job.state == JobState.SUCCEEDED
    code = CODE.findall(paper[0])[0]
    kept = ActivationCode.objects.get()
    assert kept.code_hash == code_hash(code, membership.user_id)
    haystack = repr(
        [vars(row) for model in (ActivationCode, SlipSheet, Job, AuditEvent) for row in model.objects.all()]
    )
    sealed = slips.files.path_of(sheet.file).read_bytes()
    for needle in (code, normal_code(code)):
        assert needle not in haystack
        assert needle not in caplog.text
        assert needle.encode() not in sealed
    assert "湖南省茶业协会" in paper[0]
    assert membership.user.username in paper[0]


def test_a_printout_is_handed_out_once(personas: Personas, paper: list[str], sign_in: Any) -> None:
    admin = personas.department_admin
    membership = give(admin, "association_filer", personas.province.tea.uscc)
    sheet = desk.order_slips([membership], title="激活单", actor=admin.actor, now=timezone.now())[0]
    client = sign_in(admin)
    page = reverse("memberships:slips", args=[sheet.pk])
    assert "正在排版" in client.get(page).content.decode()
    assert "还在生成" in client.post(page, follow=True).content.decode()
    printed(sheet, admin)
    assert "取走并打印" in client.get(page).content.decode()
    answer = client.post(page)
    assert answer.content.startswith(b"%PDF-")
    assert answer["Cache-Control"] == "private, no-store"
    sheet.refresh_from_db()
    assert sheet.file.deleted_at is not None
    again = client.post(page, follow=True).content.decode()
    assert "不能再次取用" in again
    assert AuditEvent.objects.filter(action="accounts.fetch_slips").count() == 1


def test_printing_twice_draws_no_second_codes(personas: Personas, paper: list[str]) -> None:
    admin = personas.department_admin
    membership = give(admin, "association_filer", personas.province.tea.uscc)
    sheet = desk.order_slips([membership], title="激活单", actor=admin.actor, now=timezone.now())[0]
    job = printed(sheet, admin)
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, finished_at=None)
    print_slips(job.pk)
    assert len(paper) == 1


def test_a_new_slip_ends_the_old_one(personas: Personas, paper: list[str]) -> None:
    admin = personas.department_admin
    membership = give(admin, "association_filer", personas.province.tea.uscc)
    for _ in range(2):
        printed(desk.order_slips([membership], title="激活单", actor=admin.actor, now=timezone.now())[0], admin)
    old, new = (CODE.findall(one)[0] for one in paper)
    now = timezone.now()
    assert activation.code_of(membership.user, old, now=now) is None
    assert activation.code_of(membership.user, new, now=now) is not None


def test_slips_withdrawn_before_the_paper_print_nothing(personas: Personas, paper: list[str]) -> None:
    admin = personas.department_admin
    membership = give(admin, "association_filer", personas.province.tea.uscc)
    sheet = desk.order_slips([membership], title="激活单", actor=admin.actor, now=timezone.now())[0]
    activation.withdraw([membership.user_id], now=timezone.now())
    job = printed(sheet, admin)
    assert (job.state, job.error_code) == (JobState.FAILED, "slips.none")
    assert paper == []


def test_many_slips_come_in_several_printouts(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "SLIPS_A_SHEET", 2)
    admin = personas.department_admin
    held = [give(admin, "association_filer", personas.province.tea.uscc) for _ in range(5)]
    sheets = desk.order_slips(held, title="激活单", actor=admin.actor, now=timezone.now())
    assert [sheet.slip_count for sheet in sheets] == [2, 2, 1]
    assert ActivationCode.objects.count() == 5


def test_an_account_taken_over_already_gets_no_slip(personas: Personas) -> None:
    admin = personas.department_admin
    filer = personas.association_filer
    filer.user.set_password(factories.PASSWORD)
    filer.user.save()
    assert desk.order_slips([filer.membership], title="激活单", actor=admin.actor, now=timezone.now()) == []


def test_an_account_that_others_look_after_too_gets_no_slip(personas: Personas) -> None:
    committee, filer = personas.party_committee, personas.association_filer
    factories.make_membership(filer.user, "department_staff", None)
    with pytest.raises(Refused) as refused:
        desk.order_slips([filer.membership], title="激活单", actor=committee.actor, now=timezone.now())
    assert refused.value.code == "scope.outside"


def test_the_button_of_the_list_orders_slips(personas: Personas, sign_in: Any, paper: list[str]) -> None:
    admin = personas.department_admin
    held = [give(admin, "association_filer", personas.province.tea.uscc) for _ in range(2)]
    client = sign_in(admin)
    chosen = {"pk": [held[0].pk, held[1].pk, personas.department_admin.membership.pk]}
    asked = client.post(reverse("memberships:slips_new"), chosen).content.decode()
    assert "为 3 个未激活的账号各生成一张激活单" in asked
    answer = client.post(reverse("memberships:slips_new"), chosen | {"confirmed": "1"})
    assert answer.status_code == 302
    assert SlipSheet.objects.get().slip_count == 3
    assert Job.objects.get().kind == "slips"


# Taking over ------------------------------------------------------------------------------------------------------
def slip_for(personas: Personas, paper: list[str]) -> tuple[User, str]:
    admin = personas.department_admin
    membership = give(admin, "association_filer", personas.province.tea.uscc)
    printed(desk.order_slips([membership], title="激活单", actor=admin.actor, now=timezone.now())[0], admin)
    return membership.user, CODE.findall(paper[-1])[0]


def take_over(client: Client, user: User, code: str, password: str = factories.PASSWORD) -> Any:
    data = {"username": user.username, "code": code, "new_password1": password, "new_password2": password}
    return client.post(reverse("accounts:activate"), data)


def test_a_slip_opens_the_account_once(personas: Personas, paper: list[str]) -> None:
    user, code = slip_for(personas, paper)
    client = Client()
    answer = take_over(client, user, code.lower().replace("-", " "))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code in {200, 302}
    user.refresh_from_db()
    assert user.check_password(factories.PASSWORD)
    assert ActivationCode.objects.get().used_at is not None
    again = take_over(Client(), user, code)
    assert again.status_code == 422
    assert "已使用" in again.content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"code": new_code()}, "不相符"),
        ({"username": "nobody"}, "不相符"),
        ({"new_password1": "12345", "new_password2": "12345"}, "密码"),
        ({"new_password2": "Another-Pass-2026"}, "不一致"),
        ({"code": ""}, "激活码不能为空"),
    ],
)
def test_a_slip_is_not_spent_by_a_mistake(
    change: dict[str, str], says: str, personas: Personas, paper: list[str]
) -> None:
    user, code = slip_for(personas, paper)
    right = {"username": user.username, "code": code}
    right |= {"new_password1": factories.PASSWORD, "new_password2": factories.PASSWORD}
    answer = Client().post(reverse("accounts:activate"), right | change)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert ActivationCode.objects.get().used_at is None
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_a_slip_ends_after_thirty_days(personas: Personas, paper: list[str], frozen: Any) -> None:
    frozen(date(2026, 11, 1))
    user, code = slip_for(personas, paper)
    frozen(date(2026, 12, 1))
    assert activation.code_of(user, code, now=timezone.now()) is not None
    frozen(date(2026, 12, 2))
    assert take_over(Client(), user, code).status_code == 422


def test_a_code_of_another_account_opens_nothing(personas: Personas, paper: list[str]) -> None:
    _user, code = slip_for(personas, paper)
    other, _ = slip_for(personas, paper)
    assert take_over(Client(), other, code).status_code == 422


def test_codes_and_passwords_are_locked_out_together(personas: Personas, paper: list[str]) -> None:
    user, code = slip_for(personas, paper)
    for _ in range(4):
        assert take_over(Client(), user, new_code()).status_code == 422
    assert take_over(Client(), user, new_code()).status_code == 429
    assert take_over(Client(), user, code).status_code == 429
    sign_in = Client().post(reverse("accounts:login"), {"username": user.username, "password": "x"})
    assert sign_in.status_code == 429


def test_failed_attempts_keep_no_code(personas: Personas, paper: list[str]) -> None:
    from axes.models import AccessAttempt

    user, _code = slip_for(personas, paper)
    wrong = new_code()
    take_over(Client(), user, wrong)
    kept = repr(list(AccessAttempt.objects.values()))
    assert wrong not in kept
    assert factories.PASSWORD not in kept


def test_the_faster_one_wins(personas: Personas, paper: list[str]) -> None:
    user, code = slip_for(personas, paper)
    now = timezone.now()
    activation.activate(user, code, factories.PASSWORD, now=now)
    with pytest.raises(Refused, match="刚刚已被使用"):
        activation.activate(user, code, factories.PASSWORD, now=now)


# 换秘书长 ----------------------------------------------------------------------------------------------------------
def test_a_change_of_secretary_is_one_act(personas: Personas, sign_in: Any) -> None:
    filer = personas.association_filer
    client = sign_in(personas.department_admin)
    page = reverse("memberships:hand_over", args=[filer.membership.pk])
    assert "换秘书长" in client.get(page).content.decode()
    data = {"display_name": "李秘书长", "username": "", "from_on": "2026-12-01", "version": "1"}
    answer = client.post(page, data)
    assert answer.status_code == 302
    old = Membership.objects.get(pk=filer.membership.pk)
    new = Membership.objects.exclude(pk=old.pk).get(association=personas.province.tea)
    assert (old.ends_on, new.starts_on) == (date(2026, 11, 30), date(2026, 12, 1))
    assert (new.role, new.user.display_name) == ("association_filer", "李秘书长")
    assert SlipSheet.objects.get().slip_count == 1
    acts = set(AuditEvent.objects.values_list("action", flat=True))
    assert acts >= {"accounts.create", "memberships.close", "memberships.open", "accounts.request_slips"}


def test_a_successor_with_an_account_of_the_same_office_needs_no_slip(personas: Personas) -> None:
    filer, signer = personas.association_filer, personas.association_signer
    signer.user.set_password(factories.PASSWORD)
    signer.user.save()
    opened, sheet = desk.hand_over(
        filer.membership,
        desk.Holder("", signer.user.username),
        from_on=timezone.localdate(),
        version=1,
        actor=personas.party_committee.actor,
        now=timezone.now(),
    )
    assert (opened.user, sheet) == (signer.user, None)


@pytest.mark.parametrize("username", ["department_staff", "other_filer"])
def test_a_successor_of_another_office_is_not_taken(username: str, personas: Personas) -> None:
    assert personas[username]
    before = list(Membership.objects.order_by("pk").values_list("pk", "ends_on"))
    filer = personas.association_filer
    with pytest.raises(Refused) as refused:
        desk.hand_over(
            filer.membership,
            desk.Holder("某人", username),
            from_on=timezone.localdate(),
            version=1,
            actor=personas.party_committee.actor,
            now=timezone.now(),
        )
    assert refused.value.code == "account.taken"
    kept = list(
        Membership.objects.exclude(user__username__in=["association_filer", "party_committee"]).values_list(
            "pk", "ends_on"
        )
    )
    assert set(before) >= set(kept)
    assert Membership.objects.get(pk=filer.membership.pk).ends_on is None


def test_nobody_hands_over_what_another_office_looks_after(personas: Personas) -> None:
    with pytest.raises(Refused, match="不由"):
        desk.hand_over(
            personas.other_filer.membership,
            HOLDER,
            from_on=timezone.localdate(),
            version=1,
            actor=personas.party_committee.actor,
            now=timezone.now(),
        )


# Ending -----------------------------------------------------------------------------------------------------------
def test_an_end_withdraws_the_open_slip(personas: Personas) -> None:
    admin = personas.department_admin
    membership = give(admin, "association_filer", personas.province.tea.uscc)
    desk.order_slips([membership], title="激活单", actor=admin.actor, now=timezone.now())
    desk.end(membership, ends_on=timezone.localdate(), version=1, actor=admin.actor, now=timezone.now())
    assert ActivationCode.objects.get().withdrawn_at is not None


def test_nobody_ends_the_own_membership(personas: Personas) -> None:
    admin = personas.department_admin
    with pytest.raises(Refused) as refused:
        desk.end(admin.membership, ends_on=timezone.localdate(), version=1, actor=admin.actor, now=timezone.now())
    assert refused.value.code == "membership.own"


def test_the_end_page_ends(personas: Personas, sign_in: Any) -> None:
    filer = personas.association_filer
    client = sign_in(personas.party_committee)
    page = reverse("memberships:account_end", args=[filer.membership.pk])
    assert client.get(page).status_code == 200
    day = timezone.localdate() + timedelta(days=3)
    assert client.post(page, {"ends_on": str(day), "version": "1"}).status_code == 302
    assert Membership.objects.get(pk=filer.membership.pk).ends_on == day
    assert "这个身份已经终止" in client.get(page).content.decode()


# Pages ------------------------------------------------------------------------------------------------------------
def test_the_list_shows_and_filters_the_accounts(personas: Personas, sign_in: Any) -> None:
    for key in ("association_filer", "other_filer", "branch_secretary", "auditor"):
        assert personas[key]
    filer = personas.association_filer.user
    filer.set_password(factories.PASSWORD)
    filer.save()
    client = sign_in(personas.department_admin)

    def shown(**query: str) -> set[str]:
        rows = client.get(reverse("memberships:accounts"), query | {"export": "json"}).json()["rows"]
        return {row["username"] for row in rows}

    assert shown() == {"association_filer", "other_filer", "branch_secretary", "department_admin"}
    assert shown(q="茶业") == {"association_filer", "branch_secretary"}
    assert shown(role="association_filer", state="active") == {"association_filer"}
    assert "association_filer" not in shown(state="waiting")
    assert shown(state="ended") == set()
    assert shown(state="disabled") == set()
    assert shown(state="any") == shown()


def test_a_new_account_by_the_form(personas: Personas, sign_in: Any) -> None:
    client = sign_in(personas.regional_office)
    page = reverse("memberships:account_new")
    assert "社会工作部管理员" not in client.get(page).content.decode().split("<main")[1]
    data = {"display_name": "张秘书长", "role": "association_filer", "username": "", "wants_slip": "on"}
    answer = client.post(page, data | {"scope": personas.province.trade.uscc})
    assert answer.status_code == 422
    assert "不在「市县社会工作部 · 长沙市」管理的范围内" in answer.content.decode()
    answer = client.post(page, data | {"scope": personas.province.city_tea.uscc})
    assert answer.status_code == 302
    assert SlipSheet.objects.count() == 1
    assert "请在本页取走激活单，打印后交给本人。" in client.get(answer["Location"]).content.decode()


def test_a_scope_is_offered_while_it_is_typed_as_the_role_asks(personas: Personas, sign_in: Any) -> None:
    province = personas.province.fill()
    client = sign_in(personas.department_admin)
    asked = reverse("memberships:scope_names")

    def offered(role: str, text: str, by: Any = client) -> list[str]:
        page = by.get(asked, {"role": role, "scope": text}).content.decode()
        return re.findall('value="([^"]*)"', page)

    assert offered("association_filer", "茶业") == [province.tea.name, province.city_tea.name]
    assert offered("branch_secretary", "茶") == [province.tea_branch.name]
    assert offered("regional_office", "长沙")[0] == "长沙市"
    assert province.committee.name in offered("party_committee", province.committee.name[:4])
    assert province.unit.name not in offered("party_committee", province.unit.name[:4])
    assert offered("department_staff", "茶") == offered("association_filer", "") == offered("nobody", "茶") == []
    # Who looks after a place is offered what lies in it.
    assert offered("association_filer", "茶业", sign_in(personas.regional_office)) == [province.city_tea.name]
    page = client.get(reverse("memberships:account_new")).content.decode()
    assert f'hx-get="{asked}"' in page
    assert 'hx-include="[name=role]"' in page
