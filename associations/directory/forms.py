"""Forms of the directory of bodies."""

from typing import Any

from django import forms

from associations.registry.enums import DepartmentKind, NameKind, RegistrationLevel
from associations.registry.forms import RegionField
from associations.registry.models import Department
from associations.registry.selectors import OWN_PREFIX, departments_of, region_choices
from portal.regions.models import Region
from portal.screens.fields import ScreenForm


class PlaceField(RegionField):
    """A place, or none for a body of the whole province."""

    def clean(self, value: Any) -> Region | None:  # type: ignore[override]
        return super().clean(value) if value not in self.empty_values else None


class DepartmentForm(ScreenForm):
    """A body that answers for associations."""

    name = forms.CharField(label="名称", max_length=200, help_text="规范全称；简称和旧称请登记为别名，导入时也能认出。")
    kind = forms.ChoiceField(label="类别", choices=DepartmentKind.choices)
    code = forms.CharField(label="代码", max_length=40, required=False)
    level = forms.ChoiceField(label="层级", choices=RegistrationLevel.choices, initial=RegistrationLevel.PROVINCE)
    region = PlaceField(label="地域", required=False, help_text="市县单位填写所在市县；省级单位不填。")
    parent = forms.ModelChoiceField(
        label="上级",
        queryset=Department.objects.none(),
        required=False,
        empty_label="没有上级",
        help_text="同一体系的上级，例如行业党委的上级是综合党委或两新工委。",
    )
    hosted_by = forms.ModelChoiceField(
        label="挂靠部门", queryset=Department.objects.none(), required=False, empty_label="没有挂靠"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: list[tuple[str, Any]] = [("", "不限地域")]
        for group, entries in region_choices(self.actor).groups:
            own = [(code, label.removesuffix("（全部）")) for code, label in entries if not code.startswith(OWN_PREFIX)]
            places.append((group, own))
        self.fields["region"].choices = places  # type: ignore[attr-defined]
        bodies = departments_of(self.actor)
        self.fields["parent"].queryset = bodies  # type: ignore[attr-defined]
        self.fields["hosted_by"].queryset = bodies  # type: ignore[attr-defined]


class NewDepartmentForm(DepartmentForm):
    """A new body with its other names."""

    aliases = forms.CharField(
        label="别名、曾用名",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一个。",
    )
    field_order = ["name", "aliases"]

    def clean_aliases(self) -> tuple[str, ...]:
        return tuple(line.strip() for line in self.cleaned_data["aliases"].splitlines() if line.strip())


class AliasForm(ScreenForm):
    """Another name of a body."""

    name = forms.CharField(label="名称", max_length=200)
    kind = forms.ChoiceField(label="类别", choices=NameKind.choices)
