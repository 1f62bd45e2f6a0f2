"""Forms of Party members and secretaries."""

from typing import Any, ClassVar

from django import forms

from associations.registry.forms import YesNoField
from partybuilding.members.enums import Education, EventKind, MembershipState, PartyPost, SecretarySource
from portal.access.roles import Role
from portal.people.forms import PersonForm, phone_field
from portal.screens.fields import DateField, ScreenForm

# How somebody leaves a roster otherwise than by a transfer.
ENDINGS = (EventKind.LEFT, EventKind.DIED, EventKind.EXPELLED, EventKind.SUSPENDED)
EMPTY: list[tuple[str, str]] = [("", "未填")]


class PartyMemberForm(PersonForm):
    """A person on the roster."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("本人", ("name", "id_number", "id_type", "sex", "born_on", "ethnicity", "native_place", "education", "phone")),
        ("党籍", ("membership_state", "joined_on", "became_full_on", "relation_in_organization", "starts_on")),
        ("职务", ("party_post", "association_post", "professional_title", "remark")),
    )

    ethnicity = forms.CharField(label="民族", max_length=20, required=False, help_text="例如「土家族」。")
    education = forms.ChoiceField(label="学历", choices=[*EMPTY, *Education.choices], required=False)
    native_place = forms.CharField(label="籍贯", max_length=60, required=False, help_text="例如「湖南长沙」。")
    membership_state = forms.ChoiceField(label="党员类别", choices=MembershipState.choices)
    joined_on = DateField(label="入党日期", required=False)
    became_full_on = DateField(label="转正日期", required=False)
    relation_in_organization = YesNoField(label="组织关系在本组织")
    starts_on = DateField(label="编入名册日期", required=False)
    party_post = forms.ChoiceField(label="党内职务", choices=[("", "无"), *PartyPost.choices], required=False)
    association_post = forms.CharField(label="社会组织职务", max_length=80, required=False)
    professional_title = forms.CharField(
        label="专业技术职称", max_length=60, required=False, help_text="例如「高级经济师」。"
    )
    remark = forms.CharField(label="备注", max_length=500, required=False)


class EndMembershipForm(ScreenForm):
    """When and why somebody left the roster."""

    kind = forms.ChoiceField(label="事项", choices=[(kind.value, kind.label) for kind in ENDINGS])
    ends_on = DateField(label="最后一天", help_text="从第二天起不在名册上。")
    document_number = forms.CharField(
        label="批准文号", max_length=80, required=False, help_text="出党、停止党籍的必填。"
    )
    reason = forms.CharField(label="原因", max_length=200, help_text="例如「重复登记」「不再在本组织工作」。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.actor.role == Role.BRANCH_SECRETARY:
            field: Any = self.fields["kind"]
            field.choices = [one for one in field.choices if one[0] in (EventKind.LEFT, EventKind.DIED)]
            del self.fields["document_number"]


class SecretaryForm(ScreenForm):
    """Who is secretary from when on, and how to reach the organisation."""

    name = forms.CharField(label="书记姓名", max_length=64)
    origin = forms.ChoiceField(label="书记来源", choices=[*EMPTY, *SecretarySource.choices], required=False)
    starts_on = DateField(label="任职起始日期", help_text="原书记任职到前一天为止。")
    phone = phone_field()
