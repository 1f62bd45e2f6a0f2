"""Pages of urging: a text to pass on by committee, and a task for several units at once."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from campaigns.methods.filters import MatrixFilter
from campaigns.methods.selectors import branches_for
from campaigns.plans.enums import MethodForm
from campaigns.plans.models import Method, Unit
from campaigns.plans.selectors import methods_of
from campaigns.plans.transitions import RUNNERS
from campaigns.plans.views import EDIT, CampaignScreen
from campaigns.plans.whole import OfCampaign
from campaigns.urging import services
from campaigns.urging.forms import UrgeForm
from campaigns.urging.selectors import to_call
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.policy import Policy
from portal.screens.actions import BulkActionScreen
from portal.screens.screen import Crumb, Screen

MATRIX = "campaigns:progress_units"
NAMED = 5


class MethodUrging(CampaignScreen, Screen):
    """Who has not done which method, by committee, with words to pass on; one method or all."""

    policy = Policy(RUNNERS)
    title = "推进方式催报文本"
    template_name = "campaigns/urging/text.html"

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb("推进情况", reverse("campaigns:progress", args=[self.object.pk]))]

    @cached_property
    def methods(self) -> list[Method]:
        return [one for one in methods_of(self.object) if one.form != MethodForm.COMMENDATION]

    @cached_property
    def chosen(self) -> Method | None:
        """The method asked for; all without one."""
        asked = self.request.GET.get("method", "")
        if not asked:
            return None
        found = next((one for one in self.methods if str(one.number) == asked), None)
        if found is None:
            raise Http404
        return found

    def context(self) -> dict[str, Any]:
        one = self.chosen
        groups = to_call(self.actor, self.object, [one] if one else self.methods, self.today)
        return {
            "choices": [
                ("全部推进方式", "?", one is None),
                *((str(row), f"?method={row.number}", row == one) for row in self.methods),
            ],
            "groups": groups,
            "total": sum(len(group.lines) for group in groups),
            "about": f"没有完成「{one}」的党组织" if one else "有未完成的推进方式的党组织",
            "unit": "个",
            "done": "没有需要催报的党组织。",
        }


class BulkUrge(OfCampaign, BulkActionScreen):
    """Lay a method on the desks of the chosen units; those that owe nothing are named and left out."""

    policy = Policy(RUNNERS, EDIT)
    title = "催办推进方式"
    model = Unit
    filterset_class = MatrixFilter
    form_class = UrgeForm
    submit_label = "催办"

    def get_queryset(self, actor: Actor) -> QuerySet[Unit]:
        return branches_for(actor, self.campaign)

    def form_kwargs(self) -> dict[str, Any]:
        return {"campaign": self.campaign}

    def initial(self) -> dict[str, Any]:
        return {"method": self.request.GET.get("missing") or None}

    def consequences(self) -> list[str]:
        return [
            "所选党组织的书记收到一项有期限的任务；上级点评的任务交给所属党委。登记完成后任务自动办结。",
            "已经完成的，或者须先完成其他推进方式的，不交办。",
        ]

    def perform(self, form: Any) -> list[Any]:
        done, refused = [], []
        for one in self.objects:
            try:
                done.append(services.urge(one, actor=self.actor, now=timezone.now(), **form.cleaned_data))
            except Refused as reason:
                refused.append(reason.reason)
        if not done:
            raise Refused("bulk.none_done", " ".join(refused[:NAMED]))
        for text in refused[:NAMED]:
            messages.warning(self.request, text)
        if len(refused) > NAMED:
            messages.warning(self.request, f"另有 {len(refused) - NAMED} 个没有催办。")
        return done

    def success_text(self, result: list[Any]) -> str:
        return f"已催办 {len(result)} 个党组织。"

    def success_url(self, result: Any) -> str:
        return reverse(MATRIX, args=[self.campaign.pk])
