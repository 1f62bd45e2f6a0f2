"""Pages of corrections: the wrong fact itself, or a document for what became known late; and the documents."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.registry.models import Association
from partybuilding.closing import services
from partybuilding.closing.enums import Reason
from partybuilding.closing.facts import DatedFact, correct_fact, facts_of, open_close_today
from partybuilding.closing.forms import FactForm, ManyForm
from partybuilding.closing.models import Close, CloseChange, Correction
from partybuilding.closing.transitions import CLOSERS
from partybuilding.closing.views import close_crumb, closes_crumb
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.roles import DEPARTMENT
from portal.access.scoping import scoped
from portal.files.responses import shown
from portal.files.uploads import take_upload
from portal.screens import columns as screen
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column
from portal.screens.screen import Crumb, Screen

KIND = "correction"
NOT_THE_FACT = "none"


class CorrectionNew(ActionScreen):
    """Correct a wrong fact of an association in the month that is open: choose the fact, then the right dates."""

    policy = Policy(DEPARTMENT, {"GET", "POST"})
    title = "更正"
    model = Association
    template_name = "partybuilding/closing/correct.html"
    submit_label = "登记更正"
    success_message = "已更正，文件已存。请生成新版草稿。"

    @cached_property
    def close(self) -> Close | None:
        return open_close_today()

    @cached_property
    def facts(self) -> list[DatedFact]:
        return facts_of(self.object, self.actor)

    @cached_property
    def chosen(self) -> str:
        asked = self.request.GET.get("fact", "")
        return asked if asked == NOT_THE_FACT or any(one.key == asked for one in self.facts) else ""

    @cached_property
    def fact(self) -> DatedFact | None:
        return next((one for one in self.facts if one.key == self.chosen), None)

    def crumbs(self) -> list[Crumb]:
        above = [close_crumb(self.close)] if self.close is not None else []
        return [closes_crumb(), *above]

    def decision(self) -> Decision:
        if self.close is None:
            return Decision(False, "现在没有正在确认的月报，不能登记更正。平时的差错请在社会组织的党建页签中直接修改。")
        return Decision(True)

    def get_form(self, data: Any = None, files: Any = None) -> Any:
        return FactForm(data, files, actor=self.actor, initial=self.initial(), fact=self.fact)

    def initial(self) -> dict[str, Any]:
        one = self.fact
        return {"starts_on": one.starts_on, "ends_on": one.ends_on, "status": one.status} if one is not None else {}

    def context(self) -> dict[str, Any]:
        shown_columns = [
            Column("label", "登记的事实", card="title"),
            Column("starts_on", "起", kind="date"),
            Column("ends_on", "止", kind="date"),
            Column("choose", "办理", value=lambda one: "更正这一项", link=lambda one: f"?fact={one.key}"),
        ]
        return {
            "facts_table": screen.table("登记的事实", shown_columns, self.facts),
            "fact": self.fact,
            "is_chosen": bool(self.chosen),
            "none_url": f"?fact={NOT_THE_FACT}",
            "start_url": self.request.path,
        }

    def perform(self, form: Any) -> Correction:
        if self.close is None or not self.chosen:
            raise Http404
        given = form.cleaned_data
        file = take_upload(given["file"], label="更正文件", kind=KIND, actor=self.actor, now=timezone.now())
        return correct_fact(
            self.close,
            self.object,
            fact=self.fact.key if self.fact is not None else "",
            starts_on=given.get("starts_on"),
            ends_on=given.get("ends_on"),
            status=given.get("status", ""),
            number=given["number"],
            text=given["text"],
            file=file,
            actor=self.actor,
            version=self.version,
            now=timezone.now(),
        )

    def success_url(self, result: Correction) -> str:
        return reverse("partybuilding:close", args=[result.close_id])


class CorrectionMany(ActionScreen):
    """One document for several associations whose change lies before the month, or has no dated fact."""

    policy = Policy(DEPARTMENT, {"GET", "POST"})
    title = "登记更正文件"
    model = Close
    pk_kwarg = "close_pk"
    form_class = ManyForm
    submit_label = "登记更正文件"
    success_message = "已登记。请生成新版草稿。"

    def crumbs(self) -> list[Crumb]:
        return [closes_crumb(), close_crumb(self.object)]

    @cached_property
    def waiting(self) -> dict[int, str]:
        """The associations of the newest draft whose change needs a document."""
        rows = scoped(CloseChange, self.actor).filter(
            edition__close=self.object, reason__in=["", Reason.CORRECTED], document=""
        )
        newest = rows.order_by("-edition__number").values_list("edition", flat=True).first()
        found = rows.filter(edition=newest).order_by("name", "association")
        return dict(found.values_list("association", "name"))

    def decision(self) -> Decision:
        if self.object.is_issued:
            return Decision(False, f"{self.object}已经签发。差错请在下一期月报登记更正。")
        if not self.waiting:
            return Decision(False, "最近一版草稿没有需要文件的变动。")
        return Decision(True)

    def consequences(self) -> list[str]:
        return ["所选社会组织的变动以这份文件为依据列为更正，下一版草稿起生效。"]

    def form_kwargs(self) -> dict[str, Any]:
        return {"choices": [(str(pk), name) for pk, name in self.waiting.items()]}

    def initial(self) -> dict[str, Any]:
        return {"associations": [str(pk) for pk in self.waiting]}

    def perform(self, form: Any) -> Correction:
        given = form.cleaned_data
        chosen = scoped(Association, self.actor).filter(pk__in=[int(pk) for pk in given["associations"]])
        now = timezone.now()
        file = take_upload(given["file"], label="更正文件", kind=KIND, actor=self.actor, now=now)
        return services.correct(
            self.object,
            list(chosen),
            number=given["number"],
            text=given["text"],
            file=file,
            actor=self.actor,
            now=now,
        )

    def success_url(self, result: Correction) -> str:
        return reverse("partybuilding:close", args=[result.close_id])


class CorrectionFile(Screen):
    """The document of a correction."""

    policy = Policy(CLOSERS)
    model = Correction

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        rows = scoped(Correction, self.actor).select_related("file")
        return shown(get_object_or_404(rows, pk=self.kwargs["correction_pk"]).file)
