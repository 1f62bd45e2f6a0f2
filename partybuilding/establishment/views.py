"""Pages of plans: a founding, a deferral, withdrawing one."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.utils import timezone

from associations.registry.views import AssociationScreen
from partybuilding.coverage.views import EDIT
from partybuilding.establishment import services
from partybuilding.establishment.enums import PlanKind
from partybuilding.establishment.forms import DeferralForm, FoundingPlanForm, WithdrawForm
from partybuilding.establishment.models import EstablishmentPlan
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.fields import ScreenForm
from portal.screens.forms import FormScreen

TAB = "?tab=establishment"


class PlanScreen(AssociationScreen):
    """What the pages of one association's plans share."""

    policy = Policy(services.PLANNERS, EDIT)
    own_tab = TAB


class FoundingNew(PlanScreen, FormScreen):
    """Plan the founding by a day."""

    title = "列入组建计划"
    form_class: ClassVar[type[ScreenForm]] = FoundingPlanForm
    submit_label = "列入计划"
    intro = "登记后向所属综合（行业）党委交办组建任务。列入计划的仍计为应建未建，直到组建完成。"
    success_message = "已列入组建计划。"
    kind: ClassVar[PlanKind] = PlanKind.FOUNDING

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> services.Planned:
        planned = services.record_plan(
            self.object,
            kind=self.kind,
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
            **form.cleaned_data,
        )
        if self.kind == PlanKind.FOUNDING and planned.task is None:
            messages.warning(self.request, "这家社会组织没有所属综合（行业）党委，组建任务无处交办。请登记其所属党委。")
        return planned


class DeferralNew(FoundingNew):
    """Record an approved deferral."""

    title = "登记暂缓组建"
    form_class = DeferralForm
    submit_label = "登记"
    intro = "暂缓由上级党委批准，这里登记批准结果。暂缓期间不计为应建未建，原有组建任务办结；到期自动恢复。"
    success_message = "暂缓组建已登记。"
    kind = PlanKind.DEFERRAL


class PlanWithdraw(PlanScreen, ActionScreen):
    """Withdraw a plan."""

    title = "撤回组建安排"
    form_class = WithdrawForm
    submit_label = "撤回"
    success_message = "组建安排已撤回。"

    @cached_property
    def plan(self) -> EstablishmentPlan:
        rows = scoped(EstablishmentPlan, self.actor).select_related("association", "committee")
        return get_object_or_404(rows, pk=self.kwargs["establishment_plan_pk"], association=self.object)

    def current_version(self) -> int | None:
        return self.plan.version

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        if self.plan.kind == PlanKind.DEFERRAL:
            return [f"从最后有效日期的第二天起，「{self.object}」恢复为应建未建。"]
        return [f"「{self.object}」不再列入组建计划，已交办的任务不变。"]

    def perform(self, form: Any) -> EstablishmentPlan:
        return services.withdraw_plan(
            self.plan, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
