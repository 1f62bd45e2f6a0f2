"""Pages of what a round awards: kinds, and places given by largest remainder or by hand."""

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from campaigns.commendations import services
from campaigns.commendations.forms import (
    DistributeForm,
    KindForm,
    QuotaForm,
)
from campaigns.commendations.models import AwardKind, AwardRound
from campaigns.commendations.selectors import (
    quotas_of,
)
from campaigns.commendations.views import RoundScreen
from campaigns.plans.models import Unit
from campaigns.plans.transitions import RUNNERS
from campaigns.plans.views import EDIT
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.forms import FormScreen


class KindNew(RoundScreen, FormScreen):
    """Add a kind of commendation."""

    policy = Policy(RUNNERS, EDIT)
    title = "登记表彰类别"
    form_class = KindForm
    submit_label = "保存"

    def form_kwargs(self) -> dict[str, Any]:
        return {"round_": self.object}

    def initial(self) -> dict[str, Any]:
        return {"number": scoped(AwardKind, self.actor).filter(round=self.object).count() + 1}

    def save(self, form: Any) -> AwardKind:
        return services.save_kind(
            self.object, None, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class KindScreen(RoundScreen):
    """A page of one kind; the version is the round's."""

    kwargs: dict[str, Any]

    @cached_property
    def kind(self) -> AwardKind:
        rows = scoped(AwardKind, self.actor).select_related("round__campaign__region", "round__campaign__organizer")
        return get_object_or_404(rows, pk=self.kwargs["award_kind_pk"])

    @property
    def object(self) -> AwardRound:
        return self.kind.round

    def page_title(self) -> str:
        return f"{self.title}：{self.kind}"  # type: ignore[attr-defined]


class KindEdit(KindScreen, FormScreen):
    """Change a kind."""

    policy = Policy(RUNNERS, EDIT)
    title = "修改表彰类别"
    form_class = KindForm
    submit_label = "保存"
    success_message = "已保存。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"round_": self.object}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.kind, name) for name in ("number", "title", "target", "total", "criterion_set")}

    def save(self, form: Any) -> AwardKind:
        return services.save_kind(
            self.object, self.kind, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class KindRemove(KindScreen, ActionScreen):
    """Take a kind out of a draft."""

    policy = Policy(RUNNERS, EDIT)
    title = submit_label = "删去表彰类别"
    success_message = "已删去。"
    is_dangerous = True

    def consequences(self) -> list[str]:
        return [f"从评选草稿中删去「{self.kind}」及其名额分配。"]

    def perform(self, form: Any) -> None:
        services.remove_kind(self.kind, actor=self.actor, now=timezone.now(), version=self.version)


class Distribute(KindScreen, FormScreen):
    """Places by largest remainder."""

    policy = Policy(RUNNERS, EDIT)
    title = "按比例分配名额"
    form_class = DistributeForm
    submit_label = "分配"
    success_message = "名额已分配，可以逐个调整。"
    intro = "先按比例取整，余下的名额依次给余数最大的单位，合计等于总名额。原有分配会被替换。"

    def form_kwargs(self) -> dict[str, Any]:
        rows = scoped(Unit, self.actor).filter(campaign=self.object.campaign_id, left_on=None)
        above = rows.filter(department__isnull=False)
        chosen = above if above.exists() else rows
        rows = chosen.select_related("organization", "department")
        return {"units": rows.order_by("department__name", "organization__name", "pk")}

    def initial(self) -> dict[str, Any]:
        return {"by": "members", "units": [unit.pk for unit in self.form_kwargs()["units"]]}

    def save(self, form: Any) -> Any:
        given = form.cleaned_data
        return services.distribute(
            self.kind,
            list(given["units"]),
            by=given["by"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )


class Quotas(KindScreen, FormScreen):
    """Places by hand."""

    policy = Policy(RUNNERS, EDIT)
    title = "调整名额"
    form_class = QuotaForm
    submit_label = "保存"
    success_message = "名额已保存。"

    def form_kwargs(self) -> dict[str, Any]:
        return {"quotas": [quota for quota in quotas_of(self.object) if quota.kind_id == self.kind.pk]}

    def save(self, form: Any) -> Any:
        return services.set_quotas(self.kind, form.counts(), actor=self.actor, now=timezone.now(), version=self.version)
