"""Pages of self-rating, and of the grades of a campaign's associations (创5A)."""

from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.evaluation.enums import GradeLevel
from associations.evaluation.selectors import ELIGIBLE_MONTHS, eligible_q
from associations.registry.models import Association
from campaigns.ledgers import rating_services
from campaigns.ledgers.enums import LEVEL_TONES, EntryKind, Level
from campaigns.ledgers.models import GradeApplication, SelfRating
from campaigns.ledgers.rules import may_keep
from campaigns.ledgers.selectors import (
    RatedLine,
    graded_associations,
    keeping_facts,
    rated_lines,
)
from campaigns.plans.models import Unit
from campaigns.plans.selectors import is_runner
from campaigns.plans.transitions import PLANNERS, READERS, RUNNERS
from campaigns.plans.unit_views import UNIT, UnitScreen
from campaigns.plans.views import EDIT, CampaignScreen
from campaigns.plans.whole import OfCampaign
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.regulations import selectors as regulations
from portal.screens.columns import Column, Empty, may_see
from portal.screens.fields import DateField, ScreenForm
from portal.screens.filters import ScreenFilterSet
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb

RATING_COLUMNS = (
    Column("line", "内容", value=lambda row: row.outcome or row.criterion, card="title"),
    Column("set", "标准", value=lambda row: row.criterion.criterion_set if row.criterion else "活动成效要求"),
    Column("association", "社会组织", value=lambda row: row.association),
    Column("rated_on", "自评日期", kind="date"),
    Column("text", "说明", value=lambda row: row.text or None, css="long"),
    Column(
        "level",
        "自评",
        value=lambda row: Level(row.level),
        kind="state",
        tone=lambda row: LEVEL_TONES[Level(row.level)],
        card="tag",
    ),
)


class RatingForm(ScreenForm):
    """A choice and a few words for every line; a line left out keeps its last rating."""

    rated_on = DateField(label="自评日期")

    def __init__(self, *args: Any, lines: list[RatedLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            self.fields[line.key] = forms.ChoiceField(
                label=str(line), choices=[("", "本次不评"), *Level.choices], required=False
            )
            self.fields[f"{line.key}-text"] = forms.CharField(label=f"{line}：说明", max_length=300, required=False)

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        levels = {line.key: given[line.key] for line in self.lines if given[line.key]}
        texts = {key: given[f"{key}-text"] for key in levels}
        return {"rated_on": given["rated_on"], "levels": levels, "texts": texts}


class SelfRate(UnitScreen, FormScreen):
    """A unit rates itself on outcomes and criteria."""

    policy = Policy(PLANNERS, EDIT)
    title = "成效自评"
    form_class = RatingForm
    submit_label = "保存"
    success_message = "自评已登记。"
    template_name = "campaigns/ledgers/new.html"

    def context(self) -> dict[str, Any]:
        return {"decision": may_keep(keeping_facts(self.object, self.actor, self.today, EntryKind.SUMMARY))}

    def form_kwargs(self) -> dict[str, Any]:
        return {"lines": rated_lines(self.object, self.today)}

    def initial(self) -> dict[str, Any]:
        return {"rated_on": self.today}

    def save(self, form: Any) -> list[SelfRating]:
        return rating_services.rate_self(self.object, actor=self.actor, now=timezone.now(), **form.values())

    def success_url(self, result: Any) -> str:
        unit: Unit = self.object
        return reverse(UNIT, args=[unit.pk]) + "?tab=ledgers"


class GradedFilter(ScreenFilterSet):
    """By name, by whether an association may apply, and whether it did."""

    q = django_filters.CharFilter(label="名称", method="by_name", max_length=100)
    grade = django_filters.ChoiceFilter(label="评估等级", choices=GradeLevel.choices, field_name="grade")
    eligible = django_filters.BooleanFilter(label="符合评估条件", method="may_apply")
    applied = django_filters.BooleanFilter(label="已申报", method="has_applied")
    primary = ("q", "grade", "eligible", "applied")

    class Meta:
        model = Association
        fields: ClassVar[list[str]] = []

    def by_name(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(search_key__contains=name_key(value))

    def may_apply(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        found: Q = eligible_q(self.as_of, int(regulations.value(ELIGIBLE_MONTHS, on=self.as_of)))
        return rows.filter(found) if value else rows.exclude(found)

    def has_applied(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(applied_on__isnull=not value)


class GradedList(OfCampaign, ListScreen):
    """创5A: the associations of a campaign with their grades and applications."""

    policy = Policy(READERS)
    title = "评估等级和申报"
    unit = "家"
    filterset_class = GradedFilter
    default_order = ("name", "pk")
    columns = (
        Column(
            "name",
            "社会组织",
            value=str,
            link=lambda row: reverse("associations:association", args=[row.pk]),
            card="title",
            sort="name",
        ),
        Column("established_on", "成立日期", kind="date", sort="established_on"),
        Column("grade", "有效评估等级", sort="grade"),
        Column("wanted", "申报等级"),
        Column("applied_on", "申报日期", kind="date", sort="applied_on"),
    )
    empty = Empty("活动范围内没有社会组织。")

    def get_columns(self) -> Any:
        if not may_see(RUNNERS, self.actor) or not is_runner(self.campaign, self.actor):
            return self.columns

        def apply(row: Any) -> str | None:
            page = reverse("campaigns:application_new", args=[self.campaign.pk])
            return None if row.applied_on else f"{page}?association={row.pk}"

        action = Column(
            "apply", "操作", value=lambda row: None if row.applied_on else "登记申报", link=apply, export=False
        )
        return (*self.columns, action)

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        return graded_associations(actor, self.campaign, self.as_of)

    def list_notes(self) -> list[str]:
        months = regulations.value(ELIGIBLE_MONTHS, on=self.as_of)
        return [f"符合评估条件：登记满 {months} 个月、没有有效评估等级。其他限制条件由民政部门审核。"]


class ApplicationForm(ScreenForm):
    applied_on = DateField(label="申报日期")
    wanted = forms.ChoiceField(label="申报等级", choices=GradeLevel.choices)


class ApplicationNew(CampaignScreen, FormScreen):
    """An association applied for a grade."""

    policy = Policy(RUNNERS, EDIT)
    form_class = ApplicationForm
    submit_label = "保存"
    success_message = "申报已登记。"

    @cached_property
    def association(self) -> Association:
        return get_object_or_404(scoped(Association, self.actor), pk=self._asked)

    @property
    def _asked(self) -> int:
        text = self.request.GET.get("association", "")
        return int(text) if text.isdecimal() and len(text) < 19 else 0

    def page_title(self) -> str:
        return f"登记评估申报：{self.association}" if self._asked else "登记评估申报"

    def crumbs(self) -> list[Crumb]:
        page = reverse("campaigns:graded", args=[self.object.pk])
        return [*super().crumbs(), Crumb("评估等级和申报", page)]

    def initial(self) -> dict[str, Any]:
        return {"applied_on": self.today}

    def save(self, form: Any) -> GradeApplication:
        if not self._asked:
            raise Refused("application.association", "没有指明社会组织。请在「评估等级和申报」名单中点「登记申报」。")
        return rating_services.record_application(
            self.object, self.association, actor=self.actor, now=timezone.now(), **form.cleaned_data
        )

    def success_url(self, result: Any) -> str:
        return reverse("campaigns:graded", args=[self.object.pk])
