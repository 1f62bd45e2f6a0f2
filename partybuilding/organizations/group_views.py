"""Pages of 群团组织: the table on an association's page, recording one, ending one."""

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from associations.registry.forms import EndForm
from associations.registry.models import Association
from associations.registry.views import AssociationScreen
from partybuilding.organizations import group_services
from partybuilding.organizations.forms import GroupForm
from partybuilding.organizations.models import GroupOrganization
from partybuilding.organizations.services import RECORDERS
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, TextTable, may_see, table
from portal.screens.forms import FormScreen
from portal.screens.values import period_text

EDIT = {"GET", "POST"}
PARTY_TAB = "?tab=party"


def groups_table(actor: Actor, association: Association) -> TextTable:
    """The 群团组织 of an association, those that exist first."""
    columns = [
        Column("kind", "类别", value=lambda row: row.get_kind_display()),
        Column("name", "名称"),
        Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
    ]
    if may_see(RECORDERS, actor):

        def end(row: GroupOrganization) -> str | None:
            if row.ends_on is not None:
                return None
            return reverse("partybuilding:group_end", args=[association.pk, row.pk])

        columns.append(Column("end", "操作", value=lambda row: "登记撤销" if end(row) else None, link=end))
    rows = scoped(GroupOrganization, actor).filter(association=association).order_by("kind", "-starts_on", "pk")
    found = sorted(rows, key=lambda row: row.ends_on is not None)
    return table("群团组织", columns, found, empty="没有登记工会、共青团、妇联组织。")


class GroupScreen(AssociationScreen):
    """What the pages of one association's groups share."""

    policy = Policy(RECORDERS, EDIT)
    own_tab = PARTY_TAB
    request: Any


class GroupNew(GroupScreen, FormScreen):
    """Record a 群团组织 of an association."""

    title = "登记群团组织"
    form_class = GroupForm
    intro = "工会、共青团、妇联（妇委会）组织由各自的上级批准，这里登记批准结果。登记后从成立日期起计入工作覆盖。"
    success_message = "群团组织已登记。"

    def initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def save(self, form: Any) -> GroupOrganization:
        return group_services.record_group(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class GroupEnd(GroupScreen, ActionScreen):
    """Record that a 群团组织 ended."""

    title = "登记群团组织撤销"
    form_class = EndForm
    submit_label = "登记撤销"
    success_message = "群团组织撤销已登记。"

    @cached_property
    def group(self) -> GroupOrganization:
        rows = scoped(GroupOrganization, self.actor).select_related("association")
        return get_object_or_404(rows, pk=self.kwargs["group_organization_pk"], association=self.object)

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def consequences(self) -> list[str]:
        return [f"从终止日期的第二天起，「{self.group}」不再计入「{self.object}」的工作覆盖。"]

    def perform(self, form: Any) -> GroupOrganization:
        return group_services.end_group(
            self.group,
            ends_on=form.cleaned_data["ends_on"],
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
        )
