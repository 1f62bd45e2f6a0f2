"""Pages of urging: a task for several branches at once, and a text to pass on."""

from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from partybuilding.life import urging
from partybuilding.life.filters import BranchFilter
from partybuilding.life.forms import UrgeForm
from partybuilding.life.rules import Period, period_from, usual_period
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import existing_on
from partybuilding.organizations.services import RECORDERS
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.actions import BulkActionScreen
from portal.screens.fields import ScreenForm
from portal.screens.screen import Crumb, Screen

LIST = "partybuilding:life_branches"


class PeriodOfList:
    """The period that the list was looked at in."""

    request: Any
    as_of: Any

    @cached_property
    def period(self) -> Period:
        return period_from(self.request.GET.get("period", "")) or usual_period(self.as_of)

    def crumbs(self) -> list[Crumb]:
        return [
            Crumb("组织生活", reverse("partybuilding:life")),
            Crumb("组织生活开展情况", f"{reverse(LIST)}?period={self.period.code}"),
        ]


class BulkUrge(PeriodOfList, BulkActionScreen):
    """Lay a task on the secretaries of the chosen branches; those that owe nothing are named and left out."""

    policy = Policy(RECORDERS, {"GET", "POST"})
    title = "催办组织生活"
    model = PartyOrganization
    filterset_class = BranchFilter
    form_class: ClassVar[type[ScreenForm]] = UrgeForm
    submit_label = "催办"

    def get_queryset(self, actor: Actor) -> QuerySet[PartyOrganization]:
        return scoped(PartyOrganization, actor).filter(existing_on(self.as_of)).select_related("committee")

    def consequences(self) -> list[str]:
        return [
            f"所选党组织的书记收到一项有期限的任务和一条消息，写明{self.period.label}欠开的内容。",
            "欠开的补齐并登记后，任务自动办结。没有欠开的党组织不交办。",
        ]

    def perform(self, form: Any) -> list[Any]:
        done, refused = [], []
        for one in self.objects:
            try:
                done.append(
                    urging.urge(one, period=self.period, actor=self.actor, now=timezone.now(), **form.cleaned_data)
                )
            except Refused as reason:
                refused.append(reason.reason)
        if not done:
            raise Refused("bulk.none_done", " ".join(refused[:5]))
        for text in refused[:5]:
            messages.warning(self.request, text)
        if len(refused) > 5:
            messages.warning(self.request, f"另有 {len(refused) - 5} 个没有催办，原因相同。")
        return done

    def success_text(self, result: list[Any]) -> str:
        return f"已催办 {len(result)} 个党组织。"

    def success_url(self, result: Any) -> str:
        return f"{reverse(LIST)}?period={self.period.code}"


class LifeUrging(PeriodOfList, Screen):
    """Who is behind, by committee, with a text to pass on."""

    policy = Policy(RECORDERS)
    title = "组织生活催办文本"
    template_name = "notices/urging.html"

    def context(self) -> dict[str, Any]:
        rows = scoped(PartyOrganization, self.actor).filter(existing_on(self.as_of)).select_related("committee")
        groups = urging.to_call(list(rows.order_by("name", "pk")), self.period, self.as_of, self.actor)
        return {
            "groups": groups,
            "total": sum(len(group.lines) for group in groups),
            "about": f"{self.period.label}有欠开的党组织",
            "unit": "个",
            "done": "没有欠开的党组织。",
        }
