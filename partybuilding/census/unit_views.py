"""Pages of a unit in a census: its list, one association, confirming the list, taking it back."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.census import rules, services
from partybuilding.census.enums import (
    ROW_TONES,
    Aspect,
    RowState,
)
from partybuilding.census.forms import ConfirmForm, FoundForm, ReturnForm
from partybuilding.census.models import CensusRow, CensusUnit
from partybuilding.census.row_views import (
    ROW_COLUMNS,
    RowFilter,
    bulk_here,
    correction_label,
    correction_url,
    with_findings,
)
from partybuilding.census.selectors import (
    ANY_PROBLEM,
    active_kinds,
    progress_of,
    unchecked_count,
    unit_facts,
)
from partybuilding.census.views import census_crumb, censuses_crumb
from partybuilding.closing.enums import UNIT_TONES, UnitState
from partybuilding.closing.transitions import CLOSERS
from partybuilding.closing.views import EDIT
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens import columns as screen
from portal.screens.actions import ActionScreen, BulkActionScreen
from portal.screens.columns import BulkAction, Column, Empty
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb


class UnitOfCensus:
    """What the pages about one unit share."""

    model: ClassVar[Any] = CensusUnit
    pk_kwarg: ClassVar[str] = "census_unit_pk"
    object: Any

    def get_queryset(self, actor: Actor) -> Any:
        return scoped(CensusUnit, actor).select_related("census", "department", "region")

    def crumbs(self) -> list[Crumb]:
        unit = self.object
        return [*censuses_crumb(), census_crumb(unit.census), Crumb(unit.label, unit.url)]


class UnitPage(ListScreen):
    """The list of a unit: to be checked one by one, what agrees at once."""

    policy = Policy(CLOSERS)
    model = CensusRow
    template_name = "partybuilding/census/unit.html"
    unit = "家"
    filterset_class = RowFilter
    default_order = ("state", "name", "pk")
    columns = ROW_COLUMNS
    bulk_actions = (BulkAction("agree", "与登记一致", "partybuilding:census_agree"),)
    empty = Empty("这个单位没有需要核对的社会组织。")

    @cached_property
    def subject(self) -> CensusUnit:
        rows = scoped(CensusUnit, self.actor).select_related("census", "department", "region")
        found: CensusUnit = get_object_or_404(rows, pk=self.kwargs["census_unit_pk"])
        return found

    @cached_property
    def may_check(self) -> Decision:
        return rules.may_check(unit_facts(self.subject, self.actor))

    def page_title(self) -> str:
        return f"{self.subject.label}摸底名单"

    def crumbs(self) -> list[Crumb]:
        return [*censuses_crumb(), census_crumb(self.subject.census)]

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return with_findings(scoped(CensusRow, actor).filter(unit=self.subject), actor)

    def shown_bulk_actions(self) -> list[dict[str, str]]:
        return bulk_here(self, self.subject.pk) if self.may_check else []

    def context(self) -> dict[str, Any]:
        unit = self.subject
        progress = progress_of([unit.pk], self.actor)[unit.pk]
        facts = unit_facts(unit, self.actor, unchecked=progress.unchecked)
        return {
            "unit_object": unit,
            "census": unit.census,
            "state": UnitState(unit.state),
            "state_tone": UNIT_TONES[UnitState(unit.state)],
            "figures": [
                ("社会组织", progress.rows, ""),
                ("未核对", progress.unchecked, f"?state={RowState.UNCHECKED}"),
                ("与登记一致", progress.agrees, f"?state={RowState.AGREES}"),
                ("有出入", progress.differs, f"?state={RowState.DIFFERS}"),
                ("有问题", progress.problems, f"?problem={ANY_PROBLEM}"),
            ],
            "may_check": self.may_check,
            "may_confirm": rules.may_confirm(facts),
            "may_return": unit.state == UnitState.CONFIRMED and bool(rules.may_reopen(facts)),
            "return_label": "撤回确认" if facts.answers else "退回重新核对",
            "may_contact": facts.urges or facts.answers,
        }


class RowsAgree(UnitOfCensus, BulkActionScreen):
    """Say of the chosen associations that the register is right."""

    policy = Policy(CLOSERS, EDIT)
    title = "与登记一致"
    filterset_class = RowFilter
    submit_label = "核对一致"

    @cached_property
    def object(self) -> CensusUnit:  # type: ignore[override]  # the rows hang on it
        rows = scoped(CensusUnit, self.actor).select_related("census", "department", "region")
        return get_object_or_404(rows, pk=self.kwargs["census_unit_pk"])

    def get_queryset(self, actor: Actor) -> QuerySet[Any]:
        return scoped(CensusRow, actor).filter(unit=self.object)

    def decision(self) -> Decision:
        return rules.may_check(unit_facts(self.object, self.actor))

    def consequences(self) -> list[str]:
        return ["所选社会组织中未核对的，登记为“与登记一致”；已经登记出入的不变。"]

    def perform(self, form: Any) -> int:
        pks = [row.pk for row in self.objects]
        return services.check_many(self.object, pks, actor=self.actor, now=timezone.now())

    def success_text(self, result: int) -> str:
        return f"已核对 {result} 家。"

    def success_url(self, result: Any) -> str:
        return str(self.object.url)


class RowPage(FormScreen):
    """One association: what the register says beside what was found, its problems, and the way to the correction."""

    policy = Policy(CLOSERS, EDIT)
    model = CensusRow
    pk_kwarg = "census_row_pk"
    template_name = "partybuilding/census/row.html"
    submit_label = "保存核对结果"
    success_message = "已保存。"

    def get_queryset(self, actor: Actor) -> Any:
        rows = scoped(CensusRow, actor).select_related("unit__census", "unit__department", "unit__region")
        return with_findings(rows, actor)

    def page_title(self) -> str:
        return f"核对{self.object.name}"

    def crumbs(self) -> list[Crumb]:
        unit = self.object.unit
        return [*censuses_crumb(), census_crumb(unit.census), Crumb(unit.label, unit.url)]

    @cached_property
    def is_within(self) -> bool:
        """It may have gone to another body since: its answer stays, its file is out of reach."""
        return scoped(Association, self.actor).filter(pk=self.object.association_id).exists()

    def initial(self) -> dict[str, Any]:
        registered = self.object.registered
        said: dict[str, Any] = {aspect.value: rules.code_of(registered, aspect) for aspect in Aspect}
        said |= {one.aspect: one.found for one in self.object.found}
        for name in (Aspect.RELATION, Aspect.WORKING):
            said[name] = None if said[name] == rules.UNKNOWN else said[name]
        return {**said, "problems": [one.kind_id for one in self.object.troubles], "note": self.object.note}

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        return FoundForm(data, files, actor=self.actor, initial=self.initial(), registered=self.object.registered)

    def context(self) -> dict[str, Any]:
        row = self.object
        columns = [
            Column("aspect", "项目", value=lambda one: one.get_aspect_display(), card="title"),
            Column("registered", "登记", value=lambda one: rules.words(one.aspect, one.registered)),
            Column("found", "查得", value=lambda one: rules.words(one.aspect, one.found)),
            Column(
                "correct",
                "更正登记",
                value=lambda one: correction_label(one.aspect) if self.is_within else None,
                link=lambda one: correction_url(one.aspect, row.association_id) if self.is_within else None,
            ),
        ]
        return {
            "row": row,
            "state": RowState(row.state),
            "state_tone": ROW_TONES[RowState(row.state)],
            "differing": screen.table("与登记的出入", columns, row.found) if row.found else None,
            "troubles": [f"{one.kind.label}。对策：{one.kind.remedy}" for one in row.troubles],
            "kinds": [f"{kind.label}：{kind.hint}" for kind in active_kinds()],
            "may_check": rules.may_check(unit_facts(row.unit, self.actor)),
            "association_url": reverse("associations:association", args=[row.association_id]) if self.is_within else "",
        }

    def save(self, form: Any) -> CensusRow:
        return services.check_row(
            self.object,
            found=form.standing(),
            kinds=list(form.cleaned_data["problems"]),
            note=form.cleaned_data["note"],
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )

    def success_url(self, result: CensusRow) -> str:
        """The next one that nobody has checked, so that a list is worked through without going back."""
        waiting = scoped(CensusRow, self.actor).filter(unit=result.unit, state=RowState.UNCHECKED)
        following = waiting.filter(name__gt=result.name).order_by("name", "pk").first()
        following = following or waiting.order_by("name", "pk").first()
        if result.state == RowState.DIFFERS:
            return reverse("partybuilding:census_row", args=[result.pk])
        if following is None:
            return str(result.unit.url)
        return reverse("partybuilding:census_row", args=[following.pk])


class UnitConfirm(UnitOfCensus, ActionScreen):
    """Confirm a list with its main problems in words."""

    policy = Policy(CLOSERS, EDIT)
    title = "确认报送"
    form_class = ConfirmForm
    success_message = "已确认报送。"

    def decision(self) -> Decision:
        facts = unit_facts(self.object, self.actor, unchecked=unchecked_count(self.object))
        if facts.is_confirmed:
            return Decision(False, "这份名单已经确认报送。需要修改的，请先撤回确认。")
        return rules.may_confirm(facts)

    def initial(self) -> dict[str, Any]:
        return {"summary": self.object.summary}

    def consequences(self) -> list[str]:
        progress = progress_of([self.object.pk], self.actor)[self.object.pk]
        return [
            f"名单 {progress.rows} 家已全部核对：一致 {progress.agrees} 家，有出入 {progress.differs} 家，"
            f"有问题 {progress.problems} 家。",
            "确认后不能再改；需要修改的，办结以前可以撤回。登记有误的，请按出入清单更正登记。",
        ]

    def perform(self, form: Any) -> CensusUnit:
        return services.confirm_unit(
            self.object, actor=self.actor, version=self.version, now=timezone.now(), **form.cleaned_data
        )

    def success_url(self, result: CensusUnit) -> str:
        return result.url


class UnitReturn(UnitOfCensus, ActionScreen):
    """Take a confirmed list back, or return it."""

    policy = Policy(CLOSERS, EDIT)
    title = "退回重新核对"
    form_class = ReturnForm
    success_message = "已退回，名单可以重新核对。"

    def decision(self) -> Decision:
        return services.explain_return(self.object, self.actor)

    def consequences(self) -> list[str]:
        return ["名单重新打开，已填写的核对结果保留；改好后须再次确认报送。"]

    def perform(self, form: Any) -> CensusUnit:
        return services.return_unit(
            self.object, actor=self.actor, version=self.version, now=timezone.now(), **form.cleaned_data
        )

    def success_url(self, result: CensusUnit) -> str:
        return result.url
