"""Elections of Party organisations and extensions of their terms."""

from django.db import models
from django.db.models import F, Q

from partybuilding.members.models import through_organization
from partybuilding.organizations.models import PartyOrganization
from partybuilding.terms.enums import ElectionMethod
from portal.access.actor import Actor
from portal.access.scoping import GuardedModel


class PartyElection(GuardedModel):
    """A valid election: its figures, and what the superior committee answered. It begins a term."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="elections", verbose_name="党组织"
    )
    held_on = models.DateField("选举日期")
    method = models.CharField("选举方式", max_length=16, choices=ElectionMethod)
    eligible_count = models.PositiveIntegerField("应到会人数")
    present_count = models.PositiveIntegerField("实到会人数")
    seat_count = models.PositiveSmallIntegerField("应选人数")
    candidate_count = models.PositiveSmallIntegerField("候选人数")
    elected_count = models.PositiveSmallIntegerField("当选人数")
    least_votes = models.PositiveIntegerField("当选人最低得票数")
    approval_number = models.CharField("选举结果批复文号", max_length=80)
    early_approval_number = models.CharField("提前换届批准文号", max_length=80, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "党组织选举"
        ordering = ["organization", "-held_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "held_on"],
                name="party_election_day",
                violation_error_message="这一天的选举已登记，不必重复登记。",
            ),
            models.CheckConstraint(
                condition=Q(present_count__lte=F("eligible_count"), elected_count__lte=F("seat_count"))
                & Q(elected_count__lte=F("candidate_count"), least_votes__lte=F("present_count")),
                name="party_election_counts",
                violation_error_message="到会、应选、候选、当选人数不相符。请核对。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_method_display()}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_organization(actor)


class TermExtension(GuardedModel):
    """The superior committee let a term run on; several of one term add up to no more than the parameter's limit."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="term_extensions", verbose_name="党组织"
    )
    term_started_on = models.DateField("所属届次起始日期")
    until_on = models.DateField("延期至")
    approved_on = models.DateField("批准日期")
    approval_number = models.CharField("批准文号", max_length=80)
    reason = models.CharField("延期事由", max_length=300)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "任期延期"
        ordering = ["organization", "-until_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "term_started_on", "until_on"], name="term_extension_once"),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("term_started_on")) & ~Q(approval_number=""),
                name="term_extension_approved",
                violation_error_message="延期须有上级党委批准文号，延至日期晚于本届起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"延期至 {self.until_on}（{self.approval_number}）"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_organization(actor)
