"""Memberships: what an account may hold, how a command names one, how secretaries change, how a user switches."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.access.decisions import Conflict, Refused
from portal.access.roles import Role
from portal.audit.models import AuditEvent
from portal.memberships import services
from portal.memberships.models import Membership
from portal.memberships.selectors import actor_of, current_memberships, find_node, membership_for, spec_of
from tests.factories import make_association, make_association_name, make_department_name, make_membership, make_user
from tests.personas import PERSONAS, Persona, Personas, Province

TODAY = date(2026, 11, 22)
SignIn = Callable[[Persona], Client]


@pytest.mark.parametrize("key", PERSONAS)
def test_spec_of_a_membership_finds_it_again(key: str, personas: Personas) -> None:
    persona = personas[key]
    assert membership_for(spec_of(persona.membership), timezone.localdate()) == persona.membership
    assert membership_for(key, timezone.localdate()) == persona.membership


def test_spec_names_user_and_role_and_code(personas: Personas) -> None:
    assert spec_of(personas.department_admin.membership) == "department_admin:department_admin"
    assert spec_of(personas.regional_office.membership) == "regional_office:regional_office@430100"
    tea = personas.province.tea
    assert spec_of(personas.association_filer.membership) == f"association_filer:association_filer@{tea.uscc}"


def test_several_memberships_are_listed_and_none_is_guessed(province: Province) -> None:
    user = make_user("zhao.min")
    first = make_membership(user, Role.ASSOCIATION_FILER, province.tea)
    second = make_membership(user, Role.ASSOCIATION_FILER, province.trade)
    with pytest.raises(Refused) as refused:
        membership_for("zhao.min", TODAY)
    assert refused.value.code == "membership.several"
    listed = f"zhao.min:association_filer@{province.tea.uscc}、zhao.min:association_filer@{province.trade.uscc}"
    assert listed in refused.value.reason
    assert membership_for(f"zhao.min:association_filer@{province.trade.uscc}", TODAY) == second
    assert membership_for("zhao.min:association_filer@湖南省茶业协会", TODAY) == first


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("nobody", "membership.user"),
        ("zhao.min", "membership.none"),
        ("zhao.min:registrar", "membership.none"),
        ("department_admin:auditor", "membership.none"),
        ("regional_office:regional_office@430200", "membership.none"),
    ],
)
def test_spec_that_names_nothing(spec: str, code: str, province: Province, personas: Personas) -> None:
    make_user("zhao.min")
    assert personas.department_admin
    assert personas.regional_office
    assert province.zhuzhou
    with pytest.raises(Refused) as refused:
        membership_for(spec, timezone.localdate())
    assert refused.value.code == code


def test_unknown_role_in_a_spec_is_refused_in_words(personas: Personas) -> None:
    assert personas.department_admin
    with pytest.raises(Refused) as refused:
        membership_for("department_admin:king@430000", TODAY)
    assert refused.value.code == "role.unknown"


def test_inactive_account_has_no_memberships_for_commands(personas: Personas) -> None:
    user = personas.department_admin.user
    user.is_active = False
    user.save()
    with pytest.raises(Refused, match="没有启用中的账号"):
        membership_for("department_admin", TODAY)


NODES = [
    (Role.REGIONAL_OFFICE, "430100", "changsha"),
    (Role.REGIONAL_OFFICE, "长沙市", "changsha"),
    (Role.REGIONAL_OFFICE, "长沙", "changsha"),
    (Role.SUPERVISING_UNIT, "湖南省农业农村厅", "unit"),
    (Role.SUPERVISING_UNIT, "省农委", "unit"),
    (Role.PARTY_COMMITTEE, "湖南省综合行业党委", "committee"),
    (Role.REGISTRAR, "湖南省民政厅", "registrar"),
    (Role.ASSOCIATION_FILER, "湖南省茶业协会", "tea"),
    (Role.ASSOCIATION_FILER, "省茶协", "tea"),
    (Role.BRANCH_SECRETARY, "中共湖南省茶业协会支部委员会", "tea_branch"),
]


@pytest.mark.parametrize(("role", "code", "node"), NODES)
def test_node_is_found_by_code_name_or_alias(role: str, code: str, node: str, province: Province) -> None:
    province.fill()
    make_department_name(province.unit, "省农委")
    make_association_name(province.tea, "省茶协")
    assert find_node(role, code, TODAY) == getattr(province, node)


REFUSED_NODES = [
    (Role.REGISTRAR, "湖南省农业农村厅", "reference.unknown"),
    (Role.PARTY_COMMITTEE, "湖南省民政厅", "reference.unknown"),
    (Role.ASSOCIATION_FILER, "湖南省武术协会", "reference.unknown"),
    (Role.REGIONAL_OFFICE, "", "scope.needed"),
    (Role.DEPARTMENT_ADMIN, "430000", "scope.not_wanted"),
    (Role.ASSOCIATION_FILER, "湖南省同名协会", "reference.ambiguous"),
]


@pytest.mark.parametrize(("role", "code", "refusal"), REFUSED_NODES)
def test_node_that_does_not_fit_is_refused(role: str, code: str, refusal: str, province: Province) -> None:
    province.fill()
    make_association("湖南省同名协会")
    make_association("湖南省同名协会")
    with pytest.raises(Refused) as refused:
        find_node(role, code, TODAY)
    assert refused.value.code == refusal


def test_three_administrators_are_different_people(personas: Personas) -> None:
    user = personas.auditor.user
    with pytest.raises(Refused, match="须由不同的人担任"):
        services.open_membership(user, role=Role.SYSTEM_ADMIN, node=None, actor=None, now=timezone.now())


def test_same_membership_is_opened_once(personas: Personas, province: Province) -> None:
    for persona, node in ((personas.department_admin, None), (personas.association_filer, province.tea)):
        with pytest.raises(Refused, match="已有相同的任职身份"):
            services.open_membership(
                persona.user, role=persona.membership.role, node=node, actor=None, now=timezone.now()
            )


def test_node_must_fit_the_role(province: Province) -> None:
    with pytest.raises(Refused, match="角色与管辖对象不相符"):
        services.open_membership(
            make_user(), role=Role.DEPARTMENT_ADMIN, node=province.hunan, actor=None, now=timezone.now()
        )


def test_change_of_secretary_closes_one_and_opens_the_next(personas: Personas, province: Province) -> None:
    old = personas.branch_secretary.membership
    successor = make_user("qian.jin")
    new = services.change_holder(
        old,
        successor=successor,
        from_on=date(2026, 7, 1),
        version=1,
        actor=personas.department_admin.actor,
        now=timezone.now(),
    )
    assert (old.ends_on, old.version) == (date(2026, 6, 30), 2)
    assert (new.user, new.role, new.node, new.starts_on, new.ends_on) == (
        successor,
        Role.BRANCH_SECRETARY,
        province.tea_branch,
        date(2026, 7, 1),
        None,
    )
    assert current_memberships(old.user_id, date(2026, 6, 30)) == [old]
    assert current_memberships(old.user_id, date(2026, 7, 1)) == []
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "memberships.close",
        "memberships.open",
    ]


def test_change_that_cannot_open_the_next_leaves_the_old_open(personas: Personas, province: Province) -> None:
    old = personas.branch_secretary.membership
    holder = make_user("sun.li")
    make_membership(holder, Role.BRANCH_SECRETARY, province.tea_branch)
    with pytest.raises(Refused, match="已有相同的任职身份"):
        services.change_holder(
            old, successor=holder, from_on=date(2026, 7, 1), version=1, actor=None, now=timezone.now()
        )
    assert Membership.objects.get(pk=old.pk).ends_on is None
    assert AuditEvent.objects.count() == 0


def test_change_to_the_present_holder_is_refused(personas: Personas) -> None:
    old = personas.branch_secretary.membership
    with pytest.raises(Refused, match="就是现任"):
        services.change_holder(old, successor=old.user, from_on=TODAY, version=1, actor=None, now=timezone.now())


def test_two_people_at_one_membership_close_it_once(personas: Personas) -> None:
    membership = personas.association_filer.membership
    stale = Membership.objects.get(pk=membership.pk)
    services.close_membership(membership, ends_on=TODAY, version=1, actor=None, now=timezone.now())
    with pytest.raises(Conflict):
        services.close_membership(stale, ends_on=TODAY, version=1, actor=None, now=timezone.now())
    with pytest.raises(Refused, match="不能再次终止"):
        services.close_membership(membership, ends_on=TODAY, version=2, actor=None, now=timezone.now())


def test_membership_cannot_end_before_it_starts(personas: Personas) -> None:
    membership = make_membership(make_user(), Role.DEPARTMENT_STAFF, starts_on=TODAY)
    with pytest.raises(Refused, match="早于起始日期"):
        services.close_membership(
            membership, ends_on=TODAY - timedelta(days=1), version=1, actor=None, now=timezone.now()
        )


def test_switching_changes_what_is_seen_and_leaves_an_event(personas: Personas, sign_in: SignIn) -> None:
    persona = personas.association_filer
    second = make_membership(persona.user, Role.ASSOCIATION_FILER, personas.province.trade)
    client = sign_in(persona)
    assert "范围：湖南省茶业协会" in client.get("/tasks/").content.decode()
    before = client.session.session_key
    response = client.post("/account/membership/", {"membership": second.pk, "next": "https://evil.example/"})
    assert response["Location"] == "/"
    assert client.session.session_key != before
    assert "范围：湖南省商贸业协会" in client.get("/tasks/").content.decode()
    assert AuditEvent.objects.filter(action="memberships.switch", user=persona.user).count() == 1


@pytest.mark.parametrize("posted", ["foreign", "ended", "0", "x", ""])
def test_switching_to_what_one_does_not_hold_is_refused(posted: str, personas: Personas, sign_in: SignIn) -> None:
    persona = personas.association_filer
    ended = make_membership(persona.user, Role.ASSOCIATION_SIGNER, personas.province.tea, ends_on=date(2020, 1, 1))
    value = {"foreign": personas.other_filer.membership.pk, "ended": ended.pk}.get(posted, posted)
    client = sign_in(persona)
    assert client.post("/account/membership/", {"membership": value}).status_code == 403
    assert "范围：湖南省茶业协会" in client.get("/tasks/").content.decode()
    assert AuditEvent.objects.get().result == "refused"


def test_ended_membership_acts_no_more_although_the_session_goes_on(personas: Personas, sign_in: SignIn) -> None:
    persona = personas.association_filer
    client = sign_in(persona)
    assert client.get("/tasks/").status_code == 200
    yesterday = timezone.localdate() - timedelta(days=1)
    services.close_membership(persona.membership, ends_on=yesterday, version=1, actor=None, now=timezone.now())
    assert client.get("/tasks/").status_code == 403


def test_membership_that_starts_tomorrow_does_not_act_today(province: Province) -> None:
    user = make_user()
    tomorrow = timezone.localdate() + timedelta(days=1)
    make_membership(user, Role.DEPARTMENT_STAFF, starts_on=tomorrow)
    assert services.load_actor(user, None, timezone.localdate()) is None
    actor = services.load_actor(user, None, tomorrow)
    assert actor is not None
    assert actor.role == Role.DEPARTMENT_STAFF


def test_actor_of_a_committee_knows_the_bodies_below_it(province: Province, personas: Personas) -> None:
    province.fill()
    assert personas.party_committee.actor.scope.department_pks == (province.committee.pk, province.branch_committee.pk)
    assert personas.supervising_unit.actor.scope.department_pks == (province.unit.pk,)
    assert actor_of(personas.branch_secretary.membership).scope.association_pks == (province.tea.pk,)
