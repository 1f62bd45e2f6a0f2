"""Pages of one unit under one method: what was recorded, recording it, taking it back."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from campaigns.ballots.overview import appraisal_parts
from campaigns.methods import services
from campaigns.methods.enums import FULFILMENT_TONES, Fulfilment
from campaigns.methods.forms import FORMS, PledgeForm, RatingForm, ReasonForm, RecordForm
from campaigns.methods.models import MethodRecord, Pledge, PledgeEdition
from campaigns.methods.overview import method_url
from campaigns.methods.rules import RecordFacts, may_record, may_record_directly, may_withdraw
from campaigns.methods.selectors import (
    aspect_keys,
    aspects_by_pledge,
    comment_of,
    editions_of,
    may_pledge,
    method_numbered,
    pledges_of,
    pledging,
    record_facts,
    records_of,
    review_of,
    speakers_of,
    withdraw_facts,
)
from campaigns.methods.services import RECORDERS
from campaigns.plans.enums import MethodForm
from campaigns.plans.models import Method, Unit
from campaigns.plans.transitions import READERS
from campaigns.plans.unit_views import UnitScreen
from campaigns.plans.views import EDIT
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.files.models import StoredFile
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.regulations.rules import Rate
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, PageAction, Tag, fact, known, table
from portal.screens.details import DetailScreen, Header
from portal.screens.screen import Crumb, Screen
from portal.screens.values import Missing

TAB = "?tab=methods"
# What the two numbers of a record are, by the form of its method.
COUNTED: dict[str, str] = {
    MethodForm.PLEDGE: "公开承诺/应承诺的党员（人）",
    MethodForm.REVIEW: "实到/应到党员（人）",
    MethodForm.APPRAISAL: "有效票/应参加评议（人）",
}
FILE_KIND = "method_record"


class UnitMethodScreen(UnitScreen):
    """What the pages of one unit under one method share."""

    kwargs: dict[str, Any]

    @cached_property
    def method(self) -> Method:
        found = method_numbered(self.object, self.kwargs["method_number"])  # type: ignore[attr-defined]
        if found is None:
            raise Http404
        return found

    @cached_property
    def records(self) -> dict[int, MethodRecord]:
        return records_of(self.object)  # type: ignore[attr-defined]

    @property
    def record(self) -> MethodRecord | None:
        return self.records.get(self.method.pk)

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        *above, own = super().crumbs()
        return [*above, Crumb(own.label, own.url + TAB), Crumb(str(self.method), method_url(one, self.method))]

    def success_url(self, result: Any) -> str:
        return method_url(self.object, self.method)  # type: ignore[attr-defined]


class UnitMethod(UnitMethodScreen, DetailScreen):
    """What a unit did under one method."""

    policy = Policy(READERS)
    template_name = "campaigns/methods/method.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def header(self, obj: Unit) -> Header:
        tag = Tag("已完成", "green") if self.record else Tag("未完成", "grey")
        return Header(f"{self.method}：{obj}", [tag], [MethodForm(self.method.form).label, str(obj.campaign)])

    @cached_property
    def facts(self) -> RecordFacts:
        done = {pk: row.done_on for pk, row in self.records.items()}
        return record_facts(self.object, self.method, self.actor, self.today, done=done)

    @cached_property
    def decision(self) -> Decision:
        return may_record(self.facts)

    @cached_property
    def pledging(self) -> Decision:
        return pledging(self.method, self.facts)

    def page_actions(self) -> Any:
        found = []
        form = self.method.form
        if self.pledging:
            found.append(PageAction("登记承诺", "campaigns:pledge_new", icon="plus"))
        if self.decision and form == MethodForm.APPRAISAL:
            found.append(PageAction("登记纸质评议", "campaigns:paper_new"))
            found.append(PageAction("组织投票", "campaigns:ballot_new", primary=False))
        elif self.decision:
            found.append(PageAction("登记完成", "campaigns:method_record", primary=form != MethodForm.PLEDGE))
        return found

    def context(self) -> dict[str, Any]:
        row = self.record
        return {
            "work": self.method.work,
            "facts": record_lines(row) if row else [],
            "summary": row.summary.splitlines() if row else [],
            "why_not": "" if row or self.decision else self.decision.reason,
            "file_url": reverse("campaigns:method_file", args=[row.pk]) if row and row.file_id else "",
            "withdraw_url": reverse("campaigns:method_withdraw", args=[row.pk])
            if row and may_withdraw(withdraw_facts(row, self.actor))
            else "",
            **self._parts(),
        }

    def _parts(self) -> dict[str, Any]:
        """What the form of the method adds."""
        unit, method, row = self.object, self.method, self.record
        if method.form == MethodForm.APPRAISAL:
            return appraisal_parts(unit, method)
        if method.form == MethodForm.PLEDGE:
            rows = pledges_of(unit, method)
            if any(one.member_id for one in rows):
                self.show_people([one.member_id for one in rows if one.member_id])
            editions = editions_of(unit, method)
            return {
                "pledges": pledge_table(rows, aspects_by_pledge(rows), is_kept=bool(self.pledging)),
                "editions": edition_table(editions) if editions else None,
            }
        if row is not None and method.form == MethodForm.REVIEW and (review := review_of(row)) is not None:
            names = speakers_of(review)
            if names:
                self.show_people([row.pk])
            return {
                "details": known(
                    fact("会议类别", review.get_kind_display()),
                    fact("陈述党员（人）", review.statement_count, "number"),
                    fact("陈述党员", "、".join(names) or None),
                    fact("邀请群众代表（人）", review.guest_count, "number"),
                ),
                "texts": _texts(("自查的问题", review.problems), ("书记小结", review.secretary_summary)),
            }
        if row is not None and method.form == MethodForm.COMMENT and (said := comment_of(row)) is not None:
            return {
                "details": [
                    fact("点评单位", said.body),
                    fact("点评人职务", said.post),
                    fact("结合的工作", said.get_occasion_display()),
                ],
                "texts": _texts(
                    ("取得的成绩", said.achievements), ("存在的问题", said.problems), ("努力方向", said.direction)
                ),
            }
        return {}


def _texts(*pairs: tuple[str, str]) -> list[tuple[str, list[str]]]:
    return [(label, text.splitlines()) for label, text in pairs if text]


def record_lines(row: MethodRecord) -> list[Any]:
    """The facts of one record."""
    return [
        fact("完成日期", row.done_on, "date"),
        *(
            [
                fact(
                    COUNTED.get(row.method.form, "参加/应参加（人）"),
                    f"{row.present_count}/{row.expected_count}（{rate.display()}）",
                )
            ]
            if row.expected_count and (rate := Rate(row.present_count or 0, row.expected_count))
            else []
        ),
        fact("登记人", row.recorded_by.display_name),
        fact("登记时间", row.recorded_at, "datetime"),
    ]


def pledge_table(rows: list[Pledge], aspects: dict[int, list[str]], *, is_kept: bool) -> Any:
    """Pledges with the three judgements."""

    def rating(code: str, label: str) -> Column:
        return Column(
            code,
            label,
            value=lambda row: Fulfilment(getattr(row, code)) if getattr(row, code) else None,
            kind="state",
            tone=lambda row: FULFILMENT_TONES[Fulfilment(getattr(row, code))] if getattr(row, code) else "grey",
        )

    columns = [
        Column("of", "承诺人", value=lambda row: str(row.member) if row.member else "本党组织", card="title"),
        Column("aspects", "承诺方面", value=lambda row: "、".join(aspects.get(row.pk, [])) or None, css="long"),
        Column("text", "承诺内容", css="long"),
        Column(
            "published",
            "公布",
            value=lambda row: (
                f"{row.published_on} {row.get_channel_display()}" if row.published_on else Missing.NOT_REPORTED
            ),
        ),
        Column("due_on", "兑现期限", kind="date"),
        rating("self_rating", "自评"),
        rating("branch_rating", "支部评定"),
        rating("mass_rating", "群众评定"),
    ]
    if is_kept:
        columns += [
            Column(
                "change",
                "修改",
                value=lambda row: "更正重公布" if row.published_on else "修改、公布",
                link=lambda row: reverse("campaigns:pledge_change", args=[row.pk]),
            ),
            Column(
                "rate",
                "办理",
                value=lambda row: "评定兑现" if row.published_on else None,
                link=lambda row: reverse("campaigns:pledge_rate", args=[row.pk]) if row.published_on else None,
            ),
        ]
    return table("公开承诺", columns, rows, empty="还没有登记承诺。")


def edition_table(rows: list[PledgeEdition]) -> Any:
    """What pledges said before they were corrected."""
    columns = [
        Column("of", "承诺人", value=lambda row: str(row.pledge.member or "本党组织"), card="title"),
        Column("text", "原承诺内容", css="long"),
        Column("published", "原公布", value=lambda row: f"{row.published_on} {row.get_channel_display()}"),
        Column("due_on", "原兑现期限", kind="date"),
        Column("replaced_at", "更正时间", kind="datetime"),
        Column("reason", "更正原因", css="long"),
        Column("replaced_by", "更正人", value=lambda row: row.replaced_by.display_name),
    ]
    return table("更正记录", columns, rows)


class MethodRecordNew(UnitMethodScreen, ActionScreen):
    """Record that the unit has done a method, with what its form asks for."""

    policy = Policy(RECORDERS, EDIT)
    submit_label = "登记完成"
    success_message = "已登记。"

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        kind = FORMS.get(self.method.form, RecordForm)
        return kind(data, files, actor=self.actor, initial={"done_on": self.today}, unit=self.object)

    def page_title(self) -> str:
        return f"登记{self.method}"

    def decision(self) -> Decision:
        return may_record_directly(record_facts(self.object, self.method, self.actor, self.today))

    def consequences(self) -> list[str]:
        return [self.method.work] if self.method.work else []

    def perform(self, form: Any) -> MethodRecord:
        data, now = form.cleaned_data, timezone.now()
        services.check_record(self.object, self.method, data["done_on"], self.actor, now)
        file = _stored(data["file"], self.actor, now)
        return services.record_method(
            self.object,
            self.method,
            done_on=data["done_on"],
            summary=data.get("summary", ""),
            given=form.given(),
            file=file,
            actor=self.actor,
            now=now,
            version=self.version,
        )


def _stored(upload: Any, actor: Actor, now: datetime) -> StoredFile | None:
    return take_upload(upload, label="材料", kind=FILE_KIND, actor=actor, now=now) if upload else None


class PledgeNew(UnitMethodScreen, ActionScreen):
    """Record a published pledge."""

    policy = Policy(RECORDERS, EDIT)
    title = submit_label = "登记承诺"
    success_message = "承诺已登记。全部登记后请登记完成。"

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        return PledgeForm(data, files, actor=self.actor, initial={"published_on": self.today}, unit=self.object)

    def decision(self) -> Decision:
        return may_pledge(self.object, self.method, self.actor, self.today)

    def perform(self, form: Any) -> Pledge:
        return services.record_pledge(
            self.object, self.method, actor=self.actor, now=timezone.now(), **form.cleaned_data
        )


class PledgeScreen:
    """What the pages of one pledge share."""

    model = Pledge
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Pledge]:
        rows = scoped(Pledge, actor).select_related("unit__campaign__region", "method", "member__person")
        return rows.select_related("unit__organization__committee", "unit__department__parent")

    def crumbs(self) -> list[Crumb]:
        one: Pledge = self.object  # type: ignore[attr-defined]
        return [Crumb(str(one.method), method_url(one.unit, one.method))]

    def success_url(self, result: Pledge) -> str:
        return method_url(result.unit, result.method)


class PledgeChange(PledgeScreen, ActionScreen):
    """Correct a pledge, or make it public; a correction of a published one is made public anew."""

    policy = Policy(RECORDERS, EDIT)
    title = "修改承诺"
    submit_label = "保存"
    success_message = "承诺已保存。"

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        one = self.object
        kept = {name: getattr(one, name) for name in ("text", "channel", "due_on")}
        kept["published_on"] = one.published_on and self.today
        kept["aspects"] = aspect_keys(one)
        return PledgeForm(data, files, actor=self.actor, initial=kept, unit=one.unit, pledge=one)

    def decision(self) -> Decision:
        return may_pledge(self.object.unit, self.object.method, self.actor, self.today)

    def consequences(self) -> list[str]:
        one = self.object
        if one.published_on is None:
            return ["还没有公布的承诺可以修改；公布后填写公布日期和方式。"]
        return [f"承诺已于 {one.published_on.isoformat()} 公布。更正后须重新公布，原内容留存在更正记录中。"]

    def perform(self, form: Any) -> Pledge:
        return services.change_pledge(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class PledgeRate(PledgeScreen, ActionScreen):
    """Whether a pledge was kept."""

    policy = Policy(RECORDERS, EDIT)
    title = "评定兑现"
    submit_label = "保存"
    success_message = "评定已登记。"
    form_class = RatingForm

    def initial(self) -> dict[str, Any]:
        names = ("self_rating", "branch_rating", "mass_rating")
        return {name: getattr(self.object, name) for name in names} | {"rated_on": self.today}

    def decision(self) -> Decision:
        return may_pledge(self.object.unit, self.object.method, self.actor, self.today)

    def consequences(self) -> list[str]:
        one = self.object
        due = f"，兑现期限 {one.due_on.isoformat()}" if one.due_on else ""
        on = f"公布日期 {one.published_on.isoformat()}" if one.published_on else "还没有公布"
        return [f"承诺：{one.text}", f"{on}{due}。三项评定可以分次登记。"]

    def perform(self, form: Any) -> Pledge:
        return services.rate_pledge(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class RecordScreen:
    """What the pages of one record share."""

    model = MethodRecord
    pk_kwarg = "method_record_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[MethodRecord]:
        rows = scoped(MethodRecord, actor).select_related("unit__campaign__region", "method", "file")
        return rows.select_related("unit__organization__committee", "unit__department__parent")


class MethodWithdraw(RecordScreen, ActionScreen):
    """Take back a record made by mistake."""

    policy = Policy(RECORDERS, EDIT)
    title = submit_label = "撤回登记"
    form_class = ReasonForm
    success_message = "已撤回。"
    is_dangerous = True

    def crumbs(self) -> list[Crumb]:
        return [Crumb(str(self.object), method_url(self.object.unit, self.object.method))]

    def decision(self) -> Decision:
        return may_withdraw(withdraw_facts(self.object, self.actor))

    def consequences(self) -> list[str]:
        return ["这条登记和材料删去，操作记录保留；这个单位的这种推进方式重新计为未完成。"]

    def perform(self, form: Any) -> str:
        one = self.object
        back = method_url(one.unit, one.method)
        services.withdraw_record(one, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data)
        return back

    def success_url(self, result: str) -> str:
        return result


class MethodFile(RecordScreen, Screen):
    """The file of a record."""

    policy = Policy(READERS)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self.object.file is None:
            raise Http404
        return shown(self.object.file)
