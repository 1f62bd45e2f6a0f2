"""Forms of links."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from associations.governance.models import MemberUnit
from partybuilding.commissions.models import CommissionMember
from partybuilding.linkages.enums import LinkLevel
from partybuilding.linkages.selectors import members_at, seats_above, units_at
from partybuilding.members.models import PartyMember
from partybuilding.organizations.models import PartyOrganization
from portal.access.scoping import scoped
from portal.importing.normalise import name_key
from portal.screens.fields import DateField, ScreenForm


class LinkForm(ScreenForm):
    """The level says which ends are filled in; a unit is named, because an association has hundreds."""

    level = forms.ChoiceField(label="层级", choices=[("", "请选择"), *LinkLevel.choices])
    seat = forms.ModelChoiceField(
        label="党委组成人员",
        queryset=CommissionMember.objects.none(),
        required=False,
        help_text="党委带支部填写：由谁联系带动这个支部。",
    )
    member = forms.ModelChoiceField(
        label="党员", queryset=PartyMember.objects.none(), required=False, help_text="支部带党员、党员带会员填写。"
    )
    unit = forms.CharField(
        label="会员单位", max_length=200, required=False, help_text="党员带会员填写：会员单位名册上的全称。"
    )
    matter = forms.CharField(label="带动事项", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    starts_on = DateField(label="起始日期")

    def __init__(self, *args: Any, organization: PartyOrganization, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = scoped(MemberUnit, self.actor).filter(pk__in=units_at(organization, day).values("pk"))
        seat: Any = self.fields["seat"]
        seats = scoped(CommissionMember, self.actor).filter(pk__in=seats_above(organization, day).values("pk"))
        seat.queryset = seats.select_related("department").order_by("department__name", "number", "pk")
        seat.label_from_instance = lambda row: f"{row.department} {row}"
        member: Any = self.fields["member"]
        members = scoped(PartyMember, self.actor).filter(pk__in=members_at(organization, day).values("pk"))
        member.queryset = members.select_related("person").order_by("person__name", "pk")

    def clean_unit(self) -> MemberUnit | None:
        text = self.cleaned_data["unit"]
        if not text:
            return None
        found = list(self.units.filter(key=name_key(text)).order_by("pk")[:2])
        if len(found) != 1:
            raise ValidationError(
                f"所覆盖社会组织的单位会员名册上没有「{text[:40]}」。请填写全称，名册上没有的先登记单位会员。"
            )
        return found[0]


class LinkEndForm(ScreenForm):
    """Until when, and what came of it."""

    ends_on = DateField(label="终止日期")
    result = forms.CharField(label="成效", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
