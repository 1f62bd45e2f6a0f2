"""Urging those whose review or report of a year is missing: a task on each secretary's desk."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from partybuilding.appraisal import services
from partybuilding.appraisal.enums import Paper
from partybuilding.appraisal.filters import OfYear, PaperFilter, ReviewFilter
from partybuilding.appraisal.selectors import owing_reports, owing_reviews, with_report, with_review
from partybuilding.life.forms import UrgeForm
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.services import RECORDERS
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.actions import BulkActionScreen
from portal.screens.fields import ScreenForm
from portal.screens.screen import Crumb

NAMED = 5


class YearUrge(BulkActionScreen):
    """One due date for several organisations; those that have handed in are named and left out."""

    policy = Policy(RECORDERS, {"GET", "POST"})
    model = PartyOrganization
    form_class: ClassVar[type[ScreenForm]] = UrgeForm
    submit_label = "催办"
    what: ClassVar[str] = services.REVIEW
    list_name: ClassVar[str] = "partybuilding:member_reviews"
    list_title: ClassVar[str] = "民主评议党员"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(self.list_title, self.success_url(None))]

    @property
    def year(self) -> int:
        assert self.filterset_class is not None  # noqa: S101  declared by the subclasses
        empty = PartyOrganization.objects.none()
        found = self.filterset_class(self.request.GET, empty, request=self.request, actor=self.actor, as_of=self.as_of)
        assert isinstance(found, OfYear)  # noqa: S101
        return found.chosen

    def consequences(self) -> list[str]:
        return [
            f"所选党组织的书记收到一项有期限的任务：完成{self.year}年度{self.list_title}。",
            "登记或提交后任务自动办结。已经提交的不交办。",
        ]

    def perform(self, form: Any) -> list[Any]:
        done, refused = [], []
        for one in self.objects:
            try:
                done.append(
                    services.urge(
                        one,
                        what=self.what,
                        year=self.year,
                        actor=self.actor,
                        now=timezone.now(),
                        **form.cleaned_data,
                    )
                )
            except Refused as reason:
                refused.append(reason.reason)
        if not done:
            raise Refused("bulk.none_done", " ".join(refused[:NAMED]))
        for text in refused[:NAMED]:
            messages.warning(self.request, text)
        return done

    def success_text(self, result: list[Any]) -> str:
        return f"已催办 {len(result)} 个党组织。"

    def success_url(self, result: Any) -> str:
        return f"{reverse(self.list_name)}?year={self.year}"


class ReviewUrge(YearUrge):
    """Urge 民主评议."""

    title = "催办民主评议"
    filterset_class = ReviewFilter

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        rows = owing_reviews(scoped(PartyOrganization, actor), self.year, self.as_of).select_related("committee")
        return with_review(rows, self.year)


class DutyUrge(YearUrge):
    """Urge duty reports."""

    title = "催办述职"
    filterset_class = PaperFilter
    what = Paper.DUTY
    list_name = "partybuilding:duty_reports"
    list_title = "述职"

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        rows = owing_reports(scoped(PartyOrganization, actor), self.year, self.as_of).select_related("committee")
        return with_report(rows, self.what, self.year, "organization")


class EffectUrge(DutyUrge):
    """Urge the assessment of role effect."""

    title = "催办作用发挥自评"
    what = Paper.ROLE_EFFECT
    list_name = "partybuilding:role_effects"
    list_title = "作用发挥自评"
