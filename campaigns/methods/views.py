"""Pages of one unit under one method: what was recorded, recording it, taking it back."""

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from campaigns.ballots.overview import appraisal_parts
from campaigns.methods import services
from campaigns.methods.forms import ReasonForm, RecordForm
from campaigns.methods.models import MethodRecord
from campaigns.methods.overview import method_url
from campaigns.methods.rules import may_record, may_record_directly, may_withdraw
from campaigns.methods.selectors import method_numbered, record_facts, record_of, withdraw_facts
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
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.screens.actions import ActionScreen
from portal.screens.columns import PageAction, Tag, fact
from portal.screens.details import DetailScreen, Header
from portal.screens.screen import Crumb, Screen

TAB = "?tab=methods"
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
    def record(self) -> MethodRecord | None:
        return record_of(self.object, self.method)  # type: ignore[attr-defined]

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
    def decision(self) -> Decision:
        return may_record(record_facts(self.object, self.method, self.actor, self.today))

    def page_actions(self) -> Any:
        if not self.decision:
            return []
        if self.method.form == MethodForm.APPRAISAL:
            return [
                PageAction("登记纸质评议", "campaigns:paper_new"),
                PageAction("组织投票", "campaigns:ballot_new", primary=False),
            ]
        return [PageAction("登记完成", "campaigns:method_record")]

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
            **(appraisal_parts(self.object, self.method) if self.method.form == MethodForm.APPRAISAL else {}),
        }


def record_lines(row: MethodRecord) -> list[Any]:
    """The facts of one record."""
    return [
        fact("完成日期", row.done_on, "date"),
        fact("应参加/参加（人）", f"{row.expected_count}/{row.present_count}" if row.expected_count else None),
        fact("登记人", row.recorded_by.display_name),
        fact("登记时间", row.recorded_at, "datetime"),
    ]


class MethodRecordNew(UnitMethodScreen, ActionScreen):
    """Record that the unit has done a method."""

    policy = Policy(RECORDERS, EDIT)
    form_class: ClassVar[type[Any]] = RecordForm
    submit_label = "登记完成"
    success_message = "已登记。"

    def page_title(self) -> str:
        return f"登记{self.method}"

    def decision(self) -> Decision:
        return may_record_directly(record_facts(self.object, self.method, self.actor, self.today))

    def consequences(self) -> list[str]:
        return [self.method.work] if self.method.work else []

    def initial(self) -> dict[str, Any]:
        return {"done_on": self.today}

    def perform(self, form: Any) -> MethodRecord:
        given, now = dict(form.cleaned_data), timezone.now()
        upload = given.pop("file")
        services.check_record(self.object, self.method, given["done_on"], self.actor, now)
        file = take_upload(upload, label="材料", kind=FILE_KIND, actor=self.actor, now=now) if upload else None
        return services.record_method(
            self.object, self.method, file=file, actor=self.actor, now=now, version=self.version, **given
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
