"""The tab 组建与同步 of an association: why there is no organisation, what is planned, who prepares it."""

from datetime import date

from django.urls import reverse

from associations.checklists.services import HANDLERS
from associations.checklists.views import checklists_table
from associations.registry.enums import TERMINAL_STATUSES
from associations.registry.models import Association
from partybuilding.affiliation.overview import affiliation_facts
from partybuilding.coverage.listing import known_facts
from partybuilding.establishment import services
from partybuilding.establishment.enums import PLAN_TONES, WHY_TONES, PlanState
from partybuilding.establishment.models import EstablishmentPlan
from partybuilding.establishment.rules import Size, plan_state, priority, why_not
from partybuilding.establishment.selectors import plans_of, priority_rules
from partybuilding.organizations.enums import Cover
from portal.access.actor import Actor
from portal.access.roles import WORKSPACE
from portal.regulations.selectors import read_at_once
from portal.screens.columns import Column, Fact, Tag, TextTable, fact, may_see, table
from portal.screens.panels import AttentionItem, PanelContent


def state_of(plan: EstablishmentPlan, day: date) -> PlanState:
    assert plan.starts_on is not None  # the table's own rule  # noqa: S101
    return plan_state(plan.kind, plan.starts_on, plan.due_on, plan.ends_on, plan.outcome, day)


def establishment_panel(actor: Actor, association: Association, day: date) -> PanelContent:
    """Why there is none, what was decided, by whom and until when."""
    with read_at_once(day):
        facts, rules = known_facts(actor, association, day)
        order = priority_rules(day)
    plans = plans_of(actor, association)
    current = next((plan for plan in plans if plan.is_current(day)), None)
    why = why_not(facts, rules, current.ground if current else "")
    size = Size(
        association.kind,
        association.is_industry_association,
        association.staff_count,
        association.full_time_staff_count,
    )
    may_plan = (
        association.status not in TERMINAL_STATUSES
        and facts.is_in_scope
        and facts.cover != Cover.OWN
        and may_see(services.PLANNERS, actor)
    )
    args = [association.pk]
    return PanelContent(
        "partybuilding/establishment/panel.html",
        {
            "tags": [Tag(str(why.label), WHY_TONES[why])] if why else [],
            "facts": [
                fact("党组织", Cover(facts.cover)),
                fact("未建原因", why.label if why else None),
                fact("组建优先次序", priority(size, order).label if why else None),
                *_category(actor, association),
            ],
            "affiliation": affiliation_facts(association, day) if actor.role in WORKSPACE else [],
            "checklists": checklists_table(actor, association, day) if actor.role in WORKSPACE else None,
            "checklist_url": reverse("associations:checklist_new", args=args) if may_see(HANDLERS, actor) else "",
            "plans": plans_table(actor, association, plans, day),
            "founding_url": reverse("partybuilding:founding_new", args=args) if may_plan else "",
            "deferral_url": reverse("partybuilding:deferral_new", args=args)
            if may_plan and facts.band(rules) == "enough"
            else "",
        },
    )


def _category(actor: Actor, association: Association) -> list[Fact]:
    """P-75: the category that was decided, with its measure; read with the facts, not for the association itself."""
    if actor.role not in WORKSPACE:
        return []
    label, measure = association.__dict__["category_known"]
    return [fact("指导类别", label), *([fact("指导措施", measure)] if label else [])]


def plans_table(actor: Actor, association: Association, plans: list[EstablishmentPlan], day: date) -> TextTable:
    """What was decided, the latest first."""
    columns = [
        Column("kind", "安排", value=lambda row: row.get_kind_display()),
        Column("starts_on", "决定日期", kind="date"),
        Column("due_on", "期限", kind="date"),
        Column("who", "责任党委和责任人", value=_who),
        Column("document", "文号", value=lambda row: row.document_number or None),
        Column("reason", "事由", value=_reason, css="long"),
        Column(
            "state",
            "当日",
            value=lambda row: state_of(row, day),
            kind="state",
            tone=lambda row: PLAN_TONES[state_of(row, day)],
        ),
    ]
    if may_see(services.PLANNERS, actor):

        def withdraw(row: EstablishmentPlan) -> str | None:
            if state_of(row, day) not in (PlanState.IN_FORCE, PlanState.OVERDUE):
                return None
            return reverse("partybuilding:plan_withdraw", args=[association.pk, row.pk])

        columns.append(Column("act", "操作", value=lambda row: "撤回" if withdraw(row) else None, link=withdraw))
    return table("组建安排", columns, plans, empty="没有组建安排。")


def _who(row: EstablishmentPlan) -> str | None:
    return " · ".join(part for part in (str(row.committee or ""), row.responsible) if part) or None


def _reason(row: EstablishmentPlan) -> str | None:
    ground = row.get_ground_display() if row.ground else ""
    return "：".join(part for part in (ground, row.reason) if part) or None


def attention(actor: Actor, association: Association, day: date) -> list[AttentionItem]:
    """A founding that was planned by a day that is past."""
    facts, _rules = known_facts(actor, association, day)
    if not facts.is_planned or facts.cover == Cover.OWN:
        return []
    late = [plan for plan in plans_of(actor, association) if state_of(plan, day) == PlanState.OVERDUE]
    return [
        AttentionItem(f"组建计划已逾期：应于 {plan.due_on.isoformat()} 前组建。", url="?tab=establishment")
        for plan in late
    ]
