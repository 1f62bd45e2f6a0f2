"""Forms of the parts of a campaign: each opens from its page and leads back to it."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from campaigns.plans import part_services
from campaigns.plans.enums import CampaignState
from campaigns.plans.forms import (
    EndSteeringForm,
    ExtensionForm,
    LinkForm,
    MethodEditForm,
    PhaseForm,
    SteeringForm,
    StepForm,
)
from campaigns.plans.models import Campaign, Method, Phase, SteeringMember, Step
from campaigns.plans.selectors import is_runner, needs_of, span_of
from campaigns.plans.transitions import RUNNERS
from campaigns.plans.views import EDIT, PAGE, CampaignScreen
from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.forms import FormScreen
from portal.screens.screen import Crumb


class PartNew(CampaignScreen, FormScreen):
    """Add a part to a campaign; `number` follows the last one."""

    policy = Policy(RUNNERS, EDIT)
    submit_label = "保存"
    part: ClassVar[Any]
    save_part: ClassVar[Callable[..., Any]]

    def initial(self) -> dict[str, Any]:
        last = scoped(self.part, self.actor).filter(campaign=self.object).order_by("-number").first()
        return {"number": last.number + 1 if last else 1}

    def save(self, form: Any) -> Any:
        return type(self).save_part(
            self.object, None, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class PhaseNew(PartNew):
    title = "登记阶段"
    form_class = PhaseForm
    part = Phase
    save_part = part_services.save_phase


class StepNew(PartNew):
    title = "登记步骤"
    form_class = StepForm
    part = Step
    save_part = part_services.save_step


class MethodNew(PartNew):
    title = "登记推进方式"
    form_class = MethodEditForm
    part = Method
    save_part = part_services.save_method

    def form_kwargs(self) -> dict[str, Any]:
        return {"campaign": self.object}


class PartScreen:
    """What the pages of one part share; the version is the campaign's, whose document it changes."""

    actor: Actor
    request: HttpRequest
    kwargs: dict[str, Any]
    model: Any = Campaign
    part: ClassVar[Any]
    part_kwarg: ClassVar[str]

    @cached_property
    def row(self) -> Any:
        rows = scoped(self.part, self.actor).select_related("campaign__region", "campaign__organizer")
        return get_object_or_404(rows, pk=self.kwargs[self.part_kwarg])

    @property
    def object(self) -> Campaign:
        return self.row.campaign  # type: ignore[no-any-return]

    def crumbs(self) -> list[Crumb]:
        campaign = self.object
        return [
            Crumb("创先争优", reverse("campaigns:campaigns")),
            Crumb(str(campaign), reverse(PAGE, args=[campaign.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse(PAGE, args=[self.object.pk])


class PartEdit(PartScreen, FormScreen):
    """Change a part of a draft."""

    policy = Policy(RUNNERS, EDIT)
    submit_label = "保存"
    success_message = "已保存。"
    save_part: ClassVar[Callable[..., Any]]

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.row, name) for name in self.form_class.base_fields}

    def save(self, form: Any) -> Any:
        return type(self).save_part(
            self.object, self.row, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class PhaseEdit(PartEdit):
    title = "修改阶段"
    form_class = PhaseForm
    part, part_kwarg = Phase, "phase_pk"
    save_part = part_services.save_phase


class StepEdit(PartEdit):
    title = "修改步骤"
    form_class = StepForm
    part, part_kwarg = Step, "step_pk"
    save_part = part_services.save_step


class MethodEdit(PartEdit):
    title = "修改推进方式"
    form_class = MethodEditForm
    part, part_kwarg = Method, "method_pk"
    save_part = part_services.save_method

    def form_kwargs(self) -> dict[str, Any]:
        return {"campaign": self.object, "method": self.row}

    def initial(self) -> dict[str, Any]:
        return {**super().initial(), "requires": needs_of(self.row)}


class PartRemove(PartScreen, ActionScreen):
    """Take a part out of a draft."""

    policy = Policy(RUNNERS, EDIT)
    success_message = "已删去。"
    is_dangerous = True

    def consequences(self) -> list[str]:
        return [f"从实施方案草稿中删去「{self.row}」。"]

    def decision(self) -> Decision:
        if self.object.state == CampaignState.DRAFT and is_runner(self.object, self.actor):
            return Decision(True)
        return Decision(False, "实施方案已经印发，或由其他单位组织，不能删去。")

    def perform(self, form: Any) -> None:
        part_services.remove_part(self.object, self.row, actor=self.actor, now=timezone.now(), version=self.version)


class PhaseRemove(PartRemove):
    title = submit_label = "删去阶段"
    part, part_kwarg = Phase, "phase_pk"


class StepRemove(PartRemove):
    title = submit_label = "删去步骤"
    part, part_kwarg = Step, "step_pk"


class MethodRemove(PartRemove):
    title = submit_label = "删去推进方式"
    part, part_kwarg = Method, "method_pk"


class StepExtend(PartScreen, FormScreen):
    """A decision that lets a step run on."""

    policy = Policy(RUNNERS, EDIT)
    title = "登记步骤延期"
    form_class = ExtensionForm
    success_message = "延期已登记。"
    part, part_kwarg = Step, "step_pk"

    def page_title(self) -> str:
        return f"{self.title}：{self.row}"

    @property
    def intro(self) -> str:  # type: ignore[override]
        return f"现在的起止：{span_of(self.row).words()}。"

    def initial(self) -> dict[str, Any]:
        return {"decided_on": timezone.localdate()}

    def save(self, form: Any) -> Any:
        return part_services.extend_step(
            self.row, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class LinkNew(CampaignScreen, FormScreen):
    """Say how the campaign stands to another one."""

    policy = Policy(RUNNERS, EDIT)
    title = "登记相关活动"
    form_class = LinkForm
    submit_label = "保存"

    def form_kwargs(self) -> dict[str, Any]:
        return {"campaign": self.object}

    def save(self, form: Any) -> Any:
        given = form.cleaned_data
        return part_services.link_campaign(
            self.object,
            given["other"],
            kind=given["kind"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )


class SteeringNew(CampaignScreen, FormScreen):
    """Put somebody on the leading group."""

    policy = Policy(RUNNERS, EDIT)
    title = "登记领导（指导）小组成员"
    form_class = SteeringForm
    submit_label = "保存"

    def save(self, form: Any) -> Any:
        return part_services.appoint_steering(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class SteeringEnd(PartScreen, ActionScreen):
    """Somebody leaves the leading group."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "终止任职"
    form_class = EndSteeringForm
    success_message = "任职已终止。"
    part, part_kwarg = SteeringMember, "steering_member_pk"

    def initial(self) -> dict[str, Any]:
        return {"ends_on": timezone.localdate()}

    def consequences(self) -> list[str]:
        return [f"从终止日期的第二天起，「{self.row}」不再任职。"]

    def perform(self, form: Any) -> Any:
        return part_services.end_steering(
            self.row, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
