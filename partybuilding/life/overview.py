"""The tab 组织生活 of a Party organisation: what is to be held now, the year so far, the latest records."""

from datetime import date
from typing import Any

from django.urls import reverse

from partybuilding.life.enums import STANDING_TONES, Duty, LifeKind
from partybuilding.life.models import LifeRecord, PartyGroup
from partybuilding.life.rules import Compliance, Count, Due, Period, Unit, due_now
from partybuilding.life.selectors import compliances, facts_of, held_by, life_rules
from partybuilding.members.models import ROSTER
from partybuilding.members.services import may_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.screens.columns import Column, Tag, table
from portal.screens.panels import AttentionItem, PanelContent
from portal.screens.values import Missing, period_text

SHOWN = 12
MONTHS_NAMED = 6


def record_kind(duty: str) -> str:
    """The kind of record that meets a duty."""
    return str(LifeKind.LECTURE if duty == Duty.SECRETARY_LECTURE else duty)


def unit_text(unit: Unit) -> str:
    """3月, 第2季度, 2026年: a calendar unit in words."""
    if unit.first.month == unit.last.month:
        return f"{unit.first.month}月"
    if (unit.first.month, unit.last.month) == (1, 12):
        return f"{unit.first.year}年"
    return f"{unit.first.month}—{unit.last.month}月"


def missed_text(count: Count) -> str | None:
    """Which units were missed, the first of them named."""
    names = list(dict.fromkeys(unit_text(unit) for unit in count.missed))
    if not names:
        return None
    more = f" 等 {len(names)} 个" if len(names) > MONTHS_NAMED else ""
    return "、".join(names[:MONTHS_NAMED]) + more


def due_text(one: Due, groups: dict[int, str]) -> str:
    who = f"（{groups[one.group]}）" if one.group in groups else ""
    return f"{one.duty.label}{who}"


def still_due(actor: Actor, day: date) -> list[tuple[str, str, date]]:
    """What the actor's own branch is still to hold: words, the form, by when."""
    rows = list(scoped(PartyOrganization, actor).filter(pk=actor.scope.pk or 0, dissolved_on=None))
    if not rows:
        return []
    facts = facts_of(rows, actor)[rows[0].pk]
    held = held_by([rows[0].pk], date(day.year, 1, 1), day, actor).get(rows[0].pk, [])
    names = dict(scoped(PartyGroup, actor).filter(organization=rows[0]).values_list("pk", "name"))
    url = reverse("partybuilding:life_new", args=[rows[0].pk])
    return [
        (due_text(one, names), f"{url}?kind={record_kind(one.duty)}", one.due_on)
        for one in due_now(facts, held, day, life_rules(day))
    ]


def records_table(rows: Any) -> Any:
    """Records of one organisation."""
    return table(
        "最近的组织生活记录",
        (
            Column("held_on", "开展日期", kind="date"),
            Column("kind", "类别", value=lambda row: row.get_kind_display()),
            Column(
                "topic",
                "主题",
                link=lambda row: reverse("partybuilding:life_record", args=[row.pk]),
                card="title",
                css="long",
            ),
            Column("present", "实到/应到（人）", value=lambda row: f"{row.present_count}/{row.expected_count}"),
        ),
        rows,
        empty="还没有登记组织生活。",
    )


def life_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """What is due, each duty's count of the year, the latest records, the Party groups."""
    rules = life_rules(day)
    facts = facts_of([organization], actor)[organization.pk]
    year = Period(day.year)
    found = compliances([organization], year, day, actor, rules)[organization.pk]
    held = held_by([organization.pk], year.first, day, actor).get(organization.pk, [])
    rows = list(scoped(LifeRecord, actor).filter(organization=organization, held_on__lte=day)[:SHOWN])
    groups = list(scoped(PartyGroup, actor).filter(organization=organization).order_by("ends_on", "name", "pk"))
    names = {one.pk: one.name for one in groups}
    is_kept = organization.dissolved_on is None and bool(may_keep(actor, organization))
    new_url = reverse("partybuilding:life_new", args=[organization.pk])
    return PanelContent(
        "partybuilding/life/panel.html",
        {
            "tags": [Tag(str(found.standing.label), STANDING_TONES[found.standing])],
            "is_subject": found.is_subject,
            "year": year.label,
            "due": [
                (due_text(one, names), one.due_on, f"{new_url}?kind={record_kind(one.duty)}")
                for one in due_now(facts, held, day, rules)
            ],
            "counts": table(
                f"{year.label}开展情况",
                (
                    Column("duty", "内容", value=lambda row: row[0].label, card="title"),
                    Column("done", "已开展/应开展（次）", value=lambda row: done_text(found, row[0]), align="end"),
                    Column("missed", "欠开", value=lambda row: missed_text(row[1]), css="long"),
                ),
                [(duty, found.counts[duty]) for duty in Duty] if found.is_subject else [],
                empty="这一类党组织不适用支部的频次要求，开展的活动照常登记。",
            ),
            "records": records_table(rows),
            "groups": table(
                "党小组",
                (
                    Column("name", "名称", card="title"),
                    Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
                    Column(
                        "end",
                        "办理",
                        value=lambda row: "登记撤销" if is_kept and row.ends_on is None else None,
                        link=lambda row: _end_url(row) if is_kept and row.ends_on is None else None,
                    ),
                ),
                groups,
                empty="没有设党小组。",
            ),
            "new_url": new_url if is_kept else "",
            "group_url": reverse("partybuilding:party_group_new", args=[organization.pk]) if is_kept else "",
            "all_url": f"{reverse('partybuilding:life_records')}?organization={organization.pk}",
        },
        people=[organization.pk],
    )


def _end_url(row: PartyGroup) -> str:
    return reverse("partybuilding:party_group_end", args=[row.organization_id, row.pk])


def done_text(compliance: Compliance, duty: str) -> Any:
    """已开展/应开展; 未到期 where no unit of the duty is over yet, 不适用 where the branch has no such duty."""
    count = compliance.counts.get(duty)
    if count is None or not (count.required or count.is_coming):
        return Missing.NOT_APPLICABLE
    return f"{count.done}/{count.required}" if count.required else "未到期"


def attention(actor: Actor, organization: PartyOrganization, day: date) -> list[AttentionItem]:
    """What was missed this year, for those who may read it."""
    if actor.role not in ROSTER or organization.dissolved_on is not None:
        return []
    found = compliances([organization], Period(day.year), day, actor, life_rules(day))[organization.pk]
    missed = [
        f"{duty.label}{one.required - one.done}次"
        for duty in Duty
        if (one := found.counts.get(duty)) is not None and one.is_behind
    ]
    return [AttentionItem(f"今年组织生活欠开：{'、'.join(missed)}。", url="?tab=life")] if missed else []
