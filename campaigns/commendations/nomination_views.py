"""Pages of recommendations and of honours: recommending, the list, the certificate, taking an honour back."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaigns.commendations import deciding, services
from campaigns.commendations.certificates import ask_certificate
from campaigns.commendations.enums import NOMINATION_TONES, NominationState, RoundState
from campaigns.commendations.forms import AssessForm, NominationForm, ReasonForm, RevokeForm
from campaigns.commendations.models import AwardRound, Commendation, Nomination, Quota
from campaigns.commendations.rules import may_assess
from campaigns.commendations.scoring import assess, assess_facts, recuse, scoring_of
from campaigns.commendations.selectors import choose_facts, drop_facts, take_back_facts
from campaigns.commendations.transitions import CHOOSE, DROP, TAKE_BACK
from campaigns.commendations.vetoes import findings_of
from campaigns.commendations.views import ROUND, RoundScreen
from campaigns.plans.enums import Target
from campaigns.plans.selectors import is_own_unit, is_runner
from campaigns.plans.transitions import PLANNERS, READERS, RUNNERS
from campaigns.plans.views import EDIT, LIST
from portal.access.actor import Actor
from portal.access.decisions import Decision, Refused
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.files.responses import download
from portal.gates import Level
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, PageAction, Tag, fact, known, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.screen import Crumb, Screen
from portal.workflow.services import explain

LEVELS = {Level.OK: ("通过", "green"), Level.WARN: ("提示", "amber"), Level.BLOCK: ("不得推荐", "red")}


class NominationNew(RoundScreen, FormScreen):
    """A unit recommends one of its own, within the places it has."""

    policy = Policy(PLANNERS, EDIT)
    title = "推荐表彰对象"
    form_class = NominationForm
    submit_label = "推荐"
    success_message = "已推荐。"
    intro = "先组织群众推荐，再由单位推荐。有不得推荐情形的，系统说明原因，不能提交。"
    kwargs: dict[str, Any]

    @cached_property
    def quota(self) -> Quota:
        rows = scoped(Quota, self.actor).select_related(
            "kind__round__campaign__region",
            "kind__round__campaign__organizer",
            "unit__organization",
            "unit__department",
        )
        return get_object_or_404(rows, pk=self.kwargs["quota_pk"])

    @property
    def object(self) -> AwardRound:
        return self.quota.kind.round

    def page_title(self) -> str:
        return f"推荐{self.quota.kind}"

    def current_version(self) -> int | None:
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"kind": self.quota.kind, "unit": self.quota.unit}

    def initial(self) -> dict[str, Any]:
        first = self.quota.unit.organization if self.quota.kind.target == Target.ORGANIZATION else None
        return {"recommended_on": self.today, "organization": first}

    def save(self, form: Any) -> Nomination:
        return services.nominate(
            self.quota.kind, self.quota.unit, actor=self.actor, now=timezone.now(), **form.values()
        )


class NominationScreen:
    """What the pages of one recommendation share."""

    model = Nomination
    pk_kwarg = "nomination_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Nomination]:
        rows = scoped(Nomination, actor).select_related(
            "kind__round__campaign__region", "kind__round__campaign__organizer", "kind__criterion_set"
        )
        return rows.select_related(
            "unit__organization",
            "unit__department",
            "organization__committee",
            "member__person",
            "secretary__person",
            "group__association",
            "nominated_by",
            "commendation__decided_by",
            "commendation__certificate",
        )

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(one.kind.round), reverse(ROUND, args=[one.kind.round_id])),
            Crumb(str(one), reverse("campaigns:nomination", args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse("campaigns:nomination", args=[self.object.pk])  # type: ignore[attr-defined]


class NominationDetail(NominationScreen, DetailScreen):
    """One recommendation: how the masses took part, what every wing says, and what became of it."""

    policy = Policy(READERS)
    subject = "campaigns.Nomination"
    template_name = "campaigns/commendations/nomination.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def header(self, obj: Nomination) -> Header:
        state = NominationState(obj.state)
        tags = [Tag(str(state.label), NOMINATION_TONES[state])]
        honour = getattr(obj, "commendation", None)
        if honour is not None and honour.revoked_on is not None:
            tags.append(Tag("已撤销", "red"))
        return Header(str(obj), tags, [obj.kind.title, str(obj.kind.round)])

    def page_actions(self) -> Any:
        one = self.object
        stage = one.kind.round.state
        found = []
        if may_see(RUNNERS, self.actor) and is_runner(one.kind.round.campaign, self.actor):
            if one.state in CHOOSE.sources and stage == RoundState.OPEN:
                found.append(PageAction(CHOOSE.label, "campaigns:nomination_choose"))
            if one.kind.criterion_set_id is not None and stage == RoundState.OPEN:
                found.append(PageAction("评分", "campaigns:nomination_assess", primary=False))
                found.append(PageAction("登记回避", "campaigns:nomination_recuse", primary=False))
            if one.state in DROP.sources and stage in (RoundState.OPEN, RoundState.PUBLICITY):
                found.append(PageAction(DROP.label, "campaigns:nomination_drop", primary=False))
            honour = getattr(one, "commendation", None)
            if honour is not None and honour.revoked_on is None:
                found.append(PageAction("撤销表彰", "campaigns:nomination_revoke", primary=False))
        honour = getattr(one, "commendation", None)
        if honour is not None and honour.revoked_on is None:
            found.append(PageAction("荣誉证书", "campaigns:certificate"))
        is_own = may_see(PLANNERS, self.actor) and is_own_unit(one.unit, self.actor)
        if is_own and one.state in TAKE_BACK.sources and stage == RoundState.OPEN:
            found.append(PageAction(TAKE_BACK.label, "campaigns:nomination_take_back", primary=False))
        return found

    def context(self) -> dict[str, Any]:
        one = self.object
        honour: Commendation | None = getattr(one, "commendation", None)
        declared = one.kind.target in (Target.MEMBER, Target.WORKER)
        facts = [
            fact("类别", one.kind.title),
            fact("党组织", one.organization.name),
            *([fact("群团组织", one.group)] if one.group is not None else []),
            fact("推荐单位", str(one.unit)),
            fact("群众推荐", f"{one.recommended_on.isoformat()} {one.get_way_display()}"),
            fact("同意/参与（人）", f"{one.support_count}/{one.participant_count}"),
            fact("推荐人", f"{one.nominated_by}（{one.nominated_label}）"),
            fact("推荐时间", one.nominated_at, "datetime"),
            fact("名单意见", one.reason or None),
        ]
        if declared:
            facts += [
                fact("最近一次民主评议", one.get_appraisal_display()),
                fact("按时足额交纳党费", one.dues_paid, "bool"),
                fact("不在受处分、处理期间", one.no_discipline, "bool"),
            ]
        return {
            "facts": facts,
            "deeds": one.deeds,
            "findings": table(
                "审核情况",
                [
                    Column("level", "结果", value=lambda row: LEVELS[row.level][0], kind="state", tone=_tone),
                    Column("text", "说明", css="long", card="title"),
                    Column("rule", "规则"),
                ],
                [] if honour is not None else findings_of(one, self.today),
                empty="已作出决定，不再审核。" if honour is not None else "没有提示。",
            ),
            "honour": self._honour(honour),
            **self._scoring(),
        }

    def _scoring(self) -> dict[str, Any]:
        """Scores, for whoever runs the campaign only."""
        one = self.object
        is_shown = may_see(RUNNERS, self.actor) and is_runner(one.kind.round.campaign, self.actor)
        if one.kind.criterion_set is None or not is_shown:
            return {"scores": None}
        found = scoring_of(one)
        columns = [
            Column("scorer", "评分人", value=lambda row: f"{row.scorer}（{row.scorer_label}）", card="title"),
            Column("meets", "符合基本条件", value="meets_preconditions", kind="bool"),
            Column("values", "各条得分", value=lambda row: "、".join(str(score.value) for score in row.scores.all())),
            Column("comment", "说明", value=lambda row: row.comment or None, css="long"),
            Column("assessed_at", "评分时间", kind="datetime"),
        ]
        return {
            "scores": table("评分", columns, found.assessments, empty="还没有人评分。"),
            "mean": found.text,
            "preconditions": one.kind.criterion_set.preconditions,
            "recusals": [f"{row.user}（{row.label}）：{row.reason}" for row in found.recusals],
        }

    def _honour(self, honour: Commendation | None) -> list[Any]:
        if honour is None:
            return []
        return known(
            fact("证书编号", honour.number),
            fact("荣誉称号", honour.title),
            fact("表彰日期", honour.decided_on, "date"),
            fact("表彰决定文号", honour.document_number),
            fact("决定人", f"{honour.decided_by}（{honour.decided_label}）"),
            fact("决定理由", honour.reason),
            fact("公示截止", honour.publicity_ended_on, "date"),
            fact("撤销", f"{honour.revoked_on} {honour.revoked_number}：{honour.revoked_reason}")
            if honour.revoked_on
            else fact("撤销", None),
        )


def _tone(row: Any) -> str:
    return LEVELS[row.level][1]


class NominationAct(NominationScreen, ActionScreen):
    """Moving one recommendation, with a reason."""

    policy = Policy(RUNNERS, EDIT)
    form_class = ReasonForm


class NominationChoose(NominationAct):
    """Put it on the list."""

    title = submit_label = CHOOSE.label
    success_message = "已列入拟表彰名单。"

    def decision(self) -> Decision:
        facts = choose_facts(self.object, self.actor, self.today)
        return explain(CHOOSE, self.object, actor=self.actor, facts=facts)

    def perform(self, form: Any) -> Nomination:
        return services.choose(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class NominationDrop(NominationAct):
    """Leave it out."""

    title = submit_label = DROP.label
    success_message = "已移出名单。"

    def decision(self) -> Decision:
        return explain(DROP, self.object, actor=self.actor, facts=drop_facts(self.object, self.actor))

    def perform(self, form: Any) -> Nomination:
        return services.drop(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class NominationTakeBack(NominationAct):
    """The unit takes it back."""

    policy = Policy(PLANNERS, EDIT)
    title = submit_label = TAKE_BACK.label
    success_message = "推荐已撤回。"
    is_dangerous = True

    def decision(self) -> Decision:
        return explain(TAKE_BACK, self.object, actor=self.actor, facts=take_back_facts(self.object, self.actor))

    def perform(self, form: Any) -> Nomination:
        return services.take_back(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class NominationAssess(NominationScreen, FormScreen):
    """Score one recommendation by the criteria of its kind."""

    policy = Policy(RUNNERS, EDIT)
    title = "评分"
    form_class = AssessForm
    submit_label = "提交评分"
    success_message = "评分已登记。"
    template_name = "campaigns/commendations/assess.html"

    @cached_property
    def criteria(self) -> list[Any]:
        chosen = self.object.kind.criterion_set
        return list(chosen.criteria.order_by("number")) if chosen is not None else []

    def form_kwargs(self) -> dict[str, Any]:
        return {"criteria": self.criteria}

    def context(self) -> dict[str, Any]:
        one = self.object
        chosen = one.kind.criterion_set
        return {
            "decision": may_assess(assess_facts(one, self.actor)),
            "preconditions": chosen.preconditions if chosen is not None else "",
            "deeds": one.deeds,
        }

    def save(self, form: Any) -> Any:
        return assess(self.object, actor=self.actor, now=timezone.now(), **form.values())


class NominationRecuse(NominationScreen, ActionScreen):
    """Stand aside from scoring it."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "登记回避"
    form_class = ReasonForm
    success_message = "已登记回避，您对这个对象的评分不再计入。"

    def decision(self) -> Decision:
        is_run = is_runner(self.object.kind.round.campaign, self.actor)
        return Decision(True) if is_run else Decision(False, "评选由其他单位组织，您不参加评分。")

    def consequences(self) -> list[str]:
        return ["您不能再对这个对象评分，已有评分不再计入平均分。"]

    def perform(self, form: Any) -> Any:
        return recuse(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)


class Certificate(NominationScreen, ActionScreen):
    """Have the certificate made, or go to it."""

    policy = Policy(READERS, EDIT)
    title = "荣誉证书"
    submit_label = "生成并下载"

    def decision(self) -> Decision:
        honour = getattr(self.object, "commendation", None)
        if honour is None:
            return Decision(False, "还没有作出表彰决定，没有证书。")
        if honour.revoked_on is not None:
            return Decision(False, f"表彰已于 {honour.revoked_on} 撤销，不能生成证书。")
        return Decision(True)

    def consequences(self) -> list[str]:
        return ["证书为 PDF，印章处留空，由颁发单位用印。"]

    def perform(self, form: Any) -> Any:
        decision = self.decision()
        if not decision:
            raise Refused("award.certificate", decision.reason)
        return ask_certificate(self.object.commendation, actor=self.actor, now=timezone.now())

    def success_url(self, result: Any) -> str:
        if result is not None:
            return reverse("jobs:job", args=[result.pk])
        return reverse("campaigns:certificate_file", args=[self.object.pk])


class CertificateFile(NominationScreen, Screen):
    """The certificate; none once the honour was taken back."""

    policy = Policy(READERS)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        honour = getattr(self.object, "commendation", None)
        if honour is None or honour.certificate is None or honour.revoked_on is not None:
            return HttpResponseRedirect(reverse("campaigns:certificate", args=[self.object.pk]))
        return download(honour.certificate)


class NominationRevoke(NominationScreen, ActionScreen):
    """Take an honour back."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "撤销表彰"
    form_class = RevokeForm
    success_message = "表彰已撤销，档案中保留记录。"
    is_dangerous = True

    def current_version(self) -> int | None:
        honour = getattr(self.object, "commendation", None)
        return honour.version if honour is not None else None

    def decision(self) -> Decision:
        honour = getattr(self.object, "commendation", None)
        if honour is None or not is_runner(self.object.kind.round.campaign, self.actor):
            return Decision(False, "没有表彰记录，或由其他单位组织，不能撤销。")
        if honour.revoked_on is not None:
            return Decision(False, f"已于 {honour.revoked_on} 撤销。")
        return Decision(True)

    def perform(self, form: Any) -> Commendation:
        return deciding.revoke(
            self.object.commendation,
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
            **form.cleaned_data,
        )
