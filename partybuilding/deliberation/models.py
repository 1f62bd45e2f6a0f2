"""Major decisions with the opinion before the vote, what was done together with the management, and agreements."""

from django.db import models
from django.db.models import F, Q

from associations.registry.models import Association, Dated, in_department_subtree, through_association
from partybuilding.deliberation.enums import AgreementKind, Council, InteractionKind, Opinion, Outcome
from partybuilding.members.models import ROSTER, through_organization
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import Role
from portal.access.scoping import NOTHING
from portal.files.models import StoredFile
from portal.workflow.models import Versioned


class Deliberated(Versioned):
    """What a Party organisation does with one of the associations it covers: for the Party's own bodies only."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="+", verbose_name="党组织"
    )
    association = models.ForeignKey(Association, on_delete=models.CASCADE, related_name="+", verbose_name="社会组织")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        abstract = True

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """The organisation's own, its committee's, and that of the places of the association: nobody else's."""
        if actor.role == Role.REGIONAL_OFFICE:
            return through_association(actor)
        if actor.role == Role.PARTY_COMMITTEE:
            own: Q = in_department_subtree("organization__committee", actor.scope.pk)
            return own | through_association(actor)
        return through_organization(actor) if actor.role in ROSTER else NOTHING


class Scanned(models.Model):
    """Something with a signed paper, kept as a scan."""

    scan = models.ForeignKey(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="扫描件",
    )

    class Meta:
        abstract = True


class MajorDecision(Deliberated, Scanned):
    """A matter of the list: the Party organisation's opinion, and the vote it comes before (R-101).

    `list_title`, `matter_number` and `matter` are the words of the list that was in force.
    """

    list_title = models.CharField("清单", max_length=60)
    matter_number = models.PositiveSmallIntegerField("事项序号")
    matter = models.CharField("事项", max_length=120)
    title = models.CharField("议题", max_length=200)
    reviewed_on = models.DateField("研究日期", null=True, blank=True)
    opinion = models.CharField("党组织意见", max_length=16, choices=Opinion, blank=True)
    opinion_text = models.CharField("意见内容", max_length=500, blank=True)
    voted_on = models.DateField("表决日期", null=True, blank=True)
    council = models.CharField("表决机构", max_length=16, choices=Council, blank=True)
    outcome = models.CharField("表决结果", max_length=16, choices=Outcome, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "重大决策"
        ordering = ["organization", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_on=None, opinion="") | (Q(reviewed_on__isnull=False) & ~Q(opinion="")),
                name="major_decision_review",
                violation_error_message="研究日期和党组织意见须一并填写。",
            ),
            models.CheckConstraint(
                condition=Q(voted_on=None, council="", outcome="")
                | (Q(voted_on__isnull=False) & ~Q(council="") & ~Q(outcome="")),
                name="major_decision_vote",
                violation_error_message="表决日期、表决机构和表决结果须一并填写。",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_on__isnull=False) | Q(voted_on__isnull=False),
                name="major_decision_known",
                violation_error_message="前置研究和表决至少登记一项。",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_on=None) | Q(voted_on=None) | Q(voted_on__gte=F("reviewed_on")),
                name="major_decision_order",
                violation_error_message="研究日期晚于表决日期，不能作为前置研究登记。",
            ),
        ]
        indexes = [models.Index(fields=["organization", "voted_on"], name="major_decision_vote_day")]

    def __str__(self) -> str:
        return self.title


class Interaction(Deliberated):
    """Something that the Party organisation and the management did together on a day (双向互动, 共同议事)."""

    kind = models.CharField("形式", max_length=16, choices=InteractionKind)
    held_on = models.DateField("日期")
    title = models.CharField("议题", max_length=200)
    participants = models.CharField("参加人员", max_length=300, blank=True)
    content = models.TextField("主要内容", max_length=2000)
    result = models.CharField("形成的意见或成果", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "双向互动"
        ordering = ["organization", "-held_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "association", "kind", "held_on", "title"],
                name="interaction_once",
                violation_error_message="这一天的同一议题已登记，不必重复登记。",
            )
        ]
        indexes = [models.Index(fields=["organization", "held_on"], name="interaction_day")]

    def __str__(self) -> str:
        return self.title


class Agreement(Deliberated, Scanned, Dated):
    """How the place of the Party organisation is laid down: an agreement, or the charter (定责共建)."""

    kind = models.CharField("形式", max_length=16, choices=AgreementKind)
    document_number = models.CharField("文号或编号", max_length=80, blank=True)
    content = models.TextField("职责权利", max_length=2000)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "共建协议"
        ordering = ["organization", "kind", "-starts_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(starts_on__isnull=False),
                name="agreement_starts",
                violation_error_message="请填写生效日期。",
            ),
            models.UniqueConstraint(
                fields=["organization", "association", "kind"],
                condition=Q(ends_on=None),
                name="agreement_one_open",
                violation_error_message="已有同一形式、没有终止的共建安排。请先登记原安排终止。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association}·{self.get_kind_display()}"
