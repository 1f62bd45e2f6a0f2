"""Pages of guidance: from an inspection to a closed notice through the forms; queries do not grow with rows."""

from datetime import datetime

import pytest
from django.urls import reverse

from campaigns.guidance.models import CampaignInspection, ContactPoint, InspectedUnit, RectificationNotice, ReportPart
from campaigns.ledgers.models import GradeApplication, SelfRating
from campaigns.plans.enums import CampaignState, ItemKind, SteeringRole, Target
from campaigns.plans.models import CampaignItem, Criterion, CriterionSet, SteeringMember, Unit
from tests import factories
from tests.campaigns.guidance_makers import make_notice, make_point
from tests.campaigns.makers import make_campaign, make_unit
from tests.campaigns.plans.test_views import post, signed_in
from tests.personas import Personas
from tests.wings import query_count

pytestmark = pytest.mark.usefixtures("parameters")


@pytest.fixture
def unit(personas: Personas, now: datetime) -> Unit:
    campaign = make_campaign(personas.province, state=CampaignState.RUNNING, issued_at=now)
    SteeringMember.objects.create(campaign=campaign, role=SteeringRole.LEADER, name="分管副部长")
    return make_unit(campaign, personas.province.tea_branch)


def test_from_an_inspection_to_a_closed_notice(unit: Unit, personas: Personas) -> None:
    desk, campaign = signed_in(personas.department_admin), unit.campaign_id
    given = {"kind": "regular", "number": "2026-01", "title": "进展", "starts_on": "2026-06-01", "names": "茶业"}
    wrong = post(desk, "campaign_inspection_new", [campaign], given | {"share": "5"})
    assert (wrong.status_code, "只有随机抽查填写抽取比例" in wrong.content.decode()) == (422, True)
    assert post(desk, "campaign_inspection_new", [campaign], given).status_code == 302
    inspected = InspectedUnit.objects.get()
    found = {"visited_on": "2026-06-02", "finding": "台账不全"}
    assert post(desk, "finding", [inspected.pk], found).status_code == 302
    page = desk.get(reverse("campaigns:unit", args=[unit.pk]) + "?tab=guidance").content.decode()
    link = reverse("campaigns:notice_new", args=[unit.pk]) + f"?inspected={inspected.pk}"
    assert (link in page, "台账不全" in page) == (True, True)
    notice = {"issued_on": "2026-06-03", "due_on": "2026-07-01", "problem": "台账不全", "requirement": "补登"}
    assert desk.post(link, notice).status_code == 302
    row = RectificationNotice.objects.get()
    assert row.inspected == inspected
    branch = signed_in(personas.branch_secretary)
    assert "报告整改情况" in branch.get(reverse("campaigns:notice", args=[row.pk])).content.decode()
    assert post(branch, "notice_answer", [row.pk], {"answer": "已补登", "version": 1}).status_code == 302
    committee = signed_in(personas.party_committee)
    assert "已补登" in committee.get(reverse("campaigns:notice_judge", args=[row.pk])).content.decode()
    judged = {"is_closed": "yes", "judgement": "到位", "version": 2}
    assert post(committee, "notice_judge", [row.pk], judged).status_code == 302
    listed = desk.get(reverse("campaigns:notices", args=[campaign]) + "?state=closed&q=茶业").content.decode()
    assert "台账不全" in listed
    assert "没有符合条件" in desk.get(reverse("campaigns:notices", args=[campaign]) + "?state=open").content.decode()
    closed = {"ends_on": "2026-06-10", "summary": "总体较好", "version": 1}
    inspection = CampaignInspection.objects.get()
    assert post(desk, "campaign_inspection_close", [inspection.pk], closed).status_code == 302
    assert "总体较好" in desk.get(reverse("campaigns:campaign_inspection", args=[inspection.pk])).content.decode()


def test_a_draw_shows_its_seed_and_that_it_repeats(unit: Unit, personas: Personas) -> None:
    desk = signed_in(personas.department_admin)
    given = {"kind": "draw", "number": "2026-02", "title": "抽查", "starts_on": "2026-06-01", "share": "5"}
    made = post(desk, "campaign_inspection_new", [unit.campaign_id], given)
    page = desk.get(made.url).content.decode()
    draw = CampaignInspection.objects.get()
    assert [text in page for text in (draw.seed, "名单一致", "5.00%")] == [True] * 3
    branch = signed_in(personas.branch_secretary).get(made.url).content.decode()
    assert (draw.seed in branch, "抽查" in branch) == (False, True)


def test_a_contact_point_with_a_visit(unit: Unit, personas: Personas) -> None:
    desk = signed_in(personas.department_admin)
    leader = SteeringMember.objects.get()
    assert post(desk, "point_new", [unit.pk], {"leader": leader.pk, "starts_on": "2026-04-01"}).status_code == 302
    point = ContactPoint.objects.get()
    visit = {"visited_on": "2026-05-01", "visitor": "副部长", "text": "了解进展"}
    assert post(desk, "visit_new", [point.pk], visit).status_code == 302
    assert "了解进展" in desk.get(reverse("campaigns:point", args=[point.pk])).content.decode()
    points = reverse("campaigns:points", args=[unit.campaign_id])
    assert "2026-05-01" in desk.get(points + "?state=present&q=茶业").content.decode()
    assert "没有符合条件" in desk.get(points + "?state=behind").content.decode()
    ended = {"ends_on": "2026-06-01", "reason": "更换"}
    assert post(desk, "point_end", [point.pk], ended).status_code == 302
    assert "更换" in desk.get(points + "?state=ended").content.decode() or ContactPoint.objects.get().ends_on
    committee = signed_in(personas.party_committee)
    own = post(committee, "point_new", [unit.pk], {"leader_post": "党委副书记", "starts_on": "2026-06-02"})
    assert own.status_code == 302


def test_the_words_of_the_report_are_kept(unit: Unit, personas: Personas) -> None:
    desk, args = signed_in(personas.department_admin), [unit.campaign_id, 1]
    given = {"heading": "统一部署", "text": "纳入方案。", "version": 0}
    assert post(desk, "report_part", args, given).status_code == 302
    assert post(desk, "report_part", args, given | {"text": "全部纳入方案。", "version": 1}).status_code == 302
    stale = post(desk, "report_part", args, given | {"version": 1})
    assert (stale.status_code, ReportPart.objects.get().text) == (409, "全部纳入方案。")
    assert "统一部署" in desk.get(reverse("campaigns:report_parts", args=args[:1])).content.decode()
    assert desk.get(reverse("campaigns:report_part", args=[unit.campaign_id, 9])).status_code == 404


def test_a_unit_rates_itself_and_its_association(unit: Unit, personas: Personas) -> None:
    """C-11; A-90: five lines of 创5A for each association that the unit covers."""
    outcome = CampaignItem.objects.create(campaign=unit.campaign, kind=ItemKind.OUTCOME, number=1, text="单位见实效")
    five = CriterionSet.objects.create(code="five_a", title="创5A", target=Target.ASSOCIATION, source="实施方案")
    criterion = Criterion.objects.create(criterion_set=five, number=1, title="依法办会")
    unit.campaign.criterion_sets.add(five)
    branch, tea = signed_in(personas.branch_secretary), personas.province.tea
    page = branch.get(reverse("campaigns:self_rating", args=[unit.pk])).content.decode()
    assert [text in page for text in ("单位见实效", "依法办会（湖南省茶业协会）")] == [True, True]
    key = f"criterion-{criterion.pk}-{tea.pk}"
    given = {"rated_on": "2026-06-01", f"outcome-{outcome.pk}": "good", key: "fairly", f"{key}-text": "章程已修订"}
    assert post(branch, "self_rating", [unit.pk], given).status_code == 302
    nothing = post(branch, "self_rating", [unit.pk], {"rated_on": "2026-06-01"})
    assert "请至少选择一项" in nothing.content.decode()
    again = {"rated_on": "2026-06-02", key: "good"}
    assert post(branch, "self_rating", [unit.pk], again).status_code == 302
    shown = branch.get(reverse("campaigns:unit", args=[unit.pk]) + "?tab=ledgers").content.decode()
    assert (SelfRating.objects.count(), "章程已修订" in shown, "依法办会" in shown) == (3, False, True)


def test_an_application_for_a_grade(unit: Unit, personas: Personas) -> None:
    """C-08: who may apply by the register, and who did."""
    desk, tea = signed_in(personas.department_admin), personas.province.tea
    page = reverse("campaigns:application_new", args=[unit.campaign_id]) + f"?association={tea.pk}"
    assert tea.name in desk.get(page).content.decode()
    assert desk.post(page, {"applied_on": "2026-05-01", "wanted": "4A"}).status_code == 302
    twice = desk.post(page, {"applied_on": "2026-05-02", "wanted": "4A"})
    assert (twice.status_code, GradeApplication.objects.count()) == (422, 1)
    early = desk.post(page, {"applied_on": "2026-03-01", "wanted": "4A"})
    assert "早于活动开始日期" in early.content.decode()
    graded = reverse("campaigns:graded", args=[unit.campaign_id])
    assert tea.name in desk.get(graded + "?applied=true&q=茶业").content.decode()
    assert "没有符合条件" in desk.get(graded + "?eligible=true&grade=4A").content.decode()


def test_pages_ask_the_same_for_one_unit_and_for_thirty(unit: Unit, personas: Personas) -> None:
    point, notice = make_point(unit, personas), make_notice(unit, personas)
    client, campaign = signed_in(personas.department_admin), unit.campaign_id
    urls = [
        *(reverse(f"campaigns:{name}", args=[campaign]) for name in ("points", "notices", "campaign_inspections")),
        *(reverse(f"campaigns:{name}", args=[campaign]) for name in ("schedule", "graded", "report_parts")),
        reverse("campaigns:campaign", args=[campaign]) + "?tab=guidance",
        reverse("campaigns:unit", args=[unit.pk]) + "?tab=guidance",
        reverse("campaigns:point", args=[point.pk]),
        reverse("campaigns:notice", args=[notice.pk]),
    ]
    before = [query_count(client, url) for url in urls]
    assert max(before) <= 15
    for number in range(30):
        branch = factories.make_organization(
            f"党支部{number}", personas.province.city_tea, committee=personas.province.committee
        )
        other = make_unit(unit.campaign, branch)
        make_point(other, personas)
        make_notice(other, personas)
    assert [query_count(client, url) for url in urls] == before
