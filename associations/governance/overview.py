"""What the page of an association shows of its officers, contacts and member units."""

from datetime import date
from typing import Any

from django.urls import reverse

from associations.governance.models import Contact, MemberUnit, Officer
from associations.governance.services import KEEPERS
from associations.registry.models import Association
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.people.presentation import masked_phone
from portal.screens.columns import Column, may_see, table
from portal.screens.panels import PanelContent, TimelineEntry
from portal.screens.values import period_text

TEMPLATE = "associations/governance/panel.html"
UNITS_SHOWN = 50


def standing(row: Any, day: date) -> tuple[str, str]:
    """Whether a dated row holds on a day, as word and tone."""
    if row.is_current(day):
        return "在任", "green"
    return ("未开始", "blue") if row.starts_on is not None and row.starts_on > day else ("已终止", "grey")


def state_column(day: date, words: dict[str, str] | None = None) -> Column:
    def word(row: Any) -> str:
        found = standing(row, day)[0]
        return (words or {}).get(found, found)

    return Column("state", "当日", value=word, kind="state", tone=lambda row: standing(row, day)[1], card="tag")


def officers_of(association: Association, actor: Actor) -> list[Officer]:
    rows = scoped(Officer, actor).filter(association=association).select_related("person", "phone")
    # Present ones first, in the order of the posts.
    order = {post: place for place, post in enumerate(Officer._meta.get_field("post").choices or ())}
    places = {code: place for (code, _), place in order.items()}
    return sorted(rows, key=lambda row: (row.ends_on is not None, places[row.post], row.starts_on or date.min, row.pk))


def officers_panel(actor: Actor, association: Association, day: date) -> PanelContent:
    rows = officers_of(association, actor)
    columns = [
        Column("post", "职务", value=lambda row: row.get_post_display()),
        Column(
            "name",
            "姓名",
            value="person.name",
            link=lambda row: reverse("associations:officer", args=[row.pk]),
            card="title",
        ),
        Column("born_on", "出生日期", value="person.born_on", kind="date"),
        Column("political", "政治面貌", value=lambda row: row.get_political_status_display() or None),
        Column("phone", "联系电话", value=lambda row: masked_phone(row.phone), css="code"),
        Column("term_count", "连任届数", kind="number"),
        Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
        state_column(day),
    ]
    return PanelContent(
        TEMPLATE,
        {
            "title": "负责人",
            "table": table("负责人", columns, rows, empty="还没有登记负责人。"),
            "new_label": "登记负责人",
            "new_url": _new("officer_new", association, actor),
            "note": "",
            "all_url": "",
        },
        people=[row.pk for row in rows],
    )


def contacts_panel(actor: Actor, association: Association, day: date) -> PanelContent:
    rows = list(scoped(Contact, actor).filter(association=association).select_related("person", "phone"))
    rows.sort(key=lambda row: (row.ends_on is not None, not row.is_main, row.pk))
    columns = [
        Column(
            "name", "姓名", value=str, link=lambda row: reverse("associations:contact", args=[row.pk]), card="title"
        ),
        Column("duty", "职务或分工", value=lambda row: row.duty or None),
        Column("phone", "联系电话", value=lambda row: masked_phone(row.phone), css="code"),
        Column("is_main", "首要联系方式", value=lambda row: "是" if row.is_main else None),
        Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
        state_column(day, {"在任": "有效"}),
    ]
    return PanelContent(
        TEMPLATE,
        {
            "title": "联系人",
            "table": table("联系人", columns, rows, empty="还没有登记联系人。"),
            "new_label": "登记联系人",
            "new_url": _new("contact_new", association, actor),
            "note": "",
            "all_url": "",
        },
        people=[row.pk for row in rows],
    )


def units_panel(actor: Actor, association: Association, day: date) -> PanelContent:
    rows = scoped(MemberUnit, actor).filter(association=association)
    total = rows.filter(ends_on=None).count()
    shown = list(rows.order_by("ends_on", "level", "name", "pk")[:UNITS_SHOWN])
    columns = [
        Column(
            "name",
            "单位名称",
            link=lambda row: reverse("associations:member_unit_edit", args=[row.pk]) if is_keeper else None,
            card="title",
        ),
        Column("uscc", "统一社会信用代码", value=lambda row: row.uscc or None, css="code"),
        Column("level", "会员类别", value=lambda row: row.get_level_display()),
        Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
        state_column(day, {"在任": "在会", "已终止": "已退会"}),
    ]
    is_keeper = may_see(KEEPERS, actor)
    reported = association.unit_member_count
    note = f"名册上有 {total} 家在会单位。"
    if reported is not None and reported != total:
        note += f"登记的单位会员数是 {reported} 家，两数不同。"
    return PanelContent(
        TEMPLATE,
        {
            "title": "单位会员",
            "table": table("单位会员", columns, shown, empty="还没有登记单位会员名册。"),
            "new_label": "登记单位会员",
            "new_url": _new("member_unit_new", association, actor),
            "note": note if shown else "",
            "all_url": f"{reverse('associations:member_units')}?association={association.name}"
            if total > len(shown)
            else "",
        },
    )


def _new(url_name: str, association: Association, actor: Actor) -> str:
    return reverse(f"associations:{url_name}", args=[association.pk]) if may_see(KEEPERS, actor) else ""


def timeline(actor: Actor, association: Association, day: date) -> list[TimelineEntry]:
    """Who took and left a post, up to the day."""
    entries = []
    rows = scoped(Officer, actor).filter(association=association).select_related("person")
    for row in rows:
        what = f"「{row.person.name}」{row.get_post_display()}"
        if row.starts_on:
            entries.append(TimelineEntry(row.starts_on, "任职", f"{what}任职"))
        if row.ends_on:
            entries.append(TimelineEntry(row.ends_on, "任职", f"{what}任职到这一天为止"))
    return [entry for entry in entries if entry.day <= day]
