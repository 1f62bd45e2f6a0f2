"""Pages of cross-appointment: every association with an own organisation, and the matrix of posts."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from associations.governance.enums import Post
from associations.registry.models import Association
from partybuilding.members.enums import PartyPost
from partybuilding.members.models import ROSTER
from partybuilding.posts.enums import CROSS_TONES, CrossState
from partybuilding.posts.filters import CrossFilter
from partybuilding.posts.rules import LEADING, OUTSIDE
from partybuilding.posts.selectors import attendance_months, crossing, matrix, state_counts, state_of, teams
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.regulations.rules import Rate
from portal.screens.columns import Column, Empty, PageAction, table
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.screens.values import Missing

LIST = "partybuilding:cross"
READERS = ROSTER & WORKSPACE


def rates(counts: dict[CrossState, int]) -> tuple[Rate, Rate]:
    """R-081: the rate, and the strict one."""
    total, strict = sum(counts.values()), counts[CrossState.STRICT]
    return Rate(strict + counts[CrossState.CROSSED], total), Rate(strict, total)


class CrossList(ListScreen):
    """交叉任职: derived from officers and Party posts by person, each association once."""

    policy = Policy(READERS)
    title = "交叉任职"
    unit = "家"
    model = Association
    filterset_class = CrossFilter
    default_order = ("name", "pk")
    shows_as_of = True
    shows_people = True
    columns = (
        Column(
            "name",
            "社会组织",
            link=lambda row: reverse("associations:association", args=[row.pk]) + "?tab=party",
            sort="name",
            card="title",
        ),
        Column("region", "登记地", value="region.name", sort="region__code"),
        Column("secretary", "书记", value=lambda row: row.secretary or Missing.NOT_REPORTED),
        Column("secretary_posts", "书记任社会组织职务", value=lambda row: row.secretary_posts or None),
        Column("crossed", "班子任职（人）", value=lambda row: row.crossed_count, kind="number"),
        Column("attended", "近期参会", value=lambda row: "有" if row.has_attended else None),
        Column(
            "state",
            "交叉任职",
            value=state_of,
            kind="state",
            tone=lambda row: CROSS_TONES[state_of(row)],
            card="tag",
        ),
    )
    empty = Empty("没有单独组建党组织的社会组织。")
    actions = (PageAction("职务对照表", "partybuilding:cross_matrix", primary=False),)

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党组织", reverse("partybuilding:organizations"))]

    @cached_property
    def months(self) -> int:
        return attendance_months(self.as_of)

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return crossing(actor, self.as_of, self.months).select_related("region")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        found = teams(self.actor, [row.pk for row in rows], self.as_of)
        for row in rows:
            team = found.get(row.pk, [])
            row.crossed_count = sum(bool(one.posts) for one in team)
            heads = [one for one in team if one.is_secretary]
            row.secretary = "、".join(one.name for one in heads)
            row.secretary_posts = "、".join(str(Post(post).label) for one in heads for post in one.posts)
        return rows

    def list_notes(self) -> list[str]:
        if self.filter_errors:
            return []
        return [
            self.states(),
            "同一人在负责人名单和党组织班子中都登记的才计入，不按姓名推断；严格口径只看书记是否任会长、副会长、秘书长、"
            f"监事长。近期参会指 {self.months} 个月内登记过参加或列席管理层会议。",
        ]

    def states(self) -> SafeString:
        """The two rates, each state with its number, and who is to be warned; a number opens exactly its list."""
        counts, apart = state_counts(self.others("cross", "apart"))
        wide, strict = rates(counts)
        links = [(self.query_with(cross=state.value, apart=""), state.label, count) for state, count in counts.items()]
        links.append((self.query_with(cross="", apart="true"), "书记未任职、未参会", apart))
        return format_html(
            "交叉任职率 {}（{}/{}），严格口径 {}（{}/{}）。{}",
            wide.display(),
            wide.numerator,
            wide.denominator,
            strict.display(),
            strict.numerator,
            strict.denominator,
            format_html_join(" · ", '<a href="?{}">{} {} 家</a>', links),
        )


class CrossMatrix(Screen):
    """Party posts × posts in the association: how many associations have one person with both."""

    policy = Policy(READERS)
    title = "党内职务与社会组织职务对照表"
    template_name = "partybuilding/posts/matrix.html"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("交叉任职", reverse(LIST))]

    def context(self) -> dict[str, Any]:
        counts, day = matrix(self.actor, self.as_of), self.as_of
        columns = [Column("label", "党内职务", card="title")]
        for post in Post:
            if post not in OUTSIDE:
                columns.append(_cell(post, day))
        rows = [_MatrixRow(post, counts) for post in PartyPost]
        return {
            "table": table("职务对照表", columns, rows if counts else [], empty=NOTHING),
            "leading": "、".join(str(post.label) for post in LEADING),
        }


NOTHING = "没有一人同时担任党内职务和社会组织职务的记录。书记、支委和负责人按同一人登记后，这里自动列出。"


class _MatrixRow:
    """One Party post with its number under each post of the association."""

    pk = None

    def __init__(self, party_post: PartyPost, counts: dict[tuple[str, str], int]) -> None:
        self.party_post, self.label, self.counts = party_post, party_post.label, counts

    def __str__(self) -> str:
        return str(self.label)


def _cell(post: Post, day: date) -> Column:
    def number(row: _MatrixRow) -> int | None:
        return row.counts.get((str(row.party_post), str(post)))

    def link(row: _MatrixRow) -> str | None:
        asked = {"party_post": row.party_post.value, "post": post.value, "as_of": day.isoformat()}
        return f"{reverse(LIST)}?{urlencode(asked)}" if number(row) else None

    return Column(post.value, str(post.label), value=number, kind="number", link=link)
