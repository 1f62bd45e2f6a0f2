"""Fields for people on forms. What is registered is never prefilled: an empty number stays as it is."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms

from portal.people.enums import IdType, Sex
from portal.privacy.masks import mask_id_number, mask_phone
from portal.screens.fields import DateField, ScreenForm

PURPOSES = (
    "核实身份或任职资格",
    "电话联系办理业务",
    "办理登记、备案或审批",
    "党员组织关系核对",
    "核查信访举报或问题线索",
)
OTHER = "other"


class PersonalField(forms.CharField):
    """A number of a person: the browser does not remember it, messages and comparisons show it masked."""

    def __init__(self, mask: Callable[[str], str], **kwargs: Any) -> None:
        self.mask = mask
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(widget=widget, required=False, **kwargs)


def id_number_field() -> PersonalField:
    return PersonalField(mask_id_number, label="公民身份号码", max_length=40, help_text="可不填。")


def phone_field() -> PersonalField:
    return PersonalField(mask_phone, label="联系电话", max_length=100, help_text="手机号，或「区号-号码」。")


class PersonForm(ScreenForm):
    """Name, number and what the number may not tell; subclasses add what the role row holds."""

    name = forms.CharField(label="姓名", max_length=64)
    id_type = forms.ChoiceField(
        label="证件类型", choices=[("", "按号码判断"), *IdType.choices], required=False, help_text="护照等须选择。"
    )
    id_number = id_number_field()
    sex = forms.ChoiceField(label="性别", choices=[("", "未填"), *Sex.choices], required=False)
    born_on = DateField(label="出生日期", required=False, help_text="填了公民身份号码的，按号码登记。")
    phone = phone_field()

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As they stand on the page, so that the keyboard walks the same way.
        self.order_fields([name for _, names in self.SECTIONS for name in names])


def keeps_numbers(form: forms.Form, number: Any = "", phone: Any = "") -> None:
    """On a form that changes a row: say what is registered, masked, and that an empty field leaves it."""
    for name, shown in (("id_number", number), ("phone", phone)):
        if name in form.fields:
            present = f"现登记为 {shown}，" if isinstance(shown, str) and shown else "现在没有登记，"
            form.fields[name].help_text = f"{present}不改的留空。"


class RevealForm(ScreenForm):
    """Which number, and for what."""

    field = forms.ChoiceField(label="查看的号码", widget=forms.RadioSelect)
    purpose = forms.ChoiceField(
        label="用途", choices=[("", "请选择"), *((text, text) for text in PURPOSES), (OTHER, "其他（在下面写明）")]
    )
    detail = forms.CharField(
        label="具体事项",
        max_length=120,
        required=False,
        help_text="为办理哪件事而查看，例如「核对换届备案材料」；不要填写号码。",
    )

    def __init__(self, *args: Any, fields: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["field"]
        field.choices = fields
        if len(fields) == 1:
            field.initial = fields[0][0]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("purpose") == OTHER and len(data.get("detail", "").strip()) < 4:
            self.add_error("detail", "用途选了「其他」，没有写明具体事项。请写清为办理哪件事而查看，至少 4 个字")
        return data

    @property
    def words(self) -> str:
        """The purpose as history keeps it."""
        chosen, detail = self.cleaned_data["purpose"], self.cleaned_data["detail"].strip()
        return detail if chosen == OTHER else f"{chosen}：{detail}" if detail else str(chosen)
