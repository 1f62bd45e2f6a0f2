"""Recording what a unit did: in order, once, by whom it concerns; and the matrix that counts it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.methods import services
from campaigns.methods.models import Comment, MethodRecord, Pledge, PledgeEdition, SelfReview
from campaigns.methods.selectors import progress_of
from campaigns.methods.services import CommentGiven, PledgesGiven, ReviewGiven
from campaigns.plans.enums import ItemKind, MethodForm
from campaigns.plans.models import CampaignItem, Method, Unit
from portal.access.actor import acting_as
from portal.access.decisions import Conflict, Refused
from portal.audit.models import AuditEvent
from tests import factories
from tests.campaigns.makers import make_unit
from tests.campaigns.method_makers import make_record, running
from tests.conftest import session_of
from tests.people.makers import make_party_member
from tests.personas import Persona, Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")
DAY = date(2026, 5, 8)


def signed_in(persona: Persona) -> Client:
    client = Client()
    client.cookies["sessionid"] = session_of(persona)
    return client


GIVEN: dict[str, Any] = {
    MethodForm.PLEDGE: PledgesGiven(10, 9),
    MethodForm.REVIEW: ReviewGiven("life_meeting", 10, 9, 9, 2, "学习不够", "继续努力"),
    MethodForm.COMMENT: CommentGiven("democratic_life", "党委书记", "组织有力", "覆盖不够", "扩大覆盖"),
}


def pledged(unit: Unit, method: Any, persona: Persona, now: datetime, **fields: Any) -> Pledge:
    values: dict[str, Any] = {"member": None, "aspects": (), "text": "每周值班", "published_on": DAY}
    values |= {"channel": "posted", "due_on": None}
    with acting_as(persona.actor):
        return services.record_pledge(unit, method, actor=persona.actor, now=now, **values | fields)


def keep(unit: Unit, method: Any, persona: Persona, now: datetime, **fields: Any) -> MethodRecord:
    values: dict[str, Any] = {"done_on": DAY, "summary": "张榜公布", "version": unit.version}
    values["given"] = GIVEN.get(method.form)
    if method.form == MethodForm.PLEDGE and not Pledge.objects.filter(unit=unit).exists():
        pledged(unit, method, persona, now)
    with acting_as(persona.actor):
        return services.record_method(unit, method, actor=persona.actor, now=now, **values | fields)


def refused(call: Any) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.reason


def test_methods_are_recorded_in_order_and_taken_back_from_the_end(personas: Personas, now: datetime) -> None:
    """A method before its prerequisite is refused (R-112)."""
    _campaign, methods, unit = running(personas.province)
    branch, committee = personas.branch_secretary, personas.party_committee
    text = refused(lambda: keep(unit, methods[1], branch, now))
    assert text == "「自我讲评」须先完成「公开承诺」。请先登记。"
    pledge = keep(unit, methods[0], branch, now)
    assert "不必重复登记" in refused(lambda: keep(unit, methods[0], committee, now))
    review = keep(unit, methods[1], committee, now)
    assert "由上级党组织" in refused(lambda: keep(unit, methods[2], branch, now))
    keep(unit, methods[2], committee, now)

    def take_back(row: MethodRecord) -> None:
        with acting_as(branch.actor):
            services.withdraw_record(row, reason="登记有误", actor=branch.actor, now=now, version=row.version)

    assert "「领导点评」以它为前提" in refused(lambda: take_back(review))
    assert "「自我讲评」以它为前提" in refused(lambda: take_back(pledge))
    assert AuditEvent.objects.filter(action="campaigns.record_method").count() == 3


def test_of_two_who_record_at_once_one_is_told(personas: Personas, now: datetime) -> None:
    campaign, methods, unit = running(personas.province)
    other = Method.objects.create(campaign=campaign, number=6, title="主题实践", form=MethodForm.RECORD)
    seen = unit.version
    keep(unit, methods[0], personas.branch_secretary, now)
    with pytest.raises(Conflict):
        keep(unit, other, personas.party_committee, now, version=seen)
    assert MethodRecord.objects.count() == 1


def test_a_method_of_another_campaign_and_another_committee_are_refused(personas: Personas, now: datetime) -> None:
    _campaign, methods, unit = running(personas.province)
    _other, others, _unit = running(personas.province)
    assert "不是「" in refused(lambda: keep(unit, others[3], personas.branch_secretary, now))
    assert "不在您的管理范围" in refused(lambda: keep(unit, methods[0], personas.other_committee, now))
    assert "您当前的身份" in refused(lambda: keep(unit, methods[0], personas.registrar, now))


def test_recording_through_the_pages(personas: Personas) -> None:
    campaign, methods, unit = running(personas.province)
    branch = signed_in(personas.branch_secretary)
    page = reverse("campaigns:unit_method", args=[unit.pk, methods[1].number])
    assert "须先完成「公开承诺」" in branch.get(page).content.decode()
    form = reverse("campaigns:method_record", args=[unit.pk, methods[0].number])
    given = {"done_on": "2026-05-08", "summary": "张榜公布", "version": unit.version, "expected": "12", "members": "11"}
    early = branch.post(form, given)
    assert (early.status_code, "还没有登记公布的承诺" in early.content.decode()) == (422, True)
    own = {"text": "每周接待会员", "published_on": "2026-05-02", "channel": "meeting"}
    assert branch.post(reverse("campaigns:pledge_new", args=[unit.pk, 1]), own).status_code == 302
    rate = reverse("campaigns:pledge_rate", args=[Pledge.objects.get().pk])
    judged = {"self_rating": "kept", "mass_rating": "mostly", "rated_on": "2026-06-01", "version": "1"}
    assert branch.post(rate, judged).status_code == 302
    assert branch.post(form, given).status_code == 302
    shown = branch.get(reverse("campaigns:unit_method", args=[unit.pk, 1])).content.decode()
    assert ("11/12（91.7%）" in shown, "基本兑现" in shown, "每周接待会员" in shown) == (True, True, True)
    text = branch.get(reverse("campaigns:unit", args=[unit.pk]) + "?tab=methods").content.decode()
    assert ("20.0%" in text, "须先完成自我讲评" in text) == (True, True)
    row = MethodRecord.objects.get()
    board = branch.get(reverse("campaigns:progress", args=[campaign.pk])).content.decode()
    assert "20.0%" in board
    away = reverse("campaigns:method_withdraw", args=[row.pk])
    assert branch.post(away, {"reason": "登记有误", "version": row.version}).status_code == 302
    assert not MethodRecord.objects.exists()


def test_every_figure_of_the_board_is_its_list(personas: Personas, now: datetime) -> None:
    campaign, methods, unit = running(personas.province)
    other = make_unit(campaign, personas.province.trade_branch)
    make_unit(campaign, None, department=personas.province.committee)
    make_unit(
        campaign,
        factories.make_organization("离开的支部", personas.province.city_tea),
        left_on=DAY,
        left_reason="已注销",
    )
    for method in methods:
        make_record(unit, method, personas)
    make_record(other, methods[0], personas)
    admin = personas.department_admin
    with acting_as(admin.actor):
        found = progress_of(admin.actor, campaign)
    assert (found.total.rate.display(), found.total.complete, found.total.units) == ("60.0%", 1, 2)
    client = signed_in(admin)
    url = reverse("campaigns:progress_units", args=[campaign.pk])

    def listed(query: str) -> int:
        return int(client.get(f"{url}?{query}").context["page"].total)

    for method in methods:
        assert listed(f"done={method.pk}") == found.total.done[method.pk]
        assert listed(f"missing={method.pk}") == found.total.units - found.total.done[method.pk]
    assert (listed("complete=yes"), listed("complete=no"), listed("")) == (1, 1, 2)
    assert [one.label for one in found.committees] == sorted(one.label for one in found.committees)
    for group in found.committees:
        assert listed(f"committee={group.committee}") == group.units


def test_the_matrix_asks_the_same_for_two_units_and_for_thirty(personas: Personas) -> None:
    campaign, methods, unit = running(personas.province)
    make_record(unit, methods[0], personas)
    client = signed_in(personas.department_admin)
    urls = [
        reverse("campaigns:progress", args=[campaign.pk]),
        reverse("campaigns:progress_units", args=[campaign.pk]),
        reverse("campaigns:unit", args=[unit.pk]) + "?tab=methods",
        reverse("campaigns:unit_method", args=[unit.pk, methods[0].number]),
    ]
    before = [query_count(client, url) for url in urls]
    assert max(before) <= 15
    for number in range(30):
        branch = factories.make_organization(
            f"党支部{number}", personas.province.city_tea, committee=personas.province.committee
        )
        make_record(make_unit(campaign, branch), methods[0], personas)
    assert [query_count(client, url) for url in urls] == before


def test_a_pledge_names_an_aspect_and_members_of_the_own_roster(personas: Personas, now: datetime) -> None:
    """R-113: at least one aspect; coverage over full and probationary members."""
    campaign, methods, unit = running(personas.province)
    other, _others, _unit = running(personas.province)
    branch, aspects = personas.branch_secretary, []
    for place in (campaign, other):
        aspects.append(CampaignItem.objects.create(campaign=place, kind=ItemKind.ASPECT, number=1, text="服务群众"))
    mine = make_party_member(personas.province.tea_branch)
    make_party_member(personas.province.tea_branch)
    stranger = make_party_member(personas.province.trade_branch)
    assert "至少选择一个方面" in refused(lambda: pledged(unit, methods[0], branch, now))
    assert "不是这项活动的" in refused(lambda: pledged(unit, methods[0], branch, now, aspects=aspects[1:]))
    ready = {"aspects": aspects[:1]}
    assert "名册中选择" in refused(lambda: pledged(unit, methods[0], branch, now, member=stranger, **ready))
    early = date(2026, 3, 31)
    assert "早于活动开始" in refused(lambda: pledged(unit, methods[0], branch, now, published_on=early, **ready))
    assert "不登记承诺" in refused(lambda: pledged(unit, methods[1], branch, now, **ready))
    pledge = pledged(unit, methods[0], branch, now, member=mine, **ready)
    assert "已登记" in refused(lambda: pledged(unit, methods[0], branch, now, member=mine, **ready))
    row = keep(unit, methods[0], branch, now)
    assert (row.present_count, row.expected_count) == (1, 2)

    def judge(**fields: Any) -> Pledge:
        values: dict[str, Any] = {"self_rating": "kept", "branch_rating": "", "mass_rating": "", "rated_on": DAY}
        with acting_as(branch.actor):
            return services.rate_pledge(pledge, actor=branch.actor, now=now, version=pledge.version, **values | fields)

    assert "至少填一项" in refused(lambda: judge(self_rating=""))
    assert "早于公布日期" in refused(lambda: judge(rated_on=date(2026, 5, 7)))
    assert judge(branch_rating="mostly").branch_rating == "mostly"


def test_a_pledge_is_corrected_before_and_made_public_anew_after(personas: Personas, now: datetime) -> None:
    """What is not public counts nowhere and changes freely; what was public stays in the record of corrections."""
    _campaign, methods, unit = running(personas.province)
    branch = personas.branch_secretary
    row = pledged(unit, methods[0], branch, now, published_on=None, channel="")
    assert "还没有登记公布的承诺" in refused(lambda: keep(unit, methods[0], branch, now))
    client = signed_in(branch)
    page, change = (reverse(f"campaigns:pledge_{name}", args=[row.pk]) for name in ("rate", "change"))
    rating = {"self_rating": "kept", "rated_on": "2026-06-01", "version": 1}
    assert "还没有公布" in client.post(page, rating).content.decode()
    given = {"text": "每月值班", "published_on": "", "channel": "", "version": 1}
    assert client.post(change, given).status_code == 302
    public = {"text": "每月值班两次", "published_on": "2026-05-08", "channel": "posted", "version": 2}
    assert client.post(change, public).status_code == 302
    assert PledgeEdition.objects.count() == 0
    keep(unit, methods[0], branch, now)
    again = public | {"text": "每周值班", "published_on": "2026-05-20", "version": 3}
    missing = client.post(change, again)
    assert (missing.status_code, "更正原因" in missing.content.decode()) == (422, True)
    assert client.post(change, again | {"reason": "增加次数"}).status_code == 302
    [old] = PledgeEdition.objects.all()
    assert (old.text, old.published_on, old.reason) == ("每月值班两次", DAY, "增加次数")
    shown = client.get(reverse("campaigns:unit_method", args=[unit.pk, 1])).content.decode()
    assert ("每月值班两次" in shown, "每周值班" in shown, "更正记录" in shown) == (True, True, True)
    assert client.post(page, rating | {"version": 4}).status_code == 302
    late = client.post(change, again | {"reason": "再改", "version": 5})
    assert "已评定兑现" in late.content.decode()


def test_a_review_counts_who_spoke_and_a_comment_says_three_things(personas: Personas, now: datetime) -> None:
    _campaign, methods, unit = running(personas.province)
    branch, committee = personas.branch_secretary, personas.party_committee
    keep(unit, methods[0], branch, now)
    assert "须登记讲评会议的内容" in refused(lambda: keep(unit, methods[1], branch, now, given=None))
    many = replace(GIVEN[MethodForm.REVIEW], statements=10)
    assert "陈述党员 10 人，应在 1 到实到 9 人之间" in refused(lambda: keep(unit, methods[1], branch, now, given=many))
    member = make_party_member(personas.province.tea_branch)
    spoken = replace(GIVEN[MethodForm.REVIEW], speakers=(member,))
    keep(unit, methods[1], branch, now, given=spoken)
    review = SelfReview.objects.get()
    assert (review.statement_count, review.guest_count, list(review.speakers.all())) == (1, 2, [member])
    keep(unit, methods[2], committee, now)
    comment = Comment.objects.get()
    assert (comment.body, comment.problems) == (str(personas.province.committee), "覆盖不够")
    client = signed_in(branch)
    text = client.get(reverse("campaigns:unit_method", args=[unit.pk, 3])).content.decode()
    assert ("存在的问题" in text, "扩大覆盖" in text, "民主生活会" in text) == (True, True, True)
    assert str(member) in client.get(reverse("campaigns:unit_method", args=[unit.pk, 2])).content.decode()


def test_the_forms_of_review_and_comment_go_through_the_pages(personas: Personas) -> None:
    _campaign, methods, unit = running(personas.province)
    make_record(unit, methods[0], personas)
    branch, committee = signed_in(personas.branch_secretary), signed_in(personas.party_committee)
    given = {"done_on": "2026-05-10", "kind": "life_meeting", "expected": "10", "present": "9", "statements": "9"}
    given |= {"guests": "3", "secretary_summary": "继续努力", "version": str(unit.version)}
    form = reverse("campaigns:method_record", args=[unit.pk, 2])
    assert "邀请群众代表" in branch.get(form).content.decode()
    assert branch.post(form, given).status_code == 302
    unit.refresh_from_db()
    said = {"done_on": "2026-05-11", "occasion": "visit", "post": "党委书记", "achievements": "好", "problems": "差"}
    said |= {"direction": "改进", "version": str(unit.version)}
    form = reverse("campaigns:method_record", args=[unit.pk, 3])
    assert "由上级党组织" in branch.get(form).content.decode()
    assert committee.post(form, said).status_code == 302
    assert MethodRecord.objects.count() == 3
