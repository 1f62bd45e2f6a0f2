"""What speaks against a recommendation, from the registers there are; what no register knows is said (R-115)."""

from datetime import date
from typing import Any

import pytest

from campaigns.commendations import vetoes
from campaigns.commendations.models import Quota
from campaigns.plans.enums import Target
from partybuilding.organizations.models import GroupOrganization
from portal.access.scoping import everything
from portal.gates import Level
from supervision.inspections.enums import Conclusion, InspectionState
from tests.campaigns.award_makers import make_kind
from tests.campaigns.commendations.conftest import PUBLISHED, Chain
from tests.campaigns.commendations.test_services import refused
from tests.campaigns.commendations.test_views import signed_in
from tests.campaigns.guidance_makers import make_notice
from tests.supervision.makers import make_inspection

DAY = PUBLISHED.date()
FAILED = {"conclusion": Conclusion.FAILED, "conclusion_on": date(2026, 5, 1)}


def found(chain: Chain, level: Level = Level.BLOCK) -> list[str]:
    organization = chain.tea.organization
    assert organization is not None
    findings = vetoes.findings_for(chain.kind, organization, None, None, on=DAY)
    return [one.text for one in findings if one.level == level]


def test_what_no_register_knows_is_said(chain: Chain) -> None:
    assert found(chain) == []
    assert any(
        "活动异常名录、严重违法失信名单和立案调查情况没有接入本系统" in text for text in found(chain, Level.WARN)
    )


@pytest.mark.parametrize(
    ("state", "fields", "level", "words"),
    [
        (InspectionState.RETURNED, {}, Level.BLOCK, "已退回补正，还没有办结"),
        (
            InspectionState.CONCLUDED,
            {"conclusion": Conclusion.FAILED, "conclusion_on": date(2026, 5, 1)},
            Level.BLOCK,
            "不合格",
        ),
        (InspectionState.NOT_STARTED, {"filing_due_on": date(2026, 3, 31)}, Level.WARN, "尚未报送"),
    ],
)
def test_the_association_answers_for_its_filings(
    chain: Chain, state: str, fields: dict[str, Any], level: Level, words: str
) -> None:
    make_inspection(chain.personas.province.tea, state=state, **fields)
    assert any(words in text for text in found(chain, level))
    if level == Level.BLOCK:
        chain.open()
        assert words in refused(chain.nominate)


def test_what_is_to_be_put_right_in_time_is_put_right_first(chain: Chain) -> None:
    notice = make_notice(chain.tea, chain.personas, issued_on=date(2026, 4, 20), due_on=date(2026, 6, 30))
    assert any("还没有销号" in text for text in found(chain, Level.WARN))
    notice.due_on = date(2026, 5, 20)
    notice.save()
    assert any("已逾期，不能推荐" in text for text in found(chain))


def union(chain: Chain, **fields: Any) -> GroupOrganization:
    with everything("test data"):
        return GroupOrganization.objects.create(
            association=chain.personas.province.tea, kind="union", name="茶业协会工会", **fields
        )


def test_mass_organisations_have_honours_of_their_own(chain: Chain) -> None:
    """C-45: advanced collectives and individuals, led by the Party organisation, in the association's file."""
    group = union(chain)
    chain.kind.target, chain.kind.title = Target.GROUP, "先进集体"
    chain.kind.save()
    people = make_kind(chain.round, target=Target.GROUP_MEMBER, title="先进个人")
    Quota.objects.create(kind=people, unit=chain.tea, count=1)
    chain.open()
    assert "不属于本单位" in refused(lambda: chain.nominate())
    assert "不属于本单位" in refused(lambda: chain.nominate(group=group, person_name="王芳"))
    first = chain.nominate(group=group)
    assert "已经推荐" in refused(lambda: chain.nominate(group=group))
    stated = {"kind": people, "group": group, "person_name": "王芳"}
    assert "处分" in refused(lambda: chain.nominate(**stated, no_discipline=False))
    second = chain.nominate(**stated, no_discipline=True)
    for one in (first, second):
        chain.choose(one)
    notice = chain.publicise()
    lines = [(line.name, line.organization) for line in notice.lines.order_by("number")]
    assert lines == [("茶业协会工会", str(group.association)), ("王芳", "茶业协会工会")]
    chain.issue(notice)
    assert [str(one) for one in chain.decide()] == ["茶业协会工会「先进集体」", "王芳「先进个人」"]
    page = f"/associations/{group.association_id}/?tab=honours"
    shown = signed_in(chain.personas.department_admin).get(page).content.decode()
    assert ("茶业协会工会" in shown, "王芳" in shown) == (True, True)


def test_a_group_that_is_gone_or_led_by_others_is_not_recommended(chain: Chain) -> None:
    chain.kind.target = Target.GROUP
    chain.kind.save()
    chain.open()
    gone = union(chain, starts_on=date(2020, 1, 1), ends_on=date(2026, 1, 1))
    assert "没有存续" in refused(lambda: chain.nominate(group=gone))
    with everything("test data"):
        foreign = GroupOrganization.objects.create(
            association=chain.personas.province.trade, kind="union", name="商贸业协会工会"
        )
    assert "不属于本单位" in refused(lambda: chain.nominate(group=foreign))


def test_the_form_asks_what_the_kind_is_for(chain: Chain) -> None:
    group = union(chain)
    chain.kind.target = Target.GROUP_MEMBER
    chain.kind.save()
    chain.open()
    quota = Quota.objects.get(kind=chain.kind, unit=chain.tea)
    branch = signed_in(chain.personas.branch_secretary)
    page = branch.get(f"/campaigns/quotas/{quota.pk}/nominate/")
    text = page.content.decode()
    assert ("群团组织" in text, "姓名" in text, "民主评议" in text, str(group) in text) == (True, True, False, True)
