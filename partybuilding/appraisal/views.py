"""Pages of yearly reviews and reports: recording, handing in, returning, rating."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.registry.models import Department, current_on
from partybuilding.appraisal import services
from partybuilding.appraisal.enums import STATE_TONES, Paper, PaperState
from partybuilding.appraisal.forms import GRADE, SECTION, PaperForm, RateForm, ReturnForm, ReviewForm
from partybuilding.appraisal.lists import TAB
from partybuilding.appraisal.models import MemberGrade, MemberReview, ReportSection, YearlyReport
from partybuilding.appraisal.selectors import latest_year, rater_facts, sections_for, superior_of
from partybuilding.appraisal.transitions import RATE, RATERS, REPORTERS, RETURN
from partybuilding.members.models import ROSTER, PartyMember
from partybuilding.members.services import KEEPERS, may_keep
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.views import PAGE, OrganizationScreen
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, PageAction, Tag, fact, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.screen import Crumb
from portal.workflow.services import explain

EDIT = {"GET", "POST"}


class OwnPage(OrganizationScreen):
    """What the pages of one organisation share."""

    own_tab = TAB


def roster(actor: Actor, organization: PartyOrganization, day: Any) -> list[PartyMember]:
    """Who is on the roster on a day, full members first."""
    rows = scoped(PartyMember, actor).filter(current_on(day), organization=organization).select_related("person")
    return sorted(rows, key=lambda one: (one.membership_state != "full", one.person.name, str(one.pk)))


# 民主评议


class ReviewNew(OwnPage, FormScreen):
    """Record 民主评议 of a year; `?by=name` where the roster is kept."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记民主评议"
    form_class: ClassVar[type[Any]] = ReviewForm
    template_name = "partybuilding/appraisal/review_form.html"
    success_message = "民主评议已登记。"
    submit_label = "登记"

    @cached_property
    def members(self) -> list[PartyMember]:
        return roster(self.actor, self.object, self.today)

    @property
    def is_by_name(self) -> bool:
        return self.request.GET.get("by") == "name" and bool(self.members)

    def form_kwargs(self) -> dict[str, Any]:
        full = [one for one in self.members if one.membership_state == "full"]
        return {"members": full if self.is_by_name else ()}

    def context(self) -> dict[str, Any]:
        if self.is_by_name:
            self.show_people([one.pk for one in self.members])
        probationary = [one.person.name for one in self.members if one.membership_state != "full"]
        return {
            "by_name_url": "?by=name" if self.members and not self.is_by_name else "",
            "by_number_url": "?" if self.is_by_name else "",
            "probationary": "、".join(probationary) if self.is_by_name else "",
        }

    def initial(self) -> dict[str, Any]:
        one = self.object
        if self.is_by_name:
            full = sum(member.membership_state == "full" for member in self.members)
            known = (full, len(self.members) - full)
        else:
            known = (one.full_member_count or 0, one.probationary_member_count or 0)
        return {
            "year": latest_year(self.today),
            "held_on": self.today,
            "member_count": sum(known) or None,
            "probationary_count": known[1],
        }

    def save(self, form: Any) -> MemberReview:
        row, remarks = services.record_review(self.object, actor=self.actor, now=timezone.now(), **form.values())
        for text in remarks:
            messages.warning(self.request, text)
        return row


class ReviewScreen:
    """What the pages of one review share."""

    model = MemberReview
    pk_kwarg = "member_review_pk"
    request: HttpRequest
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[MemberReview]:
        return scoped(MemberReview, actor).select_related("organization__committee")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb(one.organization.name, reverse(PAGE, args=[one.organization_id]) + TAB),
            Crumb(str(one), reverse("partybuilding:member_review", args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:member_review", args=[self.object.pk])  # type: ignore[attr-defined]


class ReviewDetail(ReviewScreen, DetailScreen):
    """One review; the grades by name where they were given."""

    policy = Policy(ROSTER)
    template_name = "partybuilding/appraisal/review.html"
    actions = (PageAction("修改", "partybuilding:member_review_edit", roles=KEEPERS, icon="edit"),)

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:1]

    def page_actions(self) -> Any:
        return self.actions if may_keep(self.actor, self.object.organization) else ()

    def header(self, obj: MemberReview) -> Header:
        return Header(str(obj), [], [obj.organization.name])

    def context(self) -> dict[str, Any]:
        one = self.object
        grades = list(scoped(MemberGrade, self.actor).filter(review=one).select_related("member__person"))
        self.show_people([row.member_id for row in grades] or [one.pk])
        return {
            "facts": [
                fact("评议日期", one.held_on, "date"),
                fact("党员总数（人）", one.member_count, "number"),
                fact("其中预备党员（人）", one.probationary_count, "number"),
                fact("参加评议（人）", one.participant_count, "number"),
                fact("优秀（人）", one.excellent_count, "number"),
                fact("合格（人）", one.competent_count, "number"),
                fact("基本合格（人）", one.basic_count, "number"),
                fact("不合格（人）", one.failing_count, "number"),
                fact("处置和整改", one.note or None),
                fact("登记人", one.recorded_by),
            ],
            "grades": table(
                "各人等次",
                (
                    Column("name", "姓名", value="member.person.name", card="title"),
                    Column("grade", "等次", value=lambda row: row.get_grade_display()),
                ),
                grades,
                empty="按人数登记，没有逐人登记等次。",
            ),
        }


class ReviewEdit(ReviewScreen, FormScreen):
    """Correct a review, the way it was recorded."""

    policy = Policy(KEEPERS, EDIT)
    title = "修改民主评议"
    form_class: ClassVar[type[Any]] = ReviewForm
    submit_label = "保存"
    success_message = "已保存。"

    @cached_property
    def grades(self) -> dict[int, str]:
        rows = scoped(MemberGrade, self.actor).filter(review=self.object)
        return dict(rows.values_list("member", "grade"))

    def form_kwargs(self) -> dict[str, Any]:
        if not self.grades:
            return {}
        members = roster(self.actor, self.object.organization, self.object.held_on)
        self.show_people([one.pk for one in members])
        return {"members": [one for one in members if one.membership_state == "full"]}

    def initial(self) -> dict[str, Any]:
        names = ("year", "held_on", "note", *services.COUNTS)
        found = {name: getattr(self.object, name) for name in names}
        return found | {f"{GRADE}{pk}": grade for pk, grade in self.grades.items()}

    def save(self, form: Any) -> MemberReview:
        row, remarks = services.correct_review(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.values()
        )
        for text in remarks:
            messages.warning(self.request, text)
        return row


# Reports


class PaperNew(OwnPage, FormScreen):
    """Hand in a report of an organisation."""

    policy = Policy(KEEPERS, EDIT)
    form_class: ClassVar[type[Any]] = PaperForm
    submit_label = "提交"
    success_message = "已提交，等待上级党委评议。"
    intro = "各项内容都要填写。提交后由上一级党委评议，评议前可以修改。"
    paper: ClassVar[Paper] = Paper.DUTY
    title = "提交述职报告"

    def form_kwargs(self) -> dict[str, Any]:
        return {"sections": sections_for(self.paper, latest_year(self.today), self.today, self.object)}

    def initial(self) -> dict[str, Any]:
        return {"year": latest_year(self.today), "reported_on": self.today}

    def save(self, form: Any) -> YearlyReport:
        return services.submit_report(
            self.object, paper=self.paper, actor=self.actor, now=timezone.now(), **form.values()
        )


class RoleEffectNew(PaperNew):
    """Hand in the assessment of what the organisation contributes."""

    paper = Paper.ROLE_EFFECT
    title = "提交作用发挥自评"


class CommitteeReportNew(FormScreen):
    """Hand in the report of the actor's own committee."""

    policy = Policy({Role.PARTY_COMMITTEE}, EDIT)
    title = "提交党委述职报告"
    form_class: ClassVar[type[Any]] = PaperForm
    submit_label = "提交"
    success_message = "已提交，等待上级评议。"
    intro = PaperNew.intro

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党委书记述职评议", reverse("partybuilding:committee_duty_reports"))]

    @cached_property
    def committee(self) -> Department:
        return get_object_or_404(scoped(Department, self.actor), pk=self.actor.scope.pk)

    def form_kwargs(self) -> dict[str, Any]:
        return {"sections": sections_for(Paper.DUTY, latest_year(self.today), self.today, None)}

    def initial(self) -> dict[str, Any]:
        return {"year": latest_year(self.today), "reported_on": self.today}

    def save(self, form: Any) -> YearlyReport:
        return services.submit_report(
            self.committee, paper=Paper.DUTY, actor=self.actor, now=timezone.now(), **form.values()
        )

    def success_url(self, result: YearlyReport) -> str:
        return reverse("partybuilding:yearly_report", args=[result.pk])


class ReportScreen:
    """What the pages of one report share."""

    model = YearlyReport
    pk_kwarg = "yearly_report_pk"
    request: HttpRequest
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[YearlyReport]:
        return scoped(YearlyReport, actor).select_related(
            "organization__committee", "committee__parent__region", "committee__region"
        )

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        if one.organization is not None:
            above = Crumb(one.organization.name, reverse(PAGE, args=[one.organization_id]) + TAB)
        else:
            above = Crumb("党委书记述职评议", reverse("partybuilding:committee_duty_reports"))
        return [above, Crumb(str(one), reverse("partybuilding:yearly_report", args=[one.pk]))]

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:yearly_report", args=[self.object.pk])  # type: ignore[attr-defined]


class ReportDetail(ReportScreen, DetailScreen):
    """One report with its sections and its rating."""

    policy = Policy(ROSTER)
    template_name = "partybuilding/appraisal/report.html"
    edit = PageAction("修改", "partybuilding:yearly_report_edit", roles=REPORTERS, primary=False, icon="edit")
    decide = (
        PageAction("评议", "partybuilding:yearly_report_rate", roles=RATERS),
        PageAction("退回修改", "partybuilding:yearly_report_return", roles=RATERS, primary=False),
    )

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:1]

    def page_actions(self) -> Any:
        if self.object.state == PaperState.RATED:
            return ()
        facts = rater_facts(self.object, self.actor)
        decide = self.decide if self.object.state == PaperState.SUBMITTED and facts.is_superior else ()
        return (*decide, *([self.edit] if may_write(self.object, self.actor) else []))

    def header(self, obj: YearlyReport) -> Header:
        tag = Tag(obj.get_state_display(), STATE_TONES[PaperState(obj.state)])
        return Header(f"{obj}", [tag], [str(obj.reporter)])

    def context(self) -> dict[str, Any]:
        one = self.object
        self.show_people([one.pk])
        sections = scoped(ReportSection, self.actor).filter(report=one)
        return {
            "sections": list(sections),
            "facts": [
                fact("报告日期", one.reported_on, "date"),
                fact("提交", one.submitted_by),
                fact("评议单位", superior_of(one)),
                fact("评议结果", one.get_rating_display() or None),
                fact("评议日期", one.rated_on, "date"),
                fact("评议意见" if one.state == PaperState.RATED else "退回意见", one.comment or None),
            ],
        }


def may_write(row: YearlyReport, actor: Actor) -> bool:
    """Whether the actor may change a report that is not rated."""
    if row.organization is not None:
        return actor.role in KEEPERS and bool(may_keep(actor, row.organization))
    return actor.role == Role.PARTY_COMMITTEE and actor.scope.pk == row.committee_id


class ReportEdit(ReportScreen, FormScreen):
    """Change a report and hand it in again."""

    policy = Policy(REPORTERS, EDIT)
    title = "修改并重新提交"
    form_class: ClassVar[type[Any]] = PaperForm
    submit_label = "提交"
    success_message = "已重新提交。"

    def form_kwargs(self) -> dict[str, Any]:
        one = self.object
        return {"sections": sections_for(one.paper, one.year, self.today, one.organization), "has_year": False}

    def initial(self) -> dict[str, Any]:
        rows = scoped(ReportSection, self.actor).filter(report=self.object)
        return {"reported_on": self.object.reported_on} | {f"{SECTION}{one.code}": one.text for one in rows}

    def save(self, form: Any) -> YearlyReport:
        return services.resubmit_report(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.values()
        )


class ReportRate(ReportScreen, ActionScreen):
    """Rate a report."""

    policy = Policy(RATERS, EDIT)
    title = "评议"
    form_class: ClassVar[type[Any]] = RateForm
    submit_label = "提交评议"
    success_message = "评议结果已登记。"
    transition = RATE

    def decision(self) -> Decision:
        return explain(self.transition, self.object, actor=self.actor, facts=rater_facts(self.object, self.actor))

    def initial(self) -> dict[str, Any]:
        return {"rated_on": self.today}

    def consequences(self) -> list[str]:
        return ["评议后报告不再修改，结果计入完成情况。"]

    def perform(self, form: Any) -> YearlyReport:
        return services.rate_report(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class ReportReturn(ReportRate):
    """Return a report with what is to be mended."""

    title = "退回修改"
    form_class: ClassVar[type[Any]] = ReturnForm
    submit_label = "退回"
    success_message = "已退回修改。"
    transition = RETURN

    def initial(self) -> dict[str, Any]:
        return {}

    def consequences(self) -> list[str]:
        return ["报告退回提交人，修改后重新提交。"]

    def perform(self, form: Any) -> YearlyReport:
        return services.return_report(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
