"""Forms of transfers."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from associations.registry.models import Department
from associations.registry.selectors import departments_of
from associations.registry.services import COMMITTEE_KINDS
from partybuilding.members.forms import PartyMemberForm
from partybuilding.organizations.models import PartyOrganization
from partybuilding.organizations.selectors import find_organization
from portal.access.actor import Actor
from portal.screens.fields import DateField, ScreenForm

HOW = "三项只填一项。"


class RosterField(forms.CharField):
    """One Party organisation within the actor's scope, by its full name. Needs `actor`, which the form sets."""

    actor: Actor

    def clean(self, value: Any) -> PartyOrganization | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        matches = find_organization(text, self.actor)
        if len(matches) != 1:
            raise ValidationError(
                f"在您的管理范围内没有找到党组织「{text[:40]}」。请填写已登记的党组织全称；由其他党委接收的，请选择党委。"
            )
        return matches[0]


class SendForm(ScreenForm):
    """Where a relation goes, and by which letter."""

    target = RosterField(
        label="转往党组织", max_length=200, required=False, help_text=f"本单位范围内的党组织全称，登记后即时转接。{HOW}"
    )
    target_committee = forms.ModelChoiceField(
        label="转往其他党委",
        queryset=Department.objects.none(),
        required=False,
        empty_label="未选择",
        help_text=f"由该党委接收并编入支部；接收前组织关系仍在原支部。{HOW}",
    )
    target_name = forms.CharField(
        label="转往系统外党组织", max_length=200, required=False, help_text=f"不在本系统内的党组织名称。{HOW}"
    )
    issued_on = DateField(label="转出日期", help_text="即时转接的，从这一天起在新的党组织。")
    letter_number = forms.CharField(label="介绍信编号", max_length=80, required=False)
    reason = forms.CharField(label="转接事由", max_length=200, required=False, help_text="例如「工作单位变动」。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target, committee = self.fields["target"], self.fields["target_committee"]
        target.actor = self.actor  # type: ignore[attr-defined]
        committee.queryset = departments_of(self.actor, *COMMITTEE_KINDS)  # type: ignore[attr-defined]


class SendOneForm(SendForm):
    """A single transfer, which may be part of a 整建制 one."""

    is_whole = forms.BooleanField(label="属于整建制转接", required=False)


class ReceiveForm(ScreenForm):
    """On which roster, from which day on."""

    target = RosterField(
        label="编入党组织", max_length=200, required=False, help_text="本党委所属、接收这名党员的党组织全称。"
    )
    received_on = DateField(label="接收日期", help_text="从这一天起组织关系在接收的党组织。")


class ReasonForm(ScreenForm):
    """Why a transfer does not go on."""

    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class TakeInForm(PartyMemberForm):
    """A member from outside the register: who, and with which letter."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("转接", ("source_name", "letter_number", "issued_on", "received_on", "is_whole")),
        *(
            (label, tuple(name for name in names if name not in ("relation_in_organization", "starts_on")))
            for label, names in PartyMemberForm.SECTIONS
        ),
    )
    source_name = forms.CharField(label="转出党组织", max_length=200, help_text="系统外的党组织全称。")
    letter_number = forms.CharField(label="介绍信编号", max_length=80, required=False)
    issued_on = DateField(label="转出日期", help_text="介绍信开具日期。")
    received_on = DateField(label="接收日期", help_text="从这一天起在名册上。")
    is_whole = forms.BooleanField(label="属于整建制转接", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("relation_in_organization", "starts_on"):
            del self.fields[name]
