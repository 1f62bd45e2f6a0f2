"""Form base and fields: tolerant reading, error texts that name the present value and the remedy.

The same text stands in the summary on top and under the field. `ScreenForm` replaces Django's own messages (which do
not name the value) unless a field brings its own.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.access.actor import Actor
from portal.screens.dates import parse_date
from portal.screens.values import date_text

SPACING = re.compile(r"[\s,]+")
UNIT = re.compile(r"(?<=\d)[人家元个名户]$")
SHOWN_LIMIT = 30
# What Django shows for an empty choice.
DASHES = "---------"

CHOSEN = (forms.ChoiceField, forms.ModelChoiceField)
TEXTS = {
    "required": "填写{label}",
    "required_choice": "选择{label}",
    "required_file": "选择要上传的{label}",
    "required_check": "请先确认：{label}",
    "invalid_int": "{label}应为整数，现在填的是「{shown}」。请只填数字，例如 12",
    "invalid_decimal": "{label}应为数字，现在填的是「{shown}」。请只填数字，例如 120.5",
    "invalid_date": "{label}现在填的是「{shown}」，不是一个存在的日期。请按 年-月-日 填写，例如 2024-03-01",
    "invalid": "{label}现在填的是「{shown}」，不符合要求。请对照提示重新填写",
    "invalid_choice": "{label}没有「{shown}」这一项，可能已被停用。请从列表中重新选择",
    "invalid_pk_value": "{label}没有「{shown}」这一项。请从列表中重新选择",
    "invalid_list": "{label}现在的选择读不出来。请从列表中重新选择",
    "max_length": "{label}最多 {limit_value} 个字，现在是 {show_value} 个。请缩短后再提交",
    "min_length": "{label}至少 {limit_value} 个字，现在是 {show_value} 个。请补充后再提交",
    "max_value": "{label}应不大于 {limit_value}，现在填的是「{shown}」。请核对后重新填写",
    "min_value": "{label}应不小于 {limit_value}，现在填的是「{shown}」。请核对后重新填写",
    "max_digits": "{label}位数过多，现在填的是「{shown}」。请核对后重新填写",
    "max_decimal_places": "{label}最多 {max} 位小数，现在填的是「{shown}」。请四舍五入后填写",
    "max_whole_digits": "{label}整数部分过长，现在填的是「{shown}」。请核对单位是否为元或万元",
    "empty": "{label}是空文件（0 字节）。请重新选择有内容的文件",
    "missing": "没有收到{label}。请重新选择文件后上传",
    "null_characters_not_allowed": "{label}含有看不见的控制字符。请删去后重新输入",
}


def shown_value(value: Any) -> str:
    """The present value in a message, shortened."""
    text = "、".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value or "")
    return text if len(text) <= SHOWN_LIMIT else f"{text[:SHOWN_LIMIT]}…"


class SuggestInput(forms.TextInput):
    """A text box that offers names while one types: a list of many hundreds is neither sent nor scrolled. Without
    scripts it is a plain text box, and what is typed is looked for all the same. `beside` names other fields of the
    form that the offer depends on."""

    def __init__(
        self, source: str | Promise = "", name_of: Callable[[str], str] = str, beside: Sequence[str] = ()
    ) -> None:
        super().__init__(attrs={"autocomplete": "off", "placeholder": "可输入名称"})
        self.source, self.name_of, self.beside = source, name_of, tuple(beside)

    def format_value(self, value: Any) -> str:
        return self.name_of(str(value)) if value else ""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        offered = f"{(attrs or {}).get('id', name)}-names"
        asking = {
            "list": offered,
            "hx-get": self.source,
            "hx-params": ",".join((name, *self.beside)),
            **({"hx-include": ",".join(f"[name={one}]" for one in self.beside)} if self.beside else {}),
            "hx-target": f"#{offered}",
            "hx-swap": "innerHTML",
            "hx-push-url": "false",
            "hx-trigger": "focus once, input changed delay:200ms",
        }
        control = super().render(name, value, {**(attrs or {}), **asking}, renderer)
        return format_html('{}<datalist id="{}"></datalist>', control, offered)


class SuggestField(forms.CharField):
    """One of many rows, by its key or by what it is called; `name_of` says how a value is shown."""

    def __init__(self, *, source: str | Promise, name_of: Callable[[str], str], **kwargs: Any) -> None:
        self.name_of = name_of
        super().__init__(widget=SuggestInput(source, name_of), **kwargs)


class DateField(forms.DateField):
    """A date as people type it; shown as 2024-03-01, with a native picker beside it where scripts run."""

    widget = forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-date": "", "maxlength": "20"})

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        found = parse_date(str(value))
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(self, value: Any) -> Any:
        return date_text(value) if isinstance(value, dt.date) else value


class NumberText:
    """Accepts what people paste: full-width digits, thousands separators, a counting word behind the number. Not 万: it
    would change the amount."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = UNIT.sub("", SPACING.sub("", unicodedata.normalize("NFKC", value)))
        return super().to_python(value)  # type: ignore[misc]


class IntegerField(NumberText, forms.IntegerField):
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class MoneyField(NumberText, forms.DecimalField):
    """An amount in 元 with at most two decimals; name the unit in the label."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("min_value", Decimal(0))
        super().__init__(**kwargs)


class ScreenForm(forms.Form):
    """A form that knows its actor; choices of related rows are set in `__init__` with `scoped(Model, self.actor)`."""

    use_required_attribute = False

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _say_choose(field)

    def add_error(self, field: str | None, error: Any) -> None:
        if not isinstance(error, ValidationError):
            error = ValidationError(error)
        by_field = error.error_dict if hasattr(error, "error_dict") else {field or NON_FIELD_ERRORS: error.error_list}
        for name, problems in by_field.items():
            for problem in problems:
                self._reword(name, problem)
        super().add_error(field, error)

    def _reword(self, name: str, problem: ValidationError) -> None:
        field = self.fields.get(name)
        if field is None or not problem.code or not _is_stock(field, problem):
            return
        text = TEXTS.get(_text_code(field, problem.code))
        if text is None:
            return
        bound = self[name]
        params = problem.params or {}
        problem.message = text.format_map(
            _Known({**params, "label": bound.label, "shown": shown_value(params.get("value", bound.data))})
        )
        problem.params = None


def _say_choose(field: forms.Field) -> None:
    """The empty choice says what to do instead of a row of dashes."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = "请选择" if field.required else "不填"
    elif isinstance(field, forms.ChoiceField) and isinstance(field.choices, list):
        field.choices = [
            ("", "请选择" if field.required else "不填") if code == "" else (code, label)
            for code, label in field.choices
        ]


def choice_labels(field: Any) -> dict[str, str]:
    """Code → label of a field with choices, groups flattened."""
    return {
        str(code): str(label)
        for group, entry in field.choices
        for code, label in (entry if isinstance(entry, list | tuple) else [(group, entry)])
    }


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


def _is_stock(field: forms.Field, problem: ValidationError) -> bool:
    """Whether the message is Django's own and not one that this field brought."""
    own = next(
        (
            cls.__dict__["default_error_messages"][problem.code]
            for cls in type(field).__mro__
            if problem.code and problem.code in cls.__dict__.get("default_error_messages", {})
        ),
        None,
    )
    return own is None or field.error_messages.get(str(problem.code)) == own


def _text_code(field: forms.Field, code: str) -> str:
    if code == "required":
        if isinstance(field, forms.FileField):
            return "required_file"
        if isinstance(field, forms.BooleanField):
            return "required_check"
        return "required_choice" if isinstance(field, CHOSEN) else "required"
    if code == "invalid":
        if isinstance(field, forms.DateField):
            return "invalid_date"
        if isinstance(field, forms.DecimalField):
            return "invalid_decimal"
        if isinstance(field, forms.IntegerField):
            return "invalid_int"
    return code
