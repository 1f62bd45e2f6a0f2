"""What the page of one association shows: tables and facts, made once from few queries."""

from datetime import date
from typing import Any

from django.urls import reverse

from associations.evaluation.enums import GradeState
from associations.evaluation.models import Grade
from associations.evaluation.rules import announced_on_day, grade_on, state_on
from associations.registry.enums import Clarity, NameKind, RegistrationMode
from associations.registry.models import Assignment, Association
from associations.registry.rules import clarity, is_active_on
from associations.registry.selectors import (
    Answering,
    answering_compared,
    assignment_history,
    responsibility,
    same_day_last_year,
)
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, WORKSPACE
from portal.access.scoping import everything
from portal.audit.models import AuditEvent
from portal.regions.selectors import full_name
from portal.screens.columns import Column, Fact, TextTable, fact, may_see, table
from portal.screens.panels import AttentionItem, PanelContent, TimelineEntry
from portal.screens.values import Missing, date_text, period_text, start_text

GRADE_TONES = {GradeState.ANNOUNCED: "blue", GradeState.VALID: "green", GradeState.EXPIRED: "grey", None: "grey"}


def overview(association: Association, actor: Actor, day: date) -> dict[str, Any]:
    """The context of the first tab. Expects assignments, grades and names to be prefetched."""
    compared = answering_compared(assignment_history(association), day)
    waiting = announced_on_day(association.all_grades, day)  # type: ignore[attr-defined]
    return {
        "facts": register_facts(association),
        "answering": answering_table(compared, day),
        "grade_note": f"{waiting.level} 已于 {date_text(waiting.announced_on)} 公告，"
        f"自 {date_text(waiting.starts_on)} 起生效；此前仍按原等级。"
        if waiting
        else "",
        "grades": grades_table(association, day),
        "names": names_table(association, actor),
    }


def head(association: Association, day: date) -> tuple[Grade | None, list[str]]:
    """For the head of every tab: the grade that counts, and who answers on the day."""
    names = dict.fromkeys(row.department.name for row in assignment_history(association) if row.is_current(day))
    return grade_on(association.all_grades, day), list(names)  # type: ignore[attr-defined]


def _or_unreported(value: Any) -> Any:
    return Missing.NOT_REPORTED if value in (None, "") else value


def register_facts(association: Association) -> list[Fact]:
    """The facts of the register; what was never reported says so."""
    one = association
    return [
        fact("社会组织类型", one.get_kind_display()),
        fact("行业协会商会", _or_unreported(one.is_industry_association), "bool"),
        fact("慈善组织", _or_unreported(one.is_charity), "bool"),
        fact("行业类别", _or_unreported(one.industry_category)),
        fact("登记级别", one.get_registration_level_display()),
        fact("登记地", full_name(one.region)),
        fact("管理方式", _or_unreported(one.get_registration_mode_display() if one.registration_mode else "")),
        fact("成立日期", _or_unreported(one.established_on), "date"),
        fact("状态日期", one.status_on, "date"),
        fact("住所", _or_unreported(one.domicile)),
        fact("注册资金（元）", _or_unreported(one.registered_fund), "money"),
        fact("单位会员（家）", _or_unreported(one.unit_member_count), "number"),
        fact("个人会员（人）", _or_unreported(one.individual_member_count), "number"),
        fact("从业人员（人）", _or_unreported(one.staff_count), "number"),
        fact("专职人员（人）", _or_unreported(one.full_time_staff_count), "number"),
        fact("本届起始日期", _or_unreported(one.term_started_on), "date"),
        fact("任期（年）", _or_unreported(one.term_years), "number"),
        fact("党建入章", _or_unreported(one.charter_has_party_clause), "bool"),
        fact("入章日期", one.charter_party_clause_on, "date"),
        fact("备注", one.remark),
    ]


def _held(row: Assignment | None) -> str | None:
    if row is None:
        return None
    return " · ".join(part for part in (row.department.name, row.office, row.officer) if part)


def answering_table(compared: list[Answering], day: date) -> TextTable:
    """Side by side: who answers on the day, and who did a year earlier."""
    before = same_day_last_year(day)
    columns = [
        Column("role", "责任", value=lambda row: row.role.label),
        Column("today", f"{date_text(day)}", value=lambda row: _held(row.today)),
        Column("since", "起始", value=lambda row: start_text(row.today.starts_on) if row.today else None),
        Column("last_year", f"上年同日 {date_text(before)}", value=lambda row: _held(row.last_year)),
        Column(
            "changed",
            "比上年",
            value=lambda row: "有变化" if row.has_changed else "未变",
            kind="state",
            tone=lambda row: "amber" if row.has_changed else "grey",
        ),
    ]
    return table("责任单位", columns, compared)


def grades_table(association: Association, day: date) -> TextTable:
    """All announced grades with their validity and what they are on the day."""
    columns = [
        Column("level", "等级"),
        Column("announced_on", "公告日期", kind="date"),
        Column("document_number", "公告文号"),
        Column("validity", "有效期", value=lambda row: period_text(row.starts_on, row.ends_on)),
        Column(
            "state",
            "当日",
            value=lambda row: state_on(row, day) or "尚未公告",
            kind="state",
            tone=lambda row: GRADE_TONES[state_on(row, day)],
        ),
    ]
    rows = sorted(association.all_grades, key=lambda row: row.announced_on, reverse=True)  # type: ignore[attr-defined]
    return table("评估等级", columns, rows, empty="没有登记过评估等级。")


def names_table(association: Association, actor: Actor) -> TextTable:
    """Other names; the department can take a wrong one away."""
    columns = [
        Column("name", "名称"),
        Column("kind", "类别", value=lambda row: NameKind(row.kind)),
        Column("period", "使用时间", value=lambda row: period_text(row.starts_on, row.ends_on)),
    ]
    if may_see(DEPARTMENT, actor):

        def remove(row: Any) -> str:
            return reverse("associations:name_remove", args=[association.pk, row.pk])

        columns.append(Column("remove", "操作", value=lambda row: "删除", link=remove))
    return table("别名", columns, association.all_names, empty="没有登记别名。")  # type: ignore[attr-defined]


# The tab 责任单位, attention items and the timeline, hung on the page in `apps.py`


def responsibility_panel(actor: Actor, association: Association, day: date) -> PanelContent:
    """All relations, the latest first, with what R-014 says of them on the day."""
    history = assignment_history(association)
    columns = [
        Column("role", "责任", value=lambda row: row.get_role_display()),
        Column("department", "责任单位", value="department.name"),
        Column("office", "责任处室", value=lambda row: row.office or None),
        Column("officer", "责任人（岗位）", value=lambda row: row.officer or None),
        Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
        Column(
            "current",
            "当日",
            value=lambda row: "在任" if row.is_current(day) else "—",
            kind="state",
            tone=lambda row: "green" if row.is_current(day) else "grey",
        ),
    ]
    if may_see(DEPARTMENT, actor):

        def end(row: Assignment) -> str | None:
            return (
                reverse("associations:assignment_end", args=[association.pk, row.pk]) if row.ends_on is None else None
            )

        columns.append(Column("end", "操作", value=lambda row: "终止" if row.ends_on is None else None, link=end))
    facts = responsibility(association, answering_compared(history, day))
    return PanelContent(
        "associations/registry/responsibility.html",
        {
            "assignments": table("责任关系", columns, history, empty="还没有登记责任单位。"),
            "clarity": clarity(facts).value,
            "is_dual": association.registration_mode == RegistrationMode.DUAL,
            "new_url": reverse("associations:assignment_new", args=[association.pk])
            if may_see(DEPARTMENT, actor)
            else "",
        },
    )


def attention(actor: Actor, association: Association, day: date) -> list[AttentionItem]:
    """What somebody should look at: nobody answers, a grade that expires within half a year."""
    if not is_active_on(association.status, association.status_on, association.established_on, day):
        return []
    items = []
    if association.is_industry_association:
        facts = responsibility(association, answering_compared(assignment_history(association), day))
        found = clarity(facts)
        if found == Clarity.UNCLEAR:
            items.append(AttentionItem("责任单位未明确：缺行业管理部门或业务主管单位。", url="?tab=responsibility"))
        elif found == Clarity.PARTLY:
            items.append(AttentionItem("行业管理部门未明确责任处室和责任人。", url="?tab=responsibility"))
    expired = _expired(association, day)
    if expired is not None:
        items.append(
            AttentionItem(f"评估等级 {expired.level} 已于 {date_text(expired.ends_on)} 过期，统计中按无等级计。")
        )
    return items


def _expired(association: Association, day: date) -> Grade | None:
    """The last grade, if it has run out and no other holds."""
    grades = getattr(association, "all_grades", [])
    past = [grade for grade in grades if state_on(grade, day) == GradeState.EXPIRED]
    if not past or grade_on(grades, day) or announced_on_day(grades, day):
        return None
    return max(past, key=lambda grade: grade.announced_on)


def timeline(actor: Actor, association: Association, day: date) -> list[TimelineEntry]:
    """Dated facts of the register up to the day, and what was changed by hand."""
    entries = []
    for row in assignment_history(association):
        what = f"{row.get_role_display()}「{row.department}」"
        if row.starts_on:
            entries.append(TimelineEntry(row.starts_on, "责任", f"{what}开始负责"))
        if row.ends_on and row.ends_on <= day:
            entries.append(TimelineEntry(row.ends_on, "责任", f"{what}负责到这一天为止"))
    for grade in getattr(association, "all_grades", []):
        number = f"（{grade.document_number}）" if grade.document_number else ""
        entries.append(TimelineEntry(grade.announced_on, "等级", f"公告评估等级 {grade.level}{number}"))
    if association.established_on:
        entries.append(TimelineEntry(association.established_on, "登记", "成立"))
    if association.status_on:
        entries.append(TimelineEntry(association.status_on, "登记", f"状态变为{association.get_status_display()}"))
    if may_see(WORKSPACE, actor):
        entries += _changes(association)
    return [entry for entry in entries if entry.day <= day]


def _changes(association: Association) -> list[TimelineEntry]:
    """Changes by hand, with who made them and which facts; values stay in the audit history."""
    with everything("the history of an association that the actor has already reached"):
        events = AuditEvent.objects.filter(
            subject_model=association._meta.label, subject_pk=str(association.pk), action__in=ACTIONS
        ).order_by("-at")[:CHANGES_SHOWN]
        found = list(events)
    return [TimelineEntry(event.at, "修改", _change_text(event), event.membership_label) for event in found]


ACTIONS = {
    "associations.register": "登记入库",
    "associations.change": "修改",
    "associations.add_name": "登记别名",
    "associations.remove_name": "删除别名",
    "associations.count_members": "填报党员人数",
}
CHANGES_SHOWN = 100


def _change_text(event: AuditEvent) -> str:
    if event.action != "associations.change":
        return ACTIONS[event.action]
    fields: list[Any] = [Association._meta.get_field(name) for name in event.after or {}]
    labels = (str(field.verbose_name) for field in fields)
    return f"{ACTIONS[event.action]}{'、'.join(labels)}"
