"""Which body holds which meeting, and what three-together means. No database, no clock."""

from associations.registry.enums import DepartmentKind
from partybuilding.commissions.enums import Category, MeetingKind, Together

COMMITTEES = frozenset({DepartmentKind.PARTY_COMMITTEE, DepartmentKind.WORKING_COMMITTEE})


def kinds_of(department_kind: str) -> list[MeetingKind]:
    """The meetings that a body of a kind holds: committees lead, units deal with it beside their business."""
    if department_kind in COMMITTEES:
        return [MeetingKind.COMMITTEE, MeetingKind.CONFERENCE, MeetingKind.EXCHANGE]
    return [MeetingKind.LEADERSHIP, MeetingKind.EXCHANGE]


def meeting_problem(kind: str, department_kind: str, has_counterpart: bool, together: Together) -> str:
    """Why a meeting of a kind cannot be recorded for a body; empty if it can."""
    allowed = kinds_of(department_kind)
    label = MeetingKind(kind).label
    if kind not in allowed:
        names = "、".join(one.label for one in allowed)
        return f"{DepartmentKind(department_kind).label}登记的会议为{names}，现在选的是{label}。请改选其中一项。"
    if kind == MeetingKind.EXCHANGE and not has_counterpart:
        return "互通互联会商须填写对方单位。请填写对方单位的全称。"
    if kind != MeetingKind.EXCHANGE and has_counterpart:
        return f"只有互通互联会商填写对方单位，现在选的是{label}。请清空对方单位，或者改选会议类别。"
    if kind == MeetingKind.LEADERSHIP and together == Together.NONE:
        return "单位领导班子会议没有勾选同研究、同谋划、同部署中的任何一项，不属于党建工作会议。请至少勾选一项。"
    return ""


def together(is_studied: bool, is_planned: bool, is_deployed: bool) -> Together:
    """P-67: Party building was studied, planned and deployed together with the business: all, some or none of it."""
    given = sum((is_studied, is_planned, is_deployed))
    return Together.ALL if given == 3 else Together.SOME if given else Together.NONE


def category_problem(category: str, department_kind: str, is_hosted: bool) -> str:
    """Why a category does not fit the body; empty if it does."""
    is_working = department_kind == DepartmentKind.WORKING_COMMITTEE
    if is_working != (category == Category.WORKING):
        kind, label = DepartmentKind(department_kind).label, Category(category).label
        return f"这个单位在责任单位目录中是{kind}，不能登记为{label}。请改选类别，或先更正目录。"
    if category == Category.INDUSTRY and not is_hosted:
        return "行业党委依托行业管理部门设立。请先在责任单位目录中登记挂靠部门。"
    return ""
