"""Pages of rounds of evaluation: the rounds, one with its indicators, applications and results, and each step."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.evaluation import batch_services as services
from associations.evaluation import rules
from associations.evaluation.enums import GradeLevel
from associations.evaluation.forms import AnnounceForm, ApplicationsForm, BatchForm, IndicatorsForm, ResultForm
from associations.evaluation.models import EvaluationApplication, EvaluationBatch, Grade, Indicator
from associations.evaluation.selectors import eligible_in, grades_of, weight_before, weight_of
from associations.evaluation.services import RECORDERS
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import WORKSPACE
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.regulations.rules import Rate
from portal.screens import columns as screen
from portal.screens.actions import BulkActionScreen
from portal.screens.columns import BulkAction, Column, Empty, PageAction, fact, may_see
from portal.screens.filters import ScreenFilterSet, SearchFilter
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb

EDIT = {"GET", "POST"}


def batches_crumb() -> Crumb:
    return Crumb("等级评估", reverse("associations:evaluations"))


def batch_url(pk: int) -> str:
    return reverse("associations:evaluation", args=[pk])


class BatchList(ListScreen):
    policy = Policy(WORKSPACE)
    title = "等级评估"
    unit = "批"
    model = EvaluationBatch
    default_order = ("-opens_on", "-pk")
    columns = (
        Column("title", "评估批次", link=lambda row: batch_url(row.pk), card="title"),
        Column("region", "地区", value="region.name"),
        Column("number", "通知文号"),
        Column("due_on", "申报截止", kind="date", sort="due_on"),
        Column("applied", "申报（家）", kind="number", value="applied_count"),
        Column("weight", "党建指标占比", value=lambda row: row.weight.display(), align="end"),
        Column("change", "比上一批", value=lambda row: row.change, align="end"),
        Column("announced_on", "等级公告", kind="date", sort="announced_on"),
        Column("levels", "公告等级", value=lambda row: row.levels),
    )
    empty = Empty(
        "还没有评估批次。等级由民政部门评定，这里登记通知、指标、申报和公告。",
        "登记评估批次",
        "associations:evaluation_new",
        RECORDERS,
    )
    actions = (PageAction("登记评估批次", "associations:evaluation_new", roles=RECORDERS, icon="plus"),)

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return super().get_queryset(actor).select_related("region")

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Applications, weight and change of a page of rounds; three queries."""
        keys = [row.pk for row in rows]
        counts = scoped(EvaluationApplication, self.actor).filter(batch__in=keys).order_by().values_list("batch")
        applied = dict(counts.annotate(number=Count("pk")))
        places = {row.region_id for row in rows}
        indicators: dict[int, list[Indicator]] = {}
        for one in scoped(Indicator, self.actor).filter(batch__region__in=places):
            indicators.setdefault(one.batch_id, []).append(one)
        order = scoped(EvaluationBatch, self.actor).filter(region__in=places, pk__in=indicators.keys())
        weights: dict[int, list[tuple[Any, Rate]]] = {}
        for pk, region, opens_on in order.order_by("opens_on", "pk").values_list("pk", "region", "opens_on"):
            weights.setdefault(region, []).append((opens_on, rules.party_weight(indicators[pk])))
        for row in rows:
            row.applied_count = applied.get(row.pk, 0)
            row.weight = rules.party_weight(indicators.get(row.pk, []))
            earlier = [rate for opens_on, rate in weights.get(row.region_id, []) if opens_on < row.opens_on]
            row.change = row.weight.change_from(earlier[-1]).display() if earlier else None
            row.levels = "、".join(f"{level} {number}" for level, number in row.announced.items() if number) or None
        return rows


class BatchNew(FormScreen):
    policy = Policy(RECORDERS, EDIT)
    title = "登记评估批次"
    form_class = BatchForm
    intro = "按民政部门的评估通知登记。登记后录入指标，再登记申报；等级公告以后登记公告和各家等级。"
    success_message = "已登记。请录入评估指标。"

    def crumbs(self) -> list[Crumb]:
        return [batches_crumb()]

    def save(self, form: Any) -> EvaluationBatch:
        return services.open_batch(actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_url(self, result: EvaluationBatch) -> str:
        return batch_url(result.pk)


class ApplicationFilter(ScreenFilterSet):
    """By association, level applied for, and what was announced."""

    q = SearchFilter(fields=["association__search_key"], normalise=name_key, label="社会组织")
    level = django_filters.ChoiceFilter(label="申报等级", choices=GradeLevel.choices)
    result = django_filters.ChoiceFilter(
        label="公告等级", choices=[*GradeLevel.choices, ("none", "没有登记")], method="got"
    )
    warned = django_filters.BooleanFilter(label="党建核对有提示", field_name="has_warning")

    class Meta:
        model = EvaluationApplication
        fields: Sequence[str] = []

    def got(self, qs: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return qs.filter(result=None if value == "none" else value)


class BatchPage(ListScreen):
    """One round: the weight of Party building, who applied, the levels against the announcement."""

    policy = Policy(WORKSPACE)
    model = EvaluationApplication
    template_name = "associations/evaluation/batch.html"
    unit = "家申报"
    filterset_class = ApplicationFilter
    default_order = ("association__name", "pk")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "association",
            "社会组织",
            value="association.name",
            link=lambda row: reverse("associations:association", args=[row.association_id]),
            sort="association__name",
            card="title",
        ),
        Column("level", "申报等级", sort="level"),
        Column("applied_on", "申报日期", kind="date"),
        Column(
            "check",
            "党建核对",
            value=lambda row: "有提示" if row.has_warning else "通过",
            kind="state",
            tone=lambda row: "amber" if row.has_warning else "green",
            card="tag",
        ),
        Column("findings", "核对情况", css="long"),
        Column("explanation", "说明", value=lambda row: row.explanation or None, css="long"),
        Column("result", "公告等级", value="result"),
    )
    empty = Empty("还没有登记申报。")
    bulk_actions = (BulkAction("result", "登记公告等级", "associations:evaluation_results", roles=RECORDERS),)

    @cached_property
    def batch(self) -> EvaluationBatch:
        rows = scoped(EvaluationBatch, self.actor).select_related("region")
        found: EvaluationBatch = get_object_or_404(rows, pk=self.kwargs["evaluation_batch_pk"])
        return found

    def page_title(self) -> str:
        return str(self.batch)

    def crumbs(self) -> list[Crumb]:
        return [batches_crumb()]

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return with_results(scoped(EvaluationApplication, actor).filter(batch=self.batch), self.batch, actor)

    def shown_bulk_actions(self) -> list[dict[str, str]]:
        if self.batch.announced_on is None:
            return []
        query = self.request.GET.urlencode()
        return [
            {
                "code": one.code,
                "label": one.label,
                "url": f"{reverse(one.url_name, args=[self.batch.pk])}?{query}".rstrip("?"),
            }
            for one in self.get_bulk_actions()
            if may_see(one.roles, self.actor)
        ]

    def page_actions(self) -> Sequence[PageAction]:
        found = []
        if self.batch.announced_on is None:
            found = [
                PageAction("录入指标", "associations:evaluation_indicators", roles=RECORDERS, primary=False),
                PageAction("登记申报", "associations:evaluation_apply", roles=RECORDERS, primary=False),
            ]
        return [*found, PageAction("登记公告", "associations:evaluation_announce", roles=RECORDERS, primary=False)]

    def context(self) -> dict[str, Any]:
        batch = self.batch
        weight, before = weight_of(batch), weight_before(batch)
        eligible, applied = eligible_in(batch, self.actor).count(), self.get_queryset(self.actor).count()
        graded = grades_of(batch, self.actor)
        lines = rules.distribution(batch.announced, graded.values_list("level", flat=True))
        equation, is_even = rules.cross_foot(lines)
        others = graded.exclude(association__in=self.get_queryset(self.actor).values("association"))
        return {
            "batch": batch,
            "figures": [
                (
                    "党建指标占比",
                    weight.display(),
                    f"比上一批{weight.change_from(before).words()}" if before is not None else "没有上一批可以对照",
                ),
                ("申报率", Rate(applied, eligible).display(), f"申报 {applied} 家，名录中符合条件 {eligible} 家"),
                ("已登记等级", str(sum(line.recorded for line in lines)), equation),
            ],
            "facts": [
                fact("地区", batch.region.name),
                fact("通知文号", batch.number),
                fact("申报期", f"{batch.opens_on.isoformat()} 至 {batch.due_on.isoformat()}"),
                fact("等级公告", batch.announced_on, "date"),
                fact("公告文号", batch.announcement or None),
            ],
            "levels": levels_table(lines) if batch.announced_on else None,
            "is_even": is_even,
            "equation": equation,
            "others": [f"{one.association}（{one.level}）" for one in others.select_related("association")[:20]],
            "indicators": indicators_table(scoped(Indicator, self.actor).filter(batch=batch)),
        }


def with_results(rows: QuerySet[Any], batch: EvaluationBatch, actor: Actor) -> QuerySet[Any]:
    """`result`: the level that the announcement gave each one that applied; null where none is recorded."""
    graded = grades_of(batch, actor).filter(association=OuterRef("association"))
    return rows.select_related("association").annotate(result=Subquery(graded.values("level")[:1]))


def levels_table(lines: Sequence[rules.LevelLine]) -> Any:
    """Each level: announced, recorded, and what is missing."""
    columns = [
        Column("level", "等级", card="title"),
        Column("announced", "公告（家）", kind="number"),
        Column("recorded", "已登记（家）", kind="number"),
        Column("gap", "核对", value=_gap, kind="state", tone=lambda line: "red" if line.gap else "green", card="tag"),
    ]
    shown = [line for line in lines if line.announced or line.recorded]
    return screen.table("公告等级核对", columns, shown, empty="公告没有列出等级。")


def _gap(line: rules.LevelLine) -> str:
    if not line.gap:
        return "一致"
    return f"还差 {line.gap} 家" if line.gap > 0 else f"多 {-line.gap} 家"


def indicators_table(rows: Any) -> Any:
    """The indicators with the Party ones marked."""
    columns = [
        Column("section", "一级指标"),
        Column("title", "指标", card="title"),
        Column("points", "分值", value=lambda one: f"{one.points.normalize():f}", align="end"),
        Column(
            "party",
            "党建指标",
            value=lambda one: "党建" if one.is_party else None,
            kind="state",
            tone="blue",
        ),
    ]
    return screen.table("评估指标", columns, list(rows.order_by("number")), empty="还没有录入指标。")


class OneBatch:
    """What the steps of one round share."""

    model: ClassVar[Any] = EvaluationBatch
    pk_kwarg: ClassVar[str] = "evaluation_batch_pk"
    object: Any

    def crumbs(self) -> list[Crumb]:
        return [batches_crumb(), Crumb(str(self.object), batch_url(self.object.pk))]

    def success_url(self, result: Any) -> str:
        return batch_url(self.object.pk)


class IndicatorsEdit(OneBatch, FormScreen):
    """The indicators as lines; those that stand are in the box."""

    policy = Policy(RECORDERS, EDIT)
    title = "录入指标"
    form_class = IndicatorsForm
    submit_label = "保存指标"
    intro = "整张指标表一起保存，原有指标按新的一张替换。党建指标的分值之和除以全部分值，就是党建指标占比。"

    def initial(self) -> dict[str, Any]:
        rows = scoped(Indicator, self.actor).filter(batch=self.object).order_by("number")
        lines = [
            "\t".join((one.section, one.title, f"{one.points.normalize():f}", "是" if one.is_party else ""))
            for one in rows
        ]
        return {"text": "\n".join(lines)}

    def save(self, form: Any) -> int:
        return services.set_indicators(
            self.object, actor=self.actor, version=self.version, now=timezone.now(), **form.cleaned_data
        )

    def success_text(self, result: int) -> str:
        return f"已保存 {result} 项指标。"


class ApplicationsNew(OneBatch, FormScreen):
    """Who applies for a level; several at once."""

    policy = Policy(RECORDERS, EDIT)
    title = "登记申报"
    form_class = ApplicationsForm
    submit_label = "登记申报"
    intro = "登记时按申报日期核对党建情况并留存。申报 5A 级、符合条件而没有组建党组织的，一票否决。"

    def initial(self) -> dict[str, Any]:
        return {"applied_on": min(self.today, self.object.due_on)}

    def save(self, form: Any) -> Any:
        return services.record_applications(self.object, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_text(self, result: Any) -> str:
        return f"已登记 {len(result)} 家申报。"


class Announce(OneBatch, FormScreen):
    """What civil affairs announced."""

    policy = Policy(RECORDERS, EDIT)
    title = "登记公告"
    form_class = AnnounceForm
    submit_label = "登记公告"
    intro = "按公告原文登记各等级家数，随后逐家登记或导入等级。两边逐级核对，不一致的在批次页面标出。"
    success_message = "公告已登记。请登记各家的等级。"

    def initial(self) -> dict[str, Any]:
        batch = self.object
        counts = {f"count_{level.lower()}": number for level, number in batch.announced.items()}
        return {"announced_on": batch.announced_on, "announcement": batch.announcement, **counts}

    def save(self, form: Any) -> EvaluationBatch:
        return services.announce(
            self.object,
            announced_on=form.cleaned_data["announced_on"],
            announcement=form.cleaned_data["announcement"],
            counts=form.counts(),
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )


class ResultsNew(BulkActionScreen):
    """One announced level for those that are chosen."""

    policy = Policy(RECORDERS, EDIT)
    title = "登记公告等级"
    filterset_class = ApplicationFilter
    form_class = ResultForm
    submit_label = "登记等级"

    @cached_property
    def batch(self) -> EvaluationBatch:
        rows = scoped(EvaluationBatch, self.actor).select_related("region")
        found: EvaluationBatch = get_object_or_404(rows, pk=self.kwargs["evaluation_batch_pk"])
        return found

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        rows = scoped(EvaluationApplication, actor).filter(batch=self.batch).select_related("batch__region")
        return with_results(rows, self.batch, actor)

    def crumbs(self) -> list[Crumb]:
        return [batches_crumb(), Crumb(str(self.batch), batch_url(self.batch.pk))]

    def decision(self) -> Decision:
        if self.batch.announced_on is None:
            return Decision(False, "还没有登记等级公告。请先登记公告，再登记各家的等级。")
        return Decision(True)

    def consequences(self) -> list[str]:
        return ["所选社会组织登记同一等级，公告日期和文号按本批次的公告，有效期按公告当日施行的评估办法计算。"]

    def perform(self, form: Any) -> list[Grade]:
        level = form.cleaned_data["level"]
        return services.record_results(self.objects, level=level, actor=self.actor, now=timezone.now())

    def success_text(self, result: list[Grade]) -> str:
        return f"已登记 {len(result)} 家的等级。"

    def success_url(self, result: Any) -> str:
        return batch_url(self.batch.pk)
