"""The tab of a body: a committee's desk, or the meetings in which a unit deals with Party building."""

from datetime import date
from typing import Any

from django.urls import reverse

from associations.registry.models import Department
from partybuilding.commissions.models import CommissionMember, CommissionRule
from partybuilding.commissions.rules import COMMITTEES
from partybuilding.commissions.selectors import meetings_of, profiles_of, rules_of, seats_of, with_counts
from partybuilding.commissions.services import KEEPERS, MEETERS, may_write
from partybuilding.commissions.views import MEETING_COLUMNS, organizations_url
from portal.access.actor import Actor
from portal.access.roles import BODIES
from portal.access.scoping import scoped
from portal.screens.columns import Column, fact, may_see, table
from portal.screens.panels import PanelContent
from portal.screens.values import Missing, date_text, period_text

SHOWN = 20


def is_committee(actor: Actor, department: Department) -> bool:
    return department.kind in COMMITTEES


def is_unit(actor: Actor, department: Department) -> bool:
    """A unit sees its own meetings only; the department and the office of the place those of all."""
    is_own = actor.role not in BODIES or actor.scope.pk == department.pk
    return department.kind not in COMMITTEES and is_own


def desk_panel(actor: Actor, department: Department, day: date) -> PanelContent:
    """What a committee is, whom it leads, its people, its rules, its meetings."""
    is_kept = department.ends_on is None and may_see(KEEPERS, actor) and bool(may_write(actor, department))
    args = [department.pk]
    profile = profiles_of(actor, args).get(department.pk)
    counted = with_counts(scoped(Department, actor).filter(pk=department.pk), actor, day).get()
    organizations = organizations_url(counted) or ""
    associations = f"{reverse('associations:associations')}?committee={department.pk}"

    def url(name: str) -> str:
        return reverse(f"partybuilding:{name}", args=args) if is_kept else ""

    return PanelContent(
        "partybuilding/commissions/panel.html",
        {
            "facts": [
                fact("类别", profile.get_category_display() if profile else Missing.NOT_REPORTED),
                fact("挂靠部门", department.hosted_by),
                fact("组建原则", (profile.principle if profile else "") or None),
                fact("成立日期", profile.founded_on if profile else None, "date"),
                fact("批复文号", (profile.approval_number if profile else "") or None),
                fact("社会组织（家）", counted.association_count, "number", url=associations),
                fact("党组织（个）", counted.organization_count, "number", url=organizations),
                fact("正式党员（人）", counted.member_count, "number", url=organizations),
            ],
            "profile_url": url("commission_profile"),
            "seats": _seats(actor, department, is_kept),
            "seat_url": url("seat_new"),
            "rules": _rules(actor, department, is_kept),
            "rule_url": url("commission_rule_new"),
            **_meetings(actor, department),
        },
    )


def unit_panel(actor: Actor, department: Department, day: date) -> PanelContent:
    """The meetings in which a unit deals with Party building, and what it exchanged."""
    return PanelContent("partybuilding/commissions/meetings.html", _meetings(actor, department))


def _meetings(actor: Actor, department: Department) -> dict[str, Any]:
    rows = list(meetings_of(actor, department)[: SHOWN + 1])
    hidden = "together" if department.kind in COMMITTEES else "tasks"
    columns = [column for column in MEETING_COLUMNS if column.code != hidden]
    may_meet = department.ends_on is None and may_see(MEETERS, actor) and bool(may_write(actor, department))
    return {
        "meetings": table("会议", columns, rows[:SHOWN], empty="还没有登记会议。"),
        "meeting_url": reverse("partybuilding:meeting_new", args=[department.pk]) if may_meet else "",
        "all_url": f"{reverse('partybuilding:meetings')}?q={department.name}" if len(rows) > SHOWN else "",
    }


def _seats(actor: Actor, department: Department, is_kept: bool) -> Any:
    columns = [
        Column("post", "职务", value=lambda row: row.get_post_display()),
        Column("name", "姓名", card="title"),
        Column("office", "单位和职务", value=lambda row: row.office or None, css="long"),
        Column("period", "任职起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
    ]
    if is_kept:

        def end(row: CommissionMember) -> str | None:
            if row.ends_on is not None:
                return None
            return reverse("partybuilding:seat_end", args=[department.pk, row.pk])

        columns.append(Column("end", "操作", value=lambda row: "登记终止" if end(row) else None, link=end))
    return table("组成人员", columns, seats_of(actor, department), empty="还没有登记组成人员。")


def _rules(actor: Actor, department: Department, is_kept: bool) -> Any:
    columns = [
        Column("title", "制度名称", card="title", css="long"),
        Column("number", "文号", value=lambda row: row.document_number or None),
        Column("content", "主要内容", value=lambda row: row.content or None, css="long"),
        Column("period", "施行起止", value=_in_force),
    ]
    if is_kept:

        def end(row: CommissionRule) -> str | None:
            if row.ends_on is not None:
                return None
            return reverse("partybuilding:commission_rule_end", args=[department.pk, row.pk])

        columns.append(Column("end", "操作", value=lambda row: "停止执行" if end(row) else None, link=end))
    return table("工作制度", columns, rules_of(actor, department), empty="还没有登记工作制度。")


def _in_force(row: CommissionRule) -> str:
    return f"{date_text(row.starts_on)} 起" if row.ends_on is None else period_text(row.starts_on, row.ends_on)
