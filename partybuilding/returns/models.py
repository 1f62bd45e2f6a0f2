"""What an organisation reports of its members once a year; most keep no roster and have nothing else."""

from django.db import models
from django.db.models import F, Q

from partybuilding.members.models import ROSTER, through_organization
from partybuilding.organizations.models import PartyOrganization
from partybuilding.returns.rules import NAMES, Lines
from portal.access.actor import Actor
from portal.access.scoping import NOTHING
from portal.workflow.models import Versioned


class MemberReturn(Versioned):
    """The comparison of two years, as one organisation reported it: numbers of members, probationary ones included."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="member_returns", verbose_name="党组织"
    )
    year = models.PositiveSmallIntegerField("年度")
    opening = models.PositiveIntegerField("上年底党员数")
    admitted = models.PositiveIntegerField("发展", default=0)
    restored = models.PositiveIntegerField("恢复党籍", default=0)
    moved_in = models.PositiveIntegerField("转入", default=0)
    moved_in_whole = models.PositiveIntegerField("其中：整建制转入", default=0)
    expelled = models.PositiveIntegerField("出党", default=0)
    suspended = models.PositiveIntegerField("停止党籍", default=0)
    died = models.PositiveIntegerField("死亡", default=0)
    moved_out = models.PositiveIntegerField("转出", default=0)
    moved_out_whole = models.PositiveIntegerField("其中：整建制转出", default=0)
    actual = models.PositiveIntegerField("本年底实有数")
    remark = models.CharField("差额说明", max_length=300, blank=True)
    updated_at = models.DateTimeField("填报时间")

    class Meta:
        verbose_name = verbose_name_plural = "年度党员数填报"
        ordering = ["organization", "-year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "year"],
                name="member_return_once",
                violation_error_message="这一年度已填报。请修改原来的填报。",
            ),
            models.CheckConstraint(
                condition=Q(moved_in_whole__lte=F("moved_in"), moved_out_whole__lte=F("moved_out")),
                name="member_return_whole",
                violation_error_message="其中整建制的人数多于合计。请核对。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {self.year}年党员数"

    @property
    def lines(self) -> Lines:
        return Lines(**{name: getattr(self, name) for name in NAMES})

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_organization(actor) if actor.role in ROSTER else NOTHING
