"""What coverage adds to the list and to the page of an association: filters, columns, a tab, attention, timeline."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet, Subquery
from django.urls import reverse

from associations.registry.enums import TERMINAL_STATUSES
from associations.registry.models import Association, PartyMemberCount
from partybuilding.categories.selectors import with_category
from partybuilding.coverage import rules as coverage
from partybuilding.coverage.enums import InstructorKind, Measure, MemberBand
from partybuilding.coverage.facts import STRENGTH, cover_on, latest_count
from partybuilding.coverage.models import InstructorAssignment
from partybuilding.coverage.selectors import cover_is, coverage_rules, factual_lines, measured, row_from
from partybuilding.coverage.services import FOLLOWING, INSTRUCTING
from partybuilding.organizations.enums import COVER_TONES, Cover, GroupKind
from partybuilding.organizations.group_views import groups_table
from partybuilding.organizations.models import GroupOrganization
from partybuilding.organizations.selectors import covers_of
from partybuilding.organizations.services import RECORDERS
from portal.access.actor import Actor
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.screens.columns import BulkAction, Column, Tag, fact, may_see, table
from portal.screens.panels import AttentionItem, ListPart, PanelContent, TimelineEntry
from portal.screens.values import Missing, period_text

SUBJECT = "associations.Association"


class MeasureFilter(django_filters.ChoiceFilter):
    """The associations that a figure of coverage counts on the list's date: a card's list."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return measured(qs, value, as_of=self.parent.as_of) if value else qs


class CoverFilter(django_filters.ChoiceFilter):
    """How an association is covered on the list's date, in scope of the figures or not."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(cover_is(value, self.parent.as_of)) if value else qs


def annotate(rows: QuerySet[Association], actor: Actor, day: date) -> QuerySet[Association]:
    """The cover of the day and the latest report up to it, for the columns."""
    return rows.annotate(
        cover_on_day=cover_on(day),
        relation_on_day=Subquery(latest_count(day).values("relation_count")[:1]),
        working_on_day=Subquery(latest_count(day).values("working_count")[:1]),
    )


def cover_of_row(row: Any) -> Cover:
    return Cover.NONE if row.cover_on_day is None else STRENGTH[row.cover_on_day]


def reported(number: int | None) -> int | Missing:
    """A reported number; 未填报 is not 0."""
    return Missing.NOT_REPORTED if number is None else number


COVER = Column(
    "party",
    "党组织",
    value=cover_of_row,
    kind="state",
    tone=lambda row: COVER_TONES[cover_of_row(row)],
    sort="cover_on_day",
)
MEMBERS = Column(
    "members",
    "正式党员（人）",
    value=lambda row: reported(row.relation_on_day),
    kind="number",
    sort="relation_on_day",
)
LIST_PART = ListPart(
    subject=SUBJECT,
    order=10,
    filters={
        "party": CoverFilter(label="党组织", choices=Cover.choices),
        "coverage": MeasureFilter(label="两个覆盖口径", choices=Measure.choices),
    },
    primary=("party",),
    columns=(COVER, MEMBERS),
    bulk_actions=(
        BulkAction("follow_up", "交办任务", "partybuilding:bulk_follow_up", roles=FOLLOWING),
        BulkAction("guide", "指派指导员", "partybuilding:bulk_guide", roles=INSTRUCTING),
    ),
    annotate=annotate,
)


# The tab 党建


def party_panel(actor: Actor, association: Association, day: date) -> PanelContent:
    """Coverage of the day with what it follows from, the organisations, the reported numbers, the instructors."""
    facts, rules = known_facts(actor, association, day)
    band = facts.band(rules)
    args = [association.pk]
    is_open = association.status not in TERMINAL_STATUSES
    return PanelContent(
        "partybuilding/coverage/party_panel.html",
        {
            "tags": coverage_tags(facts, rules),
            "facts": [
                fact("纳入统计", facts.is_in_scope, "bool"),
                fact("组织覆盖", Cover(facts.cover)),
                fact("正式党员（组织关系）", reported(facts.relation_count), "number"),
                fact("正式党员（在职）", reported(facts.working_count), "number"),
                fact("人数情况", _band_text(band, rules.should_establish_member_count)),
            ],
            "organizations": organizations_table(actor, association),
            "instructors": instructors_table(actor, association),
            "groups": groups_table(actor, association),
            "counts": counts_table(actor, association),
            "new_url": reverse("partybuilding:organization_new") + f"?association={association.pk}"
            if is_open and may_see(RECORDERS, actor)
            else "",
            "assign_url": reverse("partybuilding:instructor_assign", args=args)
            if is_open and may_see(INSTRUCTING, actor)
            else "",
            "group_url": reverse("partybuilding:group_new", args=args) if is_open and may_see(RECORDERS, actor) else "",
            "count_url": reverse("associations:count_new", args=args) if may_see(RECORDERS, actor) else "",
        },
    )


def coverage_tags(facts: coverage.AssociationFacts, rules: coverage.CoverageRules) -> list[Tag]:
    """What the day's figures say of one association, in words."""
    if not facts.is_in_scope:
        return [Tag("不纳入统计")]
    tags = [
        Tag("组织已覆盖", "green") if coverage.is_covered(facts, rules) else Tag("组织未覆盖", "amber"),
        Tag("工作已覆盖", "green") if coverage.is_work_covered(facts, rules) else Tag("工作未覆盖", "amber"),
    ]
    return [*tags, Tag("应建未建", "amber")] if coverage.is_should_not_built(facts, rules) else tags


def known_facts(
    actor: Actor, association: Association, day: date
) -> tuple[coverage.AssociationFacts, coverage.CoverageRules]:
    """Facts and parameters of a day; kept on the row, because tab and attention items of one page both ask."""
    known = association.__dict__.setdefault("coverage_known", {})
    if day not in known:
        rules = coverage_rules(day)
        rows = scoped(Association, actor).filter(pk=association.pk)
        line = factual_lines(with_category(rows, actor, day), day, rules, "category_label", "category_measure")[0]
        known[day] = (row_from(line).facts, rules)
        association.__dict__["category_known"] = (line[-2], line[-1])
    return known[day]


def _band_text(band: MemberBand, least: int) -> str:
    return {
        MemberBand.ENOUGH: f"{least} 名以上，应当单独组建",
        MemberBand.FEW: f"有党员，不足 {least} 名",
        MemberBand.ZERO: "没有党员",
        MemberBand.UNREPORTED: "未填报",
    }[band]


def organizations_table(actor: Actor, association: Association) -> Any:
    """The organisations that cover or covered the association."""

    def page(row: Any) -> str:
        return reverse("partybuilding:organization", args=[row.organization_id])

    columns = [
        Column("name", "党组织", value="organization.name", link=page),
        Column("kind", "类别", value=lambda row: row.organization.get_kind_display()),
        Column("mode", "组建方式", value=lambda row: row.organization.get_establishment_mode_display()),
        Column("committee", "综合（行业）党委", value="organization.committee.name"),
        Column("number", "批复文号", value=lambda row: row.organization.approval_number or None),
        Column("period", "覆盖起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
    ]
    return table("党组织", columns, covers_of(actor, association), empty="还没有党组织覆盖。")


def instructors_table(actor: Actor, association: Association) -> Any:
    """The instructors who look or looked after the association."""
    rows = scoped(InstructorAssignment, actor).filter(association=association)
    rows = rows.select_related("instructor__department", "instructor__person", "association")

    def page(row: Any) -> str | None:
        return reverse("partybuilding:instructor", args=[row.instructor_id]) if may_see(WORKSPACE, actor) else None

    columns = [
        Column("name", "姓名", value="instructor.name", link=page),
        Column("kind", "类别", value=lambda row: row.instructor.get_kind_display()),
        Column("department", "选派单位", value="instructor.department.name"),
        Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
    ]
    return table(
        "指导员", columns, list(rows.order_by("-starts_on", "-pk")), empty="还没有指派指导员、联络员或组织员。"
    )


def counts_table(actor: Actor, association: Association) -> Any:
    """All reported numbers, the latest first."""
    columns = [
        Column("counted_on", "统计日期", kind="date"),
        Column("relation", "组织关系在本组织（人）", value=lambda row: reported(row.relation_count), kind="number"),
        Column("working", "在本组织工作（人）", value=lambda row: reported(row.working_count), kind="number"),
        Column("source", "来源", value=lambda row: row.get_source_display()),
    ]
    rows = scoped(PartyMemberCount, actor).filter(association=association).select_related("association")
    rows = rows.order_by("-counted_on", "-pk")
    return table("党员人数", columns, list(rows), empty="未填报。没有党员的请填 0。")


def attention(actor: Actor, association: Association, day: date) -> list[AttentionItem]:
    """应建未建, 空白点 and 未填报 of one association."""
    facts, rules = known_facts(actor, association, day)
    found = []
    if coverage.is_should_not_built(facts, rules):
        found.append(AttentionItem(should_text(facts, rules), url="?tab=party"))
    if coverage.is_blank_spot(facts, rules):
        found.append(AttentionItem("党的组织和工作都没有覆盖，属于空白点。", url="?tab=party"))
    if coverage.counts(Measure.UNREPORTED, facts, rules):
        found.append(AttentionItem("党员人数未填报。没有党员的请填 0。", url="?tab=party"))
    return found


def should_text(facts: coverage.AssociationFacts, rules: coverage.CoverageRules) -> str:
    """Why R-078 counts an association: its numbers, then `instead_text`."""
    numbers = []
    if facts.relation_count is not None:
        numbers.append(f"组织关系在本组织的正式党员 {facts.relation_count} 名")
    if facts.working_count is not None and rules.member_count_basis == coverage.EMPLOYED:
        numbers.append(f"在本组织工作的正式党员 {facts.working_count} 名")
    return f"应建未建：{'，'.join(numbers)}，{instead_text(facts, rules)}。"


def instead_text(facts: coverage.AssociationFacts, rules: coverage.CoverageRules) -> str:
    """That the number is reached, and what the association has instead of an own organisation."""
    instead = {
        Cover.SHARED: "现由联合、挂靠等党组织覆盖",
        Cover.FUNCTIONAL: "现只有功能型党组织",
        Cover.NONE: "还没有党组织",
    }[Cover(facts.cover)]
    return f"达到 {rules.should_establish_member_count} 名，{instead}"


def _accompanying(actor: Actor, association: Association) -> Any:
    """Kind, name, first and last day of those who look after an association and of its 群团组织; one query."""
    guides = scoped(InstructorAssignment, actor).filter(association=association).order_by()
    groups = scoped(GroupOrganization, actor).filter(association=association).order_by()
    return guides.values_list("instructor__kind", "instructor__person__name", "starts_on", "ends_on").union(
        groups.values_list("kind", "name", "starts_on", "ends_on"), all=True
    )


def timeline(actor: Actor, association: Association, day: date) -> list[TimelineEntry]:
    """When organisations and instructors began and ended, and what was reported."""
    entries = []
    for row in covers_of(actor, association):
        url = reverse("partybuilding:organization", args=[row.organization_id])
        number = row.organization.approval_number
        why = f"（批复文号 {number}）" if number else ""
        if row.starts_on:
            entries.append(TimelineEntry(row.starts_on, "党建", f"由「{row.organization}」覆盖{why}", url=url))
        if row.ends_on:
            entries.append(TimelineEntry(row.ends_on, "党建", f"「{row.organization}」覆盖到这一天为止", url=url))
    for kind, name, starts_on, ends_on in _accompanying(actor, association):
        if kind in GroupKind.values:
            what, begun, ended = f"{GroupKind(kind).label}「{name}」", "成立", "到这一天为止"
        else:
            what, begun, ended = f"{InstructorKind(kind).label}「{name}」", "开始联系", "联系到这一天为止"
        if starts_on:
            entries.append(TimelineEntry(starts_on, "党建", what + begun))
        if ends_on:
            entries.append(TimelineEntry(ends_on, "党建", what + ended))
    return [entry for entry in entries if entry.day <= day]
