"""Forms of Party members and secretaries."""

from typing import ClassVar

from django import forms

from associations.registry.forms import YesNoField
from partybuilding.members.enums import Education, MembershipState, PartyPost, SecretarySource
from portal.people.forms import PersonForm, phone_field
from portal.screens.fields import DateField, ScreenForm

EMPTY: list[tuple[str, str]] = [("", "未填")]


class PartyMemberForm(PersonForm):
    """A person on the roster."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("本人", ("name", "id_number", "id_type", "sex", "born_on", "ethnicity", "education", "phone")),
        ("党籍", ("membership_state", "joined_on", "became_full_on", "relation_in_organization", "starts_on")),
        ("职务", ("party_post", "association_post", "remark")),
    )

    ethnicity = forms.CharField(label="民族", max_length=20, required=False, help_text="例如「土家族」。")
    education = forms.ChoiceField(label="学历", choices=[*EMPTY, *Education.choices], required=False)
    membership_state = forms.ChoiceField(label="党员类别", choices=MembershipState.choices)
    joined_on = DateField(label="入党日期", required=False)
    became_full_on = DateField(label="转正日期", required=False)
    relation_in_organization = YesNoField(label="组织关系在本组织")
    starts_on = DateField(label="编入名册日期", required=False)
    party_post = forms.ChoiceField(label="党内职务", choices=[("", "无"), *PartyPost.choices], required=False)
    association_post = forms.CharField(label="社会组织职务", max_length=80, required=False)
    remark = forms.CharField(label="备注", max_length=500, required=False)


class EndMembershipForm(ScreenForm):
    """When and why somebody left the roster."""

    ends_on = DateField(label="最后一天", help_text="从第二天起不在名册上。")
    reason = forms.CharField(label="去向或原因", max_length=200, help_text="例如「组织关系转出至某某支部」。")


class SecretaryForm(ScreenForm):
    """Who is secretary from when on, and how to reach the organisation."""

    name = forms.CharField(label="书记姓名", max_length=64)
    origin = forms.ChoiceField(label="书记来源", choices=[*EMPTY, *SecretarySource.choices], required=False)
    starts_on = DateField(label="任职起始日期", help_text="原书记任职到前一天为止。")
    phone = phone_field()
