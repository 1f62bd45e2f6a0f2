"""Memberships: a user in a role on one scope node, dated. Rights hang here and nowhere else."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from associations.registry.models import Association, Dated, Department, current_on
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import ASSOCIATION, BODIES, BUSINESS, DEPARTMENT, TRIO, Role
from portal.access.scoping import NOTHING, GuardedModel
from portal.memberships.enums import ResetState
from portal.workflow.models import Versioned, WorkflowModel


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
        """The own memberships, and those that the actor's office looks after."""
        return (Q(user=actor.user_id) if actor.user_id else NOTHING) | managed_q(actor)


# Who looks after accounts: the department for all but the three administrators; a city's or county's office and a
# committee for the filers and secretaries they answer for, an office also for the offices below it.
MANAGERS = frozenset({Role.DEPARTMENT_ADMIN, Role.REGIONAL_OFFICE, Role.PARTY_COMMITTEE})


def managed_q(actor: Actor) -> Q:
    """The memberships whose accounts the actor's office gives out, ends and resets."""
    if actor.role == Role.DEPARTMENT_ADMIN:
        return Q(role__in=sorted(BUSINESS))
    if actor.role not in MANAGERS:
        return NOTHING
    # Asked for each membership by itself: most often few are looked at, by an office that looks after many.
    associations = Association.objects.filter(Association.scope_q(actor), pk=OuterRef("association"))
    organizations = PartyOrganization.objects.filter(PartyOrganization.scope_q(actor), pk=OuterRef("organization"))
    filing = Q(Exists(associations), role__in=sorted(ASSOCIATION))
    found = filing | Q(Exists(organizations), role=Role.BRANCH_SECRETARY)
    if actor.role == Role.REGIONAL_OFFICE:
        below = Q(region__path__startswith=actor.scope.path) & ~Q(region=actor.scope.pk)
        found |= Q(role=Role.REGIONAL_OFFICE) & below
    return found


class ResetRequest(WorkflowModel):
    """A person who forgot the password asks; the competent office calls back and confirms; the person, in the browser
    that asked, sets a new one. What the office is told is `number`, which only that browser shows: no code passes
    through the clerk's hands, and the clerk cannot open the account with what the clerk knows.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reset_requests", verbose_name="账号"
    )
    number = models.CharField("申请号", max_length=8)
    secret_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField("申请时间")
    valid_until = models.DateTimeField("有效期至")
    wrong_count = models.PositiveSmallIntegerField("申请号报错次数", default=0)
    answered_by_name = models.CharField("接电话人", max_length=64, blank=True)
    number_called = models.CharField("回拨号码", max_length=40, blank=True)
    called_at = models.DateTimeField("核实时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核实人",
    )
    decided_by_label = models.CharField("核实人身份", max_length=200, blank=True)
    used_at = models.DateTimeField("设密码时间", null=True, blank=True)
    state = models.CharField(
        "状态", max_length=24, choices=ResetState, default=ResetState.WAITING, editable=False, db_index=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "密码重置申请"
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ResetState.WAITING, decided_by=None) | ~Q(state=ResetState.WAITING),
                name="reset_waiting_undecided",
            ),
            models.CheckConstraint(
                condition=Q(state=ResetState.USED, used_at__isnull=False) | ~Q(state=ResetState.USED) & Q(used_at=None),
                name="reset_used_stamp",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}的密码重置"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Requests of accounts that hold a membership which the office looks after, and no other's: never one's own."""
        held = Membership.objects.filter(managed_q(actor), current_on(timezone.localdate()), user=OuterRef("account"))
        return Q(Exists(held)) & ~Q(account=actor.user_id)


class SlipSheet(GuardedModel):
    """A printout of activation slips that somebody asked for. The file is sealed, handed out once and then deleted."""

    title = models.CharField("名称", max_length=200)
    slip_count = models.PositiveIntegerField("张数")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    membership_id = models.BigIntegerField("身份编号")
    membership_label = models.CharField("身份", max_length=200)
    created_at = models.DateTimeField("申请时间")
    ready_at = models.DateTimeField("生成时间", null=True, blank=True)
    fetched_at = models.DateTimeField("取走时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "激活单"
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """Who asked for it, in that membership."""
        return Q(membership_id=actor.membership_id)
