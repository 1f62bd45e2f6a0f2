"""Pages of admitting members: the list, one candidate with the stages, an application, a stage, the end of one."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from partybuilding.development import services
from partybuilding.development.enums import STANDING_TONES, SUPERIOR, Stage, Standing
from partybuilding.development.filters import CandidateFilter
from partybuilding.development.forms import ApplyForm, CandidateForm, CloseForm, StageForm
from partybuilding.development.models import Candidate
from partybuilding.development.rules import interval_findings, next_stages
from partybuilding.development.selectors import days_of, intervals, stages_of, standing_counts
from partybuilding.members.models import ROSTER
from partybuilding.members.rules import KEEPERS
from partybuilding.members.services import may_keep
from partybuilding.members.views import SECTIONS_TEMPLATE
from partybuilding.organizations.views import PAGE, OrganizationScreen
from partybuilding.standing.rules import APPROVERS
from portal.access.actor import Actor
from portal.access.decisions import ALLOWED, Decision
from portal.access.policy import Policy
from portal.people.joining import JoinScreen
from portal.people.role_rows import RoleRow, RoleRowDetail, RoleRowEdit, RoleRowEnd, or_unreported, person_facts
from portal.people.screens import RevealScreen
from portal.screens.columns import Column, Empty, Fact, PageAction, Tag, fact, table
from portal.screens.details import Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb

EDIT = {"GET", "POST"}
LIST = "partybuilding:candidates"
TAB = "?tab=development"
TITLE = "党员发展"


def tone_of(row: Candidate) -> str:
    return STANDING_TONES[Standing(row.standing)]


class CandidateList(ListScreen):
    """Everybody on the way, and what became of those before."""

    policy = Policy(ROSTER)
    title = TITLE
    unit = "人"
    model = Candidate
    filterset_class = CandidateFilter
    default_order = ("-applied_on", "-pk")
    shows_people = True
    columns = (
        Column(
            "name",
            "姓名",
            value="person.name",
            link=lambda row: reverse("partybuilding:candidate", args=[row.pk]),
            sort="person__name",
            card="title",
        ),
        Column(
            "organization",
            "党组织",
            value="organization.name",
            link=lambda row: reverse(PAGE, args=[row.organization_id]) + TAB,
            sort="organization__name",
        ),
        Column("association_post", "社会组织职务", value=lambda row: row.association_post or None),
        Column("applied_on", "申请日期", kind="date", sort="applied_on"),
        Column("contacts", "培养联系人", value=lambda row: row.contacts or None),
        Column(
            "standing",
            "阶段",
            value=lambda row: Standing(row.standing).label,
            kind="state",
            tone=tone_of,
            sort="standing",
            card="tag",
        ),
    )
    empty = Empty("还没有登记入党申请人。在党组织的「党员发展」页签登记。")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("党员名册", reverse("partybuilding:party_members"))]

    def get_queryset(self, actor: Actor) -> QuerySet[Candidate]:
        return super().get_queryset(actor).select_related("person", "organization")

    def list_notes(self) -> list[str]:
        rule = "各环节的间隔期限以现行细则为准；未核实的期限不在系统中提示。"
        return [rule] if self.filter_errors else [self.standings(), rule]

    def standings(self) -> SafeString:
        return self.counted(standing_counts(self.others("standing")), "standing")


class CandidateRow(RoleRow):
    """What the pages of one candidate share."""

    model = Candidate
    pk_kwarg = "candidate_pk"
    route = "partybuilding:candidate"
    related: ClassVar[Sequence[str]] = ("person", "phone", "organization__committee", "member")
    today: Any

    def above(self) -> list[Crumb]:
        organization = self.object.organization
        return [Crumb(organization.name, reverse(PAGE, args=[organization.pk]) + TAB)]

    @cached_property
    def stages(self) -> list[Stage]:
        """What may be recorded next by this person."""
        if self.object.ends_on is not None or self.object.standing == Standing.MEMBER:
            return []
        found = next_stages(days_of(self.object))
        return found if self.actor.role in APPROVERS else [stage for stage in found if stage not in SUPERIOR]


class CandidateDetail(CandidateRow, RoleRowDetail):
    """One candidate with the stages."""

    policy = Policy(ROSTER)
    template_name = "partybuilding/development/candidate.html"
    keepers = KEEPERS
    end_label = "终止申请"

    def may_keep(self) -> bool:
        return bool(may_keep(self.actor, self.object.organization))

    def header(self, obj: Candidate) -> Header:
        standing = Standing(obj.standing)
        return Header(obj.person.name, [Tag(str(standing.label), tone_of(obj))], [obj.organization.name])

    def page_actions(self) -> list[PageAction]:
        found = super().page_actions()
        if self.object.standing == Standing.MEMBER:
            return [action for action in found if action.label != self.end_label]
        if self.may_keep() and self.stages:
            # The next stage is what there is to do.
            found = [replace(action, primary=False) for action in found]
            found.insert(0, PageAction("登记事项", "partybuilding:candidate_stage", roles=KEEPERS, icon="plus"))
        return found

    def sections(self) -> list[tuple[str, list[Fact]]]:
        one = self.object
        member = reverse("partybuilding:party_member", args=[one.member_id]) if one.member_id else ""
        held = [
            fact("党组织", one.organization.name, url=reverse(PAGE, args=[one.organization_id])),
            fact("申请日期", one.applied_on, "date"),
            fact("培养联系人", or_unreported(one.contacts)),
            fact("入党介绍人", or_unreported(one.introducers)),
            fact("社会组织职务", or_unreported(one.association_post)),
            fact("终止日期", one.ends_on, "date"),
            fact("终止原因", one.closed_reason),
        ]
        held += [fact("党员名册", "已编入名册", url=member)] if member else []
        return [("发展", held), ("本人", person_facts(one))]

    def context(self) -> dict[str, Any]:
        one = self.object
        columns = [
            Column("stage", "事项", value=lambda row: row.get_stage_display(), card="title"),
            Column("happened_on", "日期", kind="date"),
            Column("document", "材料或文号"),
            Column("remark", "说明", value=lambda row: row.remark or None, css="long"),
        ]
        findings = interval_findings(days_of(one), self.today, intervals(self.today)) if one.ends_on is None else []
        return super().context() | {
            "stages": table("发展过程", columns, stages_of(self.actor, one)),
            "next": "、".join(stage.label for stage in self.stages),
            "findings": [finding.text for finding in findings],
        }


class CandidateNew(OrganizationScreen, FormScreen):
    """An application was handed in."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记入党申请"
    form_class: ClassVar[type[Any]] = ApplyForm
    template_name = SECTIONS_TEMPLATE
    success_message = "入党申请已登记。"

    def context(self) -> dict[str, Any]:
        return {"sections": ApplyForm.SECTIONS}

    def initial(self) -> dict[str, Any]:
        return {"applied_on": self.today, "document": "入党申请书"}

    def save(self, form: Any) -> Candidate:
        return services.apply_for(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: Any) -> str:
        return reverse("partybuilding:candidate", args=[result.pk])


class CandidateEdit(CandidateRow, RoleRowEdit):
    """Correct a candidate."""

    policy = Policy(KEEPERS, EDIT)
    title = "修改入党申请"
    form_class: ClassVar[type[Any]] = CandidateForm
    template_name = SECTIONS_TEMPLATE
    own_fields = services.OWN
    correct = services.correct_candidate


class CandidateReveal(CandidateRow, RevealScreen):
    """The full number of a candidate, for a purpose."""

    policy = Policy(ROSTER, EDIT)


class CandidateJoin(CandidateRow, JoinScreen):
    """Two records of one person become one."""


class CandidateStage(CandidateRow, FormScreen):
    """One more stage."""

    policy = Policy(KEEPERS, EDIT)
    title = "登记发展党员事项"
    form_class: ClassVar[type[Any]] = StageForm
    submit_label = "登记"
    success_message = "已登记。"

    def decision(self) -> Decision:
        return ALLOWED if self.stages else Decision(False, "没有可以登记的事项：申请已办结，或者下一项由上级党委登记。")

    def base_context(self) -> dict[str, Any]:
        decision = self.decision()
        intro = (
            "按顺序登记，缺了前一项的不能登记后一项。上级党委预审、审批由党委或社会工作部登记；"
            "审批登记后自动编入名册，预备期从支部大会通过之日算起。"
        )
        return {**super().base_context(), "intro": intro if decision else decision.reason}

    def form_kwargs(self) -> dict[str, Any]:
        return {"stages": self.stages}

    def initial(self) -> dict[str, Any]:
        return {"happened_on": self.today}

    def save(self, form: Any) -> Candidate:
        return services.record_stage(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class CandidateClose(CandidateRow, RoleRowEnd):
    """An application does not go on."""

    policy = Policy(KEEPERS, EDIT)
    title = "终止入党申请"
    form_class: ClassVar[type[Any]] = CloseForm
    submit_label = "终止申请"
    success_message = "申请已终止，登记过的事项保留。"
    end = services.close_candidate

    def consequences(self) -> list[str]:
        return [f"「{self.object}」的申请从列表的在办阶段移到「已终止」，以后可以重新申请。"]
