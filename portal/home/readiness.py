"""Whether an installation can begin its work: what each kind still lacks, in the order of the first day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from associations.evaluation.models import Grade
from associations.governance.models import Contact, MemberUnit, Officer
from associations.registry.enums import AssignmentRole, AssociationStatus, DepartmentKind
from associations.registry.models import Association, Department, PartyMemberCount, current_on
from associations.registry.selectors import unanswered
from partybuilding.coverage.models import Instructor
from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import CoveredAssociation, GroupOrganization, PartyOrganization
from portal import importing
from portal.access.roles import ASSOCIATION, Role
from portal.access.scoping import everything
from portal.memberships.filters import UNUSABLE
from portal.memberships.models import Membership
from portal.regions.enums import RegionLevel
from portal.regions.models import Region
from portal.regulations.models import CalendarYear, Parameter
from supervision.inspections.enums import InspectionState
from supervision.inspections.models import Inspection


@dataclass(frozen=True)
class Lack:
    """Something missing. Without a `must` the work can begin, but a figure or a duty will have a gap."""

    text: str
    remedy: str
    must: bool = False
    count: int = 0


@dataclass(frozen=True)
class Readiness:
    """One kind (or the reference data): how many records there are, and what is missing."""

    kind: str
    label: str
    count: int
    lacks: list[Lack] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return not any(lack.must for lack in self.lacks)


Check = Callable[[date], tuple[int, list[Lack]]]


def readiness(today: date) -> list[Readiness]:
    """The reference data, then every kind in load order; a kind that nobody checks counts as ready."""
    with everything("the state of the whole installation, for its administrator"):
        count, lacks = _reference(today)
        found = [Readiness("reference", "参考数据", count, lacks)]
        for kind, resource in importing.kinds().items():
            count, lacks = CHECKS[kind](today) if kind in CHECKS else (0, [])
            found.append(Readiness(kind, resource.label, count, lacks))
    return found


def _some(count: int, text: str, remedy: str, *, must: bool = False) -> list[Lack]:
    """A lack when there are any; `{}` in the text takes the number."""
    return [Lack(text.format(f"{count:,}"), remedy, must, count)] if count else []


def _none(count: int, text: str, remedy: str, *, must: bool = True) -> list[Lack]:
    return [] if count else [Lack(text, remedy, must)]


def _reference(today: date) -> tuple[int, list[Lack]]:
    remedy = "请运行 load_reference。"
    counties = Region.objects.filter(level=RegionLevel.COUNTY).count()
    years = CalendarYear.objects.filter(year=today.year).count()
    lacks = [
        *_none(counties, "行政区划没有导入。", remedy),
        *_none(Parameter.objects.count(), "规则参数没有导入，期限和覆盖率无法计算。", remedy),
        *_none(years, f"{today.year} 年的工作日历没有导入，工作日期限无法计算。", remedy),
    ]
    return Region.objects.count(), lacks


def _regions(today: date) -> tuple[int, list[Lack]]:
    below = Region.objects.filter(level__in=[RegionLevel.TOWNSHIP, RegionLevel.VILLAGE, RegionLevel.DIVISION]).count()
    return below, _none(
        below, "没有乡镇街道和村社区，只能管理到县级。", "需要时导入 regions_below_county。", must=False
    )


def _departments(today: date) -> tuple[int, list[Lack]]:
    counted = dict(
        Department.objects.filter(ends_on=None).values_list("kind").annotate(count=Count("pk")).order_by("kind")
    )
    lacks = [
        *_none(
            counted.get(DepartmentKind.GOVERNMENT, 0), "没有政府部门，行业管理部门无法明确。", "请导入 departments。"
        ),
        *_none(
            counted.get(DepartmentKind.PARTY_COMMITTEE, 0),
            "没有综合（行业）党委。",
            "请导入 departments，类别填“综合（行业）党委”。",
        ),
        *_none(
            counted.get(DepartmentKind.REGISTRAR, 0), "没有登记管理机关。", "请导入 departments，类别填“登记管理机关”。"
        ),
        *_none(
            counted.get(DepartmentKind.WORKING_COMMITTEE, 0),
            "没有两新工委。",
            "请导入 departments，类别填“两新工委”。",
            must=False,
        ),
    ]
    return sum(counted.values()), lacks


def _associations(today: date) -> tuple[int, list[Lack]]:
    active = Association.objects.filter(status=AssociationStatus.ACTIVE)
    counted = Exists(PartyMemberCount.objects.filter(association=OuterRef("pk")))
    assign = "请在 associations 表中补填后再导入，已有的行只更新填了的列。"
    lacks = [
        *_none(active.count(), "名录中没有正常运行的社会组织。", "请导入 associations。"),
        *_some(
            active.filter(unanswered(AssignmentRole.INDUSTRY_REGULATOR, today)).count(),
            "{} 家没有行业管理部门。",
            assign,
        ),
        *_some(
            active.filter(unanswered(AssignmentRole.PARTY_COMMITTEE, today)).count(),
            "{} 家没有综合（行业）党委。",
            assign,
        ),
        *_some(active.filter(~Q(counted)).count(), "{} 家没有党员人数，不能判断是否应当组建党组织。", assign),
        *_some(active.filter(established_on=None).count(), "{} 家没有成立日期，新成立六个月的口径无法判断。", assign),
    ]
    return Association.objects.count(), lacks


def _organizations(today: date) -> tuple[int, list[Lack]]:
    present = PartyOrganization.objects.filter(dissolved_on=None)
    covering = Exists(CoveredAssociation.objects.filter(current_on(today), organization=OuterRef("pk")))
    lacks = [
        *_none(present.count(), "没有党组织，组织覆盖率为零。", "请导入 party_organizations。"),
        *_some(
            present.filter(committee=None, parent=None).count(),
            "{} 个党组织没有上级党委。",
            "请补填“上级党组织”后再导入。",
        ),
        *_some(
            present.filter(~Q(covering)).count(), "{} 个党组织没有覆盖任何社会组织。", "请补填所在社会组织后再导入。"
        ),
    ]
    return present.count(), lacks


def _people(model: type, kind: str, text: str) -> Check:
    def check(today: date) -> tuple[int, list[Lack]]:
        count = model.objects.count()  # type: ignore[attr-defined]  # any of the role rows
        return count, _none(count, text, f"需要时导入 {kind}。", must=False)

    return check


def _officers(today: date) -> tuple[int, list[Lack]]:
    held = Officer.objects.filter(current_on(today), association=OuterRef("pk"))
    active = Association.objects.filter(status=AssociationStatus.ACTIVE)
    without = active.filter(~Q(Exists(held))).count() if active.exists() else 0
    return Officer.objects.count(), _some(without, "{} 家没有现任负责人。", "请导入 officers。")


def _accounts(today: date) -> tuple[int, list[Lack]]:
    held = Membership.objects.filter(current_on(today))
    filers = held.filter(role__in=sorted(ASSOCIATION), association=OuterRef("pk"))
    active = Association.objects.filter(status=AssociationStatus.ACTIVE)
    waiting = held.filter(user__password__startswith=UNUSABLE).values("user").distinct().count()
    duty = {
        role: held.filter(role=role).count()
        for role in (Role.DEPARTMENT_ADMIN, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
    }
    lacks = [
        *_none(duty[Role.DEPARTMENT_ADMIN], "没有社会工作部管理员账号。", "请用 add_user 建立。"),
        *(
            lack
            for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
            for lack in _none(duty[role], f"没有{role.label}账号。", "请用 add_user 建立，三员须由不同的人担任。")
        ),
        *_some(
            active.filter(~Q(Exists(filers))).count(), "{} 家社会组织没有填报账号。", "请导入 accounts，再打印激活单。"
        ),
        *_some(waiting, "{} 个账号还没有激活。", "请在“账号管理”中打印激活单，交本人激活。"),
    ]
    return held.values("user").distinct().count(), lacks


def _instructors(today: date) -> tuple[int, list[Lack]]:
    count = Instructor.objects.count()
    return count, _none(count, "没有党建指导员，工作覆盖只计党组织。", "需要时导入 instructors。", must=False)


def _grades(today: date) -> tuple[int, list[Lack]]:
    return Grade.objects.count(), _some(
        Grade.objects.filter(document_number="").count(), "{} 条等级没有公告文号。", "请导入 evaluation_results 补填。"
    )


def _conclusions(today: date) -> tuple[int, list[Lack]]:
    waiting = Inspection.objects.filter(state=InspectionState.FILED_ELSEWHERE).count()
    return Inspection.objects.exclude(conclusion="").count(), _some(
        waiting, "{} 件年检已在登记管理机关系统报送，还没有结论。", "收到文书后导入 inspection_conclusions。"
    )


CHECKS: dict[str, Check] = {
    "regions_below_county": _regions,
    "departments": _departments,
    "associations": _associations,
    "party_organizations": _organizations,
    "officers": _officers,
    "contacts": _people(Contact, "contacts", "没有联系人，通知只能按名录电话联系。"),
    "member_units": _people(MemberUnit, "member_units", "没有会员单位名单。"),
    "party_members": _people(PartyMember, "party_members", "没有党员名册，党员数只按上报人数统计。"),
    "evaluation_results": _grades,
    "instructors": _instructors,
    "group_organizations": _people(GroupOrganization, "group_organizations", "没有群团组织，工作覆盖不计群团组织。"),
    "inspection_conclusions": _conclusions,
    "accounts": _accounts,
}
