"""Forms of dual cultivation."""

from typing import Any, ClassVar

from django import forms

from partybuilding.cultivation.enums import RESULTS, Direction
from portal.people.forms import PersonForm
from portal.screens.fields import DateField, ScreenForm


class CultivationForm(PersonForm):
    """Somebody who is cultivated."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("本人", ("name", "id_number", "id_type", "sex", "born_on")),
        ("培养", ("position", "mentor")),
    )
    position = forms.CharField(
        label="现任职务或岗位", max_length=80, required=False, help_text="例如「副会长」「会员部专员」。"
    )
    mentor = forms.CharField(label="联系人", max_length=80, required=False, help_text="负责培养联系的人。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["phone"]


class BeginForm(CultivationForm):
    """In which direction, since when."""

    SECTIONS: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = (
        ("方向", ("direction", "starts_on")),
        *CultivationForm.SECTIONS,
    )
    direction = forms.ChoiceField(label="培养方向", choices=[("", "请选择"), *Direction.choices])
    starts_on = DateField(label="开始日期")


class ConcludeForm(ScreenForm):
    """What came of it."""

    result = forms.ChoiceField(label="结果")
    ends_on = DateField(label="结果日期")
    result_note = forms.CharField(label="结果说明", max_length=200, required=False)

    def __init__(self, *args: Any, direction: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["result"]
        field.choices = [(one.value, one.label) for one in RESULTS[Direction(direction)]]
