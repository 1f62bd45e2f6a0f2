"""Forms of officers, contacts and member units."""

from typing import Any, ClassVar

from django import forms

from associations.governance.enums import AppointmentMode, MemberLevel, Post
from associations.registry.forms import YesNoField
from associations.registry.rules import code_problem
from portal.people.enums import PoliticalStatus
from portal.people.forms import PersonForm, phone_field
from portal.screens.fields import DateField, IntegerField, ScreenForm

EMPTY: list[tuple[str, str]] = [("", "未填")]


class OfficerForm(PersonForm):
    """A person, the post, and what is to be known of a leader."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("任职", ("post", "starts_on", "term_started_on", "term_count", "appointment_mode")),
        ("本人", ("name", "id_number", "id_type", "sex", "born_on", "political_status", "phone")),
        ("兼职情况", ("employer", "is_retired_official", "retired_on", "approval_number", "remark")),
    )

    post = forms.ChoiceField(label="职务", choices=[("", "请选择"), *Post.choices])
    starts_on = DateField(
        label="任职起始日期", required=False, help_text="会长、秘书长、法定代表人、监事长换人的，原任职到前一天为止。"
    )
    term_started_on = DateField(label="本届起始日期", required=False)
    term_count = IntegerField(
        label="连任届数", min_value=1, max_value=20, required=False, help_text="连同本届，连续担任的届数。"
    )
    appointment_mode = forms.ChoiceField(label="选任或聘任", choices=[*EMPTY, *AppointmentMode.choices], required=False)
    political_status = forms.ChoiceField(label="政治面貌", choices=[*EMPTY, *PoliticalStatus.choices], required=False)
    employer = forms.CharField(label="工作单位及职务", max_length=200, required=False)
    is_retired_official = YesNoField(label="离退休领导干部")
    retired_on = DateField(label="退休日期", required=False)
    approval_number = forms.CharField(label="兼职批复文号", max_length=80, required=False)
    remark = forms.CharField(label="备注", max_length=500, required=False)


class EditOfficerForm(OfficerForm):
    """The post stays: another post is another appointment."""

    SECTIONS = (
        ("任职", ("starts_on", "term_started_on", "term_count", "appointment_mode")),
        *OfficerForm.SECTIONS[1:],
    )
    post = None  # type: ignore[assignment]


class ContactForm(ScreenForm):
    """Whom to call, or only a telephone of the office."""

    name = forms.CharField(label="姓名", max_length=64, required=False, help_text="单位电话可不填姓名。")
    duty = forms.CharField(
        label="职务或分工", max_length=80, required=False, help_text="例如「办公室主任」；单位电话可填「值班电话」。"
    )
    phone = phone_field()
    is_main = forms.BooleanField(label="作为首要联系方式", required=False, help_text="原来的首要联系方式随之取消。")
    remark = forms.CharField(label="备注", max_length=500, required=False)

    needs_phone: ClassVar[bool] = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.needs_phone and not self.errors and not data.get("name") and not data.get("phone"):
            self.add_error("name", "姓名和联系电话都没有填写。请至少填写一项")
        return data


class EditContactForm(ContactForm):
    """An empty phone stays as it is."""

    needs_phone = False


class MemberUnitForm(ScreenForm):
    """A unit that is a member."""

    name = forms.CharField(label="单位名称", max_length=200)
    uscc = forms.CharField(label="统一社会信用代码", max_length=18, required=False)
    level = forms.ChoiceField(label="会员类别", choices=MemberLevel.choices, initial=MemberLevel.MEMBER)
    industry = forms.CharField(label="行业", max_length=80, required=False)
    starts_on = DateField(label="入会日期", required=False)
    remark = forms.CharField(label="备注", max_length=500, required=False)

    def clean_uscc(self) -> str:
        code = "".join(str(self.cleaned_data["uscc"]).split()).upper()
        problem = code_problem(code, "") if code else ""
        if problem:
            raise forms.ValidationError(problem)
        return code
