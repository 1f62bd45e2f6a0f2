"""Pages of the ledgers: the list of a campaign, one entry, and what a unit or the body above does with it."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaigns.ledgers import services
from campaigns.ledgers.enums import ENTRY_TONES, UNDERTAKEN, EntryKind, EntryState
from campaigns.ledgers.filters import EntryFilter
from campaigns.ledgers.forms import EntryForm, FinishForm, PromoteForm, ReasonForm
from campaigns.ledgers.models import Entry, Signatory
from campaigns.ledgers.rules import may_keep, state_words
from campaigns.ledgers.selectors import entries_for, keeping_facts, signatories_of
from campaigns.ledgers.services import entry_facts
from campaigns.ledgers.transitions import FINISH, RETURN, WITHDRAW
from campaigns.plans.models import Campaign, Unit
from campaigns.plans.selectors import is_own_unit, is_reviewer
from campaigns.plans.transitions import PLANNERS, READERS, RUNNERS
from campaigns.plans.unit_views import UNIT, UnitScreen
from campaigns.plans.views import EDIT, LIST, PAGE
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, may_see, table
from portal.screens.details import DetailScreen, Header
from portal.screens.fields import ScreenForm
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen
from portal.workflow.services import explain, history

ENTRY = "campaigns:entry"
FILE_KIND = "campaign_entry"


def due_or_done(row: Entry) -> Any:
    """The day it is wanted, or was done, as the list shows it."""
    if row.state == EntryState.OPEN and row.due_on is not None:
        return (row.due_on, timezone.localdate())
    return None


ENTRY_COLUMNS = (
    Column("title", "事项", link=lambda row: reverse(ENTRY, args=[row.pk]), card="title", sort="title"),
    Column("kind", "台账", value=lambda row: EntryKind(row.kind).label),
    Column("began_on", "提出（开展）日期", kind="date", sort="began_on"),
    Column("due_on", "完成期限", value=due_or_done, kind="deadline", sort="due_on"),
    Column("done_on", "完成日期", kind="date", sort="done_on"),
    Column("result", "结果", value=lambda row: row.result or None, css="long"),
    Column(
        "state",
        "状态",
        value=lambda row: state_words(row.kind, row.state),
        kind="state",
        tone=lambda row: ENTRY_TONES[EntryState(row.state)],
        card="tag",
    ),
)


class EntryList(ListScreen):
    """The ledgers of one campaign, of all units the actor reaches."""

    policy = Policy(READERS)
    title = "活动台账"
    unit = "项"
    filterset_class = EntryFilter
    default_order = ("-began_on", "pk")
    columns = (
        *ENTRY_COLUMNS[:2],
        Column(
            "unit",
            "单位",
            value="unit",
            link=lambda row: reverse(UNIT, args=[row.unit_id]) + "?tab=ledgers",
            css="long",
        ),
        *ENTRY_COLUMNS[2:-1],
        Column("promoted_on", "推广日期", kind="date", sort="promoted_on"),
        ENTRY_COLUMNS[-1],
    )
    empty = Empty("还没有台账。参加单位在本单位页面的「台账」中登记。")

    @cached_property
    def campaign(self) -> Campaign:
        return get_object_or_404(scoped(Campaign, self.actor), pk=self.kwargs["campaign_pk"])

    def crumbs(self) -> list[Crumb]:
        return [Crumb("创先争优", reverse(LIST)), Crumb(str(self.campaign), reverse(PAGE, args=[self.campaign.pk]))]

    def get_queryset(self, actor: Actor) -> QuerySet[Entry]:
        return entries_for(actor, self.campaign)


def _uploaded(screen: Any, upload: Any) -> Any:
    """The file of a form as it is kept, or none."""
    if not upload:
        return None
    return take_upload(upload, label="佐证材料", kind=FILE_KIND, actor=screen.actor, now=timezone.now())


class EntryNew(UnitScreen, FormScreen):
    """Put a line into a ledger of the unit."""

    policy = Policy(PLANNERS, EDIT)
    form_class = EntryForm
    submit_label = "保存"
    template_name = "campaigns/ledgers/new.html"

    @cached_property
    def kind(self) -> EntryKind:
        try:
            return EntryKind(self.kwargs["kind"])
        except ValueError:
            raise Http404 from None

    def page_title(self) -> str:
        return f"登记{self.kind.label}"

    def context(self) -> dict[str, Any]:
        facts = keeping_facts(self.object, self.actor, self.today, self.kind)
        return {"decision": may_keep(facts)}

    def form_kwargs(self) -> dict[str, Any]:
        return {"campaign": self.object.campaign, "kind": self.kind}

    def initial(self) -> dict[str, Any]:
        return {"began_on": self.today}

    def save(self, form: Any) -> Entry:
        given = dict(form.cleaned_data)
        file = _uploaded(self, given.pop("file"))
        return services.record_entry(
            self.object, kind=self.kind, file=file, actor=self.actor, now=timezone.now(), **given
        )

    def success_url(self, result: Any) -> str:
        return reverse(UNIT, args=[self.object.pk]) + "?tab=ledgers"

    def success_text(self, result: Any) -> str:
        return f"「{result}」已登记。"


class EntryScreen:
    """What the pages of one entry share."""

    model = Entry
    pk_kwarg = "entry_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Entry]:
        rows = scoped(Entry, actor).select_related("arena", "file", "unit__campaign__region")
        return rows.select_related("unit__organization__committee", "unit__department__parent")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        unit: Unit = one.unit
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(unit.campaign), reverse(PAGE, args=[unit.campaign_id])),
            Crumb(str(unit), reverse(UNIT, args=[unit.pk]) + "?tab=ledgers"),
            Crumb(str(one), reverse(ENTRY, args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse(ENTRY, args=[self.object.pk])  # type: ignore[attr-defined]


class EntryDetail(EntryScreen, DetailScreen):
    """One line of a ledger."""

    policy = Policy(READERS)
    subject = "campaigns.Entry"
    template_name = "campaigns/ledgers/entry.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def header(self, obj: Entry) -> Header:
        tags = [Tag(state_words(obj.kind, obj.state), ENTRY_TONES[EntryState(obj.state)])]
        if obj.promoted_on:
            tags.append(Tag("已推广", "green"))
        return Header(str(obj), tags, [str(EntryKind(obj.kind).label), str(obj.unit)])

    def page_actions(self) -> Any:
        one, found = self.object, []
        if may_see(PLANNERS, self.actor) and is_own_unit(one.unit, self.actor) and one.state != EntryState.WITHDRAWN:
            is_open = one.state == EntryState.OPEN
            if is_open:
                found.append(PageAction(FINISH.label, "campaigns:entry_finish"))
            if is_open or one.kind not in UNDERTAKEN:
                found.append(PageAction("修改", "campaigns:entry_edit", icon="edit", primary=False))
            found.append(PageAction(WITHDRAW.label, "campaigns:entry_withdraw", primary=False))
        if one.state == EntryState.DONE and may_see(RUNNERS, self.actor) and is_reviewer(one.unit, self.actor):
            if one.kind in UNDERTAKEN and one.promoted_on is None:
                found.append(PageAction(RETURN.label, "campaigns:entry_return", primary=False))
            found.append(PageAction("登记推广", "campaigns:entry_promote", primary=one.kind == EntryKind.CASE))
        return found

    def context(self) -> dict[str, Any]:
        one = self.object
        is_undertaken = one.kind in UNDERTAKEN
        return {
            "facts": [
                fact("台账", EntryKind(one.kind).label),
                fact("单位", one.unit, url=reverse(UNIT, args=[one.unit_id])),
                fact("群众组织", one.get_group_display() or None),
                fact("来源", one.get_origin_display() or None),
                fact("创争领域", one.arena),
                fact("提出日期" if is_undertaken else "开展日期", one.began_on, "date"),
                fact("完成期限", one.due_on, "date"),
                fact("完成日期", one.done_on, "date"),
                fact("结果" if is_undertaken else "成效", one.result or None),
                fact("制度名称或文号", one.document or None),
                fact("参加人数", one.taking_part_count, "number"),
                fact("受益人数", one.served_count, "number"),
                fact("撤销或退回原因", one.remark or None),
                fact("推广", f"{one.promoted_on.isoformat()}：{one.promotion}" if one.promoted_on else None),
            ],
            "paragraphs": one.text.splitlines(),
            "signatories": self._signatories(),
            "file_url": reverse("campaigns:entry_file", args=[one.pk]) if one.file_id else "",
            "moves": table(
                "办理经过",
                [
                    Column("at", "时间", kind="datetime"),
                    Column("label", "办理", value=lambda row: MOVES.get(row.transition, row.transition)),
                    Column("by", "办理人", value="membership_label"),
                    Column("comment", "意见", value=lambda row: row.comment or None, css="long"),
                ],
                history(one),
                empty="登记后没有办理。",
            ),
        }

    def _signatories(self) -> Any:
        """Who signed an integrity pledge; nothing for another ledger."""
        if self.object.kind != EntryKind.INTEGRITY:
            return None
        columns = [
            Column("number", "序号", kind="number"),
            Column("name", "签订单位", link=association_url, card="title"),
            Column("known", "名录", value=lambda row: "在册社会组织" if row.association_id else "其他单位"),
        ]
        return table("签订单位", columns, signatories_of(self.object))


def association_url(row: Signatory) -> str | None:
    """The file of a signatory that the register knows."""
    return reverse("associations:association", args=[row.association_id]) if row.association_id else None


MOVES = {"finish_entry": "登记完成", "withdraw_entry": "撤销", "return_entry": "退回重办"}


class EntryEdit(EntryScreen, FormScreen):
    """Correct a line."""

    policy = Policy(PLANNERS, EDIT)
    title = "修改台账"
    form_class = EntryForm
    submit_label = "保存"
    success_message = "已保存。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"campaign": self.object.unit.campaign, "kind": self.object.kind}

    def initial(self) -> dict[str, Any]:
        kept = {"file", "signatories"}
        found = {name: getattr(self.object, name) for name in EntryForm.base_fields if name not in kept}
        return found | {"signatories": "\n".join(str(one) for one in signatories_of(self.object))}

    def save(self, form: Any) -> Entry:
        given = dict(form.cleaned_data)
        file = _uploaded(self, given.pop("file"))
        return services.change_entry(
            self.object, file=file, actor=self.actor, now=timezone.now(), version=self.version, **given
        )


class EntryAct(EntryScreen, ActionScreen):
    """A move of one entry; the page says beforehand who may."""

    policy = Policy(PLANNERS, EDIT)
    form_class: ClassVar[type[ScreenForm]] = ReasonForm
    transition: Any = None

    def page_title(self) -> str:
        return str(self.title or self.transition.label)

    def decision(self) -> Decision:
        # Finishing is asked with what the form will hold.
        wanted = {"done_on": self.today, "result": "—", "document": "—"} if self.transition is FINISH else {}
        facts = entry_facts(self.object, self.actor, max(self.today, self.object.began_on), **wanted)
        return explain(self.transition, self.object, actor=self.actor, facts=facts)


class EntryFinish(EntryAct):
    """What was undertaken is done."""

    title = submit_label = FINISH.label
    form_class = FinishForm
    transition = FINISH
    success_message = "已登记完成。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"kind": self.object.kind}

    def initial(self) -> dict[str, Any]:
        return {"done_on": self.today}

    def perform(self, form: Any) -> Entry:
        given = dict(form.cleaned_data)
        file = _uploaded(self, given.pop("file"))
        return services.finish_entry(
            self.object, file=file, actor=self.actor, now=timezone.now(), version=self.version, **given
        )


class EntryWithdraw(EntryAct):
    """A line that was recorded by mistake or fell away."""

    title = submit_label = WITHDRAW.label
    transition = WITHDRAW
    success_message = "已撤销。"
    is_dangerous = True

    def consequences(self) -> list[str]:
        return ["撤销后仍可查看，不再计入统计，不能恢复。"]

    def perform(self, form: Any) -> Entry:
        return services.withdraw_entry(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class EntryReturn(EntryAct):
    """A result that does not hold goes back to the unit."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = RETURN.label
    transition = RETURN
    success_message = "已退回，任务已发到该单位。"

    def consequences(self) -> list[str]:
        return [f"「{self.object.unit}」重新办理，完成日期和结果可再填写。"]

    def perform(self, form: Any) -> Entry:
        return services.return_entry(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class EntryPromote(EntryScreen, FormScreen):
    """A good case is spread further."""

    policy = Policy(RUNNERS, EDIT)
    title = "登记推广"
    form_class = PromoteForm
    submit_label = "保存"
    success_message = "已登记推广。"

    def initial(self) -> dict[str, Any]:
        return {"promoted_on": self.object.promoted_on or self.today, "promotion": self.object.promotion}

    def save(self, form: Any) -> Entry:
        return services.promote_entry(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class EntryFile(EntryScreen, Screen):
    """The evidence of one entry."""

    policy = Policy(READERS)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        file = self.object.file
        if file is None:
            raise Http404
        return shown(file)
