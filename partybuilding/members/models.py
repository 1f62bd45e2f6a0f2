"""Party members of an organisation and its secretary: thin role rows, dated."""

from django.db import models
from django.db.models import F, Q

from associations.registry.enums import Source
from associations.registry.models import Dated
from partybuilding.members.enums import Education, EventKind, LostCause, MembershipState, PartyPost, SecretarySource
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.roles import DEPARTMENT, Role
from portal.access.scoping import EVERYTHING, NOTHING, GuardedModel
from portal.importing.precisions import Precise
from portal.people.models import Person, Phone
from portal.workflow.models import Versioned

# Who reads rosters: inner-Party data stays with the Party's own bodies.
ROSTER = DEPARTMENT | {Role.REGIONAL_OFFICE, Role.PARTY_COMMITTEE, Role.BRANCH_SECRETARY}


def through_organization(actor: Actor) -> Q:
    """Rows of the Party organisations that the actor reaches."""
    if actor.role in DEPARTMENT:
        return EVERYTHING
    return Q(organization__in=PartyOrganization.objects.filter(PartyOrganization.scope_q(actor)))


class PartyMember(Versioned, Dated, Precise):
    """A Party member on the roster of an organisation. A committee may keep counts only: the roster may be empty."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="members", verbose_name="所在党组织"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="party_members", verbose_name="姓名")
    phone = models.ForeignKey(
        Phone, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联系电话"
    )
    membership_state = models.CharField("党员类别", max_length=16, choices=MembershipState)
    joined_on = models.DateField("入党日期", null=True, blank=True)
    became_full_on = models.DateField("转正日期", null=True, blank=True)
    probation_until_on = models.DateField("预备期延长至", null=True, blank=True, editable=False)
    is_lost = models.BooleanField("失去联系", default=False, editable=False)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    education = models.CharField("学历", max_length=16, choices=Education, blank=True)
    native_place = models.CharField("籍贯", max_length=60, blank=True)
    professional_title = models.CharField("专业技术职称", max_length=60, blank=True)
    # Of the class of care records: `care.rules.CARERS` alone read it, no list, export or history carries it.
    is_in_hardship = models.BooleanField("生活困难", null=True, blank=True, editable=False)
    relation_in_organization = models.BooleanField("组织关系在本组织", null=True, blank=True)
    association_post = models.CharField("社会组织职务", max_length=80, blank=True)
    party_post = models.CharField("党内职务", max_length=20, choices=PartyPost, blank=True)
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.HAND)
    remark = models.CharField("备注", max_length=500, blank=True)
    sources = models.JSONField("数据来源", default=dict, blank=True, editable=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "党员"
        ordering = ["organization", "person__name", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(joined_on=None) | Q(became_full_on=None) | Q(became_full_on__gte=F("joined_on")),
                name="party_member_dates",
                violation_error_message="转正日期早于入党日期。请核对两个日期。",
            ),
            models.CheckConstraint(
                condition=Q(probation_until_on=None)
                | Q(joined_on__isnull=False, probation_until_on__gt=F("joined_on")),
                name="party_member_probation",
                violation_error_message="预备期延长至的日期应晚于入党日期。请核对两个日期。",
            ),
            # A relation is in one organisation at a time; who only works here may stand on two rosters.
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ends_on=None) & (Q(relation_in_organization=True) | Q(relation_in_organization=None)),
                name="party_member_one_relation",
                violation_error_message="此人的组织关系已在另一个党组织。请先在原党组织转出。",
            ),
            models.UniqueConstraint(
                fields=["organization", "person"],
                condition=Q(ends_on=None),
                name="party_member_one_open",
                violation_error_message="此人已在这个党组织的名册上，不必重复登记。",
            ),
        ]
        indexes = [models.Index(fields=["organization", "ends_on"], name="party_member_organization")]

    def __str__(self) -> str:
        return self.person.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        """The organisation's, for the Party's own bodies only."""
        return through_organization(actor) if actor.role in ROSTER else NOTHING


class MemberEvent(GuardedModel):
    """What happened to a Party member in an organisation: the history of the membership, never changed afterwards.

    `happened_on` is the first day of what holds since: a member who left is no longer on the roster on that day.
    """

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="member_events", verbose_name="党组织"
    )
    member = models.ForeignKey(PartyMember, on_delete=models.CASCADE, related_name="events", verbose_name="党员")
    kind = models.CharField("事项", max_length=16, choices=EventKind)
    happened_on = models.DateField("生效日期")
    is_whole = models.BooleanField("整建制", default=False)
    counterpart = models.CharField("来源或去向", max_length=200, blank=True)
    document_number = models.CharField("文号", max_length=80, blank=True)
    cause = models.CharField("失联情形", max_length=16, choices=LostCause, blank=True)
    remark = models.CharField("说明", max_length=300, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "党员变动"
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_whole=False) | Q(kind__in=[str(EventKind.MOVED_IN), str(EventKind.MOVED_OUT)]),
                name="member_event_whole",
            )
        ]
        indexes = [models.Index(fields=["organization", "happened_on"], name="member_event_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.member}"

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_organization(actor) if actor.role in ROSTER else NOTHING


class Secretary(Versioned, Dated):
    """The secretary of a Party organisation, who need not stand on its roster."""

    organization = models.ForeignKey(
        PartyOrganization, on_delete=models.CASCADE, related_name="secretaries", verbose_name="党组织"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="secretaries", verbose_name="姓名")
    origin = models.CharField("书记来源", max_length=16, choices=SecretarySource, blank=True)
    source = models.CharField("来源", max_length=16, choices=Source, default=Source.HAND)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta(Dated.Meta):
        verbose_name = verbose_name_plural = "党组织书记"
        ordering = ["organization", "-starts_on", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(ends_on=None),
                name="secretary_one_open",
                violation_error_message="这个党组织已有在任书记。请先终止原任职。",
            ),
        ]

    def __str__(self) -> str:
        return self.person.name

    @classmethod
    def scope_q(cls, actor: Actor) -> Q:
        return through_organization(actor)
