"""The home page of an association's own people: what waits for them, and the one association they act for."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from associations.registry.models import Assignment, Association, current_on
from partybuilding.life.overview import still_due
from partybuilding.organizations.models import CoveredAssociation
from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import scoped
from portal.home.cards import Block, Work
from portal.notices.selectors import tasks_for
from portal.screens.columns import Fact, fact

SHOWN = 8


@dataclass(frozen=True)
class Own:
    """The association in one card."""

    name: str
    url: str
    facts: list[Fact]


def work(actor: Actor, today: date) -> Block:
    """The tasks laid on the association or its Party organisation, and what its organisation life still asks for."""
    tasks = list(tasks_for(actor)[: SHOWN + 1])
    works = [
        Work(task.title, reverse("notices:task", args=[task.pk]), due_on=task.due_on, note=task.membership_label)
        for task in tasks[:SHOWN]
    ]
    works += organisation_life(actor, today)
    more = ("查看全部任务", reverse("notices:task_list")) if len(tasks) > SHOWN else None
    return Block("要我办的", works, more=more, empty="现在没有需要您办理的事项。有新的任务时，会显示在这里。")


def organisation_life(actor: Actor, today: date) -> list[Work]:
    """What the secretary's branch is still to hold now, what is due first."""
    if actor.role != Role.BRANCH_SECRETARY:
        return []
    return [Work(f"开展并登记{label}", url, due_on=due_on) for label, url, due_on in still_due(actor, today)[:SHOWN]]


def own_associations(actor: Actor, today: date) -> list[Own]:
    """Each association of the scope with who answers for it today."""
    associations = list(scoped(Association, actor).select_related("region").order_by("name", "pk"))
    answering: dict[int, list[Assignment]] = {}
    for row in scoped(Assignment, actor).filter(current_on(today)).select_related("department").order_by("role", "pk"):
        answering.setdefault(row.association_id, []).append(row)
    covering: dict[int, list[str]] = {}
    covered = scoped(CoveredAssociation, actor).filter(current_on(today)).select_related("organization")
    for one in covered.order_by("pk"):
        covering.setdefault(one.association_id, []).append(one.organization.name)
    return [
        Own(
            name=one.name,
            url=reverse("associations:association", args=[one.pk]),
            facts=[
                fact("统一社会信用代码", one.uscc),
                fact("状态", one.get_status_display()),
                fact("登记地", one.region.name),
                *(fact(row.get_role_display(), row.department.name) for row in answering.get(one.pk, [])),
                fact("党组织", "、".join(covering.get(one.pk, [])) or "尚未登记"),
            ],
        )
        for one in associations
    ]
