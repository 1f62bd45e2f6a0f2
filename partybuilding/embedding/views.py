"""Pages of the five checks: the tab of an association, recording one, the list of what was recorded."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from associations.registry.models import Association
from associations.registry.views import AssociationScreen
from partybuilding.coverage.listing import known_facts
from partybuilding.coverage.views import EDIT, coverage_crumbs
from partybuilding.embedding import rules as embedding
from partybuilding.embedding import services
from partybuilding.embedding.enums import RESULT_TONES, Result, Stage
from partybuilding.embedding.forms import CheckForm, ElectionCheckForm, EvaluationCheckForm
from partybuilding.embedding.models import HookCheck
from partybuilding.embedding.selectors import check_rules, checks_of, findings_at, subject_of
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.importing.normalise import name_key
from portal.regulations.selectors import read_at_once
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, may_see, table
from portal.screens.filters import ScreenFilterSet, SearchFilter
from portal.screens.lists import ListScreen
from portal.screens.panels import PanelContent
from portal.screens.screen import Crumb

TAB = "?tab=embedding"


def association_link(row: HookCheck) -> str:
    return reverse("associations:association", args=[row.association_id]) + TAB


RESULT = Column(
    "result",
    "结果",
    value=lambda row: Result(row.result),
    kind="state",
    tone=lambda row: RESULT_TONES[Result(row.result)],
)


def embedding_panel(actor: Actor, association: Association, day: date) -> PanelContent:
    """At each of the five stages what Party building says today, and what was recorded."""
    with read_at_once(day):
        facts, _rules = known_facts(actor, association, day)
        rules = check_rules(association, day)
        subject = subject_of(association, day, rules, facts)
    records = checks_of(actor, association)
    stages = []
    for stage in Stage:
        found = embedding.findings(stage, subject, rules, day)
        level = embedding.HIGHEST if stage == Stage.EVALUATION else ""
        result = embedding.result_of(found, stage=stage, level=level)
        last = next((one for one in records if one.stage == stage), None)
        stages.append(
            {
                "label": str(stage.label),
                "tag": str(result.label),
                "tone": RESULT_TONES[result],
                "findings": [f"{one.text}（{one.rule}）" for one in found],
                "note": "按申报 5A 级核对；申报其他等级不作否决。" if level else "",
                "last": f"最近核查：{last.checked_on.isoformat()}，{Result(last.result).label}，{last.membership_label}"
                if last
                else "还没有登记过核查。",
                "url": reverse("partybuilding:check_new", args=[association.pk, stage.value])
                if may_see(services.CHECKERS, actor)
                else "",
            }
        )
    columns = [
        Column("stage", "环节", value=lambda row: row.get_stage_display()),
        Column("level", "申报等级", value=lambda row: row.level or None),
        RESULT,
        Column("checked_on", "核查日期", kind="date"),
        Column("by", "核查身份", value="membership_label"),
        Column("findings", "当时核对情况", css="long"),
        Column("note", "说明", value=lambda row: row.note or None, css="long"),
    ]
    return PanelContent(
        "partybuilding/embedding/panel.html",
        {
            "stages": stages,
            "moments": embedding.charter_moments(subject, rules, day),
            "records": table("核查记录", columns, records, empty="没有核查记录。"),
        },
    )


class CheckNew(AssociationScreen, ActionScreen):
    """Record that Party building was looked at, with what the gate says in front of one."""

    policy = Policy(services.CHECKERS, EDIT)
    own_tab = TAB
    submit_label = "登记核查"
    success_message = "核查已登记。"

    @property
    def stage(self) -> Stage:
        try:
            return Stage(self.kwargs["stage"])
        except ValueError:
            raise Http404 from None

    def page_title(self) -> str:
        return f"登记核查：{self.stage.label}"

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        forms = {Stage.EVALUATION: EvaluationCheckForm, Stage.ELECTION: ElectionCheckForm}
        form_class = forms.get(self.stage, CheckForm)
        return form_class(data, files, actor=self.actor, initial=self.initial())

    def initial(self) -> dict[str, Any]:
        return {"checked_on": self.today}

    def consequences(self) -> list[str]:
        return ["按核查日期核对的情况随核查保存，不能修改；情况变化的另行登记。"]

    def base_context(self) -> dict[str, Any]:
        found = "".join(f"{one.text}（{one.rule}）" for one in findings_at(self.stage, self.object, self.today))
        return {**super().base_context(), "intro": f"今天的核对情况：{found}"}

    def perform(self, form: Any) -> HookCheck:
        return services.record_check(
            self.object, stage=self.stage, actor=self.actor, now=timezone.now(), **form.cleaned_data
        )


class CheckFilter(ScreenFilterSet):
    """By association, stage and result."""

    q = SearchFilter(fields=["association__search_key"], normalise=name_key, label="社会组织")
    stage = django_filters.ChoiceFilter(label="环节", choices=Stage.choices)
    result = django_filters.ChoiceFilter(label="结果", choices=Result.choices)

    class Meta:
        model = HookCheck
        fields: list[str] = []


class CheckList(ListScreen):
    """What was recorded at the five stages."""

    policy = Policy(WORKSPACE)
    title = "五嵌入核查记录"
    unit = "条"
    model = HookCheck
    filterset_class = CheckFilter
    default_order = ("-checked_on", "-pk")
    columns = (
        Column(
            "association",
            "社会组织",
            value="association.name",
            link=association_link,
            sort="association__name",
            card="title",
        ),
        Column("region", "登记地", value="association.region.name"),
        Column("stage", "环节", value=lambda row: row.get_stage_display(), sort="stage"),
        Column("level", "申报等级", value=lambda row: row.level or None),
        RESULT,
        Column("checked_on", "核查日期", kind="date", sort="checked_on"),
        Column("by", "核查身份", value="membership_label"),
        Column("note", "说明", value=lambda row: row.note or None, css="long"),
    )
    empty = Empty("还没有核查记录。请从社会组织页面的「五嵌入」登记。")

    def crumbs(self) -> list[Crumb]:
        return coverage_crumbs()

    def get_queryset(self, actor: Actor) -> QuerySet[HookCheck]:
        return super().get_queryset(actor).select_related("association__region")
