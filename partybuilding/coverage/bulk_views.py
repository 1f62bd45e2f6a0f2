"""What can be done with the associations that are chosen in the register: lay a task, assign an instructor."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone

from associations.registry.filters import AssociationFilter
from associations.registry.models import Association
from partybuilding.coverage import services
from partybuilding.coverage.forms import AssignForm, FollowUpForm
from partybuilding.coverage.views import EDIT
from partybuilding.establishment.lists import BulkAssign, EachOne
from portal.access.actor import Actor
from portal.access.policy import Policy
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.notices.models import Task
from portal.screens.fields import ScreenForm
from portal.screens.screen import Crumb


class FromRegister(EachOne):
    """Chosen in the list of associations, with any of its filters."""

    filterset_class = AssociationFilter
    list_name = "associations:associations"
    list_title = "社会组织名录"

    def get_queryset(self, actor: Actor) -> QuerySet[Association]:
        return scoped(Association, actor).select_related("region")

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[1:]


class BulkFollowUp(FromRegister):
    """Lay one task about each of several associations."""

    policy = Policy(services.FOLLOWING, EDIT)
    title = "交办任务"
    form_class: ClassVar[type[ScreenForm]] = FollowUpForm
    submit_label = "交办"
    verb = "交办"

    def initial(self) -> dict[str, Any]:
        return {}

    def consequences(self) -> list[str]:
        if self.actor.role == Role.PARTY_COMMITTEE:
            return ["所选社会组织各收到一项有期限的任务，由其填报人办理，写明办理结果后办结。"]
        return [
            "每家社会组织一项有期限的任务，由其所属综合（行业）党委办理；没有明确党委的，由登记地市州社会工作部办理。",
            "同一事项再次交办的，改按新的期限。",
        ]

    def one(self, association: Association, form: Any) -> Task:
        return services.follow_up(association, actor=self.actor, now=timezone.now(), **form.cleaned_data)

    def success_text(self, result: list[Any]) -> str:
        return f"已交办 {len(result)} 项任务。"


class BulkGuide(FromRegister, BulkAssign):
    """Assign one instructor to several associations, with a founding task where a due date is given."""

    policy = Policy(services.INSTRUCTING, EDIT)
    title = "指派指导员"
    form_class = AssignForm
    submit_label = "指派"

    def consequences(self) -> list[str]:
        return [
            "所选社会组织各增加一名指导员，从起始日期起计入工作覆盖。",
            "填写组建期限的，每家所属的综合（行业）党委同时收到一项组建任务。",
        ]

    def success_text(self, result: list[Any]) -> str:
        return f"已指派 {len(result)} 家。"
