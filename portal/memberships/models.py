"""Memberships: a user in a role on one scope node, dated. Rights hang here and nowhere else."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from associations.registry.models import Association, Dated, Department
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import ASSOCIATION, BODIES, DEPARTMENT, TRIO, Role
from portal.access.scoping import NOTHING
from portal.workflow.models import Versioned


def _node(roles: frozenset[Role], field: str | None) -> Q:
    """Memberships of `roles` name exactly the scope node `field` (none: the whole province)."""
    nodes = ["region", "department", "association", "organization"]
    return Q(role__in=sorted(roles), **{f"{node}__isnull": node != field for node in nodes})


class Membership(Versioned, Dated):
    """One role on one scope node (`roles.md`). Nothing refers to it by foreign key: history keeps its number."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships", verbose_name="账号"
    )
    role = models.CharField("角色", max_length=24, choices=Role)
    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="地域"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="社会组织"
    )
    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="党组织"
    )

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "任职身份"
        ordering = ["user", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=_node(DEPARTMENT | TRIO, None)
                | _node(frozenset({Role.REGIONAL_OFFICE}), "region")
                | _node(BODIES, "department")
                | _node(ASSOCIATION, "association")
                | _node(frozenset({Role.BRANCH_SECRETARY}), "organization"),
                name="membership_scope_node",
                violation_error_message="角色与管辖对象不相符。请按角色选择地域、单位、社会组织或党组织中的一项。",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(role__in=sorted(TRIO), ends_on=None),
                name="membership_one_of_trio",
                violation_error_message="系统管理员、安全保密管理员、安全审计员须由不同的人担任。请先终止原身份。",
            ),
            models.UniqueConstraint(
                "user",
                "role",
                # One node at most is given; SQLite has no "nulls not distinct".
                Coalesce("region", "department", "association", "organization", Value(0)),
                condition=Q(ends_on=None),
                name="membership_one_open",
                violation_error_message="该账号已有相同的任职身份。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.scope_label}"

    @property
    def node(self) -> Any:
        """The scope node, none for the whole province."""
        return self.association or self.organization or self.department or self.region

    @property
    def scope_label(self) -> str:
        return str(self.node) if self.node else "全省"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """A user reads the own memberships; the desks that manage them are the administrators'."""
        return Q(user=actor.user_id) if actor.user_id else NOTHING
