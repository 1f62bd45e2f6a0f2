"""Filters of a list: one set of named filters over a scoped queryset, read from the query string and shown as chips."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.forms.utils import flatatt
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.access.actor import Actor
from portal.screens.fields import DateField, SuggestField, choice_labels
from portal.screens.values import date_text

SEARCH_LIMIT = 100
ANY = "不限"
SELECTED = mark_safe(" selected")


@dataclass(frozen=True)
class Chip:
    """A filter that is set: what it says, and the query string without it."""

    name: str
    label: str
    value: str
    query: str


class SearchFilter(django_filters.CharFilter):
    """Free text over some columns: every word must be found in one of them (`icontains`). `normalise` prepares a word,
    e.g. to the form of a normalised key column; columns in `as_typed` hold numbers with their dashes."""

    def __init__(
        self, *, fields: Sequence[str], as_typed: Sequence[str] = (), normalise: Any = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("max_length", SEARCH_LIMIT)
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "search", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.fields, self.as_typed = tuple(fields), tuple(as_typed)
        self.normalise = normalise or str.strip

    def filter(self, qs: QuerySet[Any], value: str | None) -> QuerySet[Any]:
        for word in (value or "").split():
            wanted = self.normalise(word)
            if wanted:
                places = [*((name, wanted) for name in self.fields), *((name, word) for name in self.as_typed)]
                qs = qs.filter(reduce(or_, (Q(**{f"{name}__icontains": text}) for name, text in places)))
        return qs


class DateFilter(django_filters.Filter):
    """A date as people type it."""

    field_class = DateField


class SuggestFilter(django_filters.Filter):
    """One of many rows, typed with suggestions from `source`; the filter set sets `name_of` in `extra`."""

    field_class = SuggestField

    def __init__(self, *, source: str | Promise, **kwargs: Any) -> None:
        super().__init__(source=source, name_of=str, max_length=SEARCH_LIMIT, **kwargs)


class YesNoSelect(forms.NullBooleanSelect):
    """不限, 是, 否."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = [("", ANY), ("true", "是"), ("false", "否")]

    def format_value(self, value: Any) -> list[str]:  # type: ignore[override]  # Select wants a list of codes
        return [str(value).lower() if str(value).lower() in ("true", "false") else ""]


class DirectorySelect(forms.Select):
    """A select that writes its options straight out: the directory of bodies has more than a thousand, and a template
    for each would take longer than the list itself."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        written = self.build_attrs(self.attrs, {"name": name} | (attrs or {}))
        return format_html(
            "<select{}>{}</select>", flatatt(written), _options(self.choices, set(self.format_value(value)))
        )


def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
    """Choices as options, groups of choices as groups of options."""
    return format_html_join(
        "\n",
        "{}",
        (
            (
                format_html('<optgroup label="{}">{}</optgroup>', code, _options(label, chosen))
                if isinstance(label, list | tuple)
                else format_html(
                    '<option value="{}"{}>{}</option>', code, SELECTED if str(code) in chosen else "", label
                ),
            )
            for code, label in choices
        ),
    )


class ScreenFilterSet(django_filters.FilterSet):
    """The filters of one list. `actor` and `as_of` are at hand for filter methods; a `queryset` callable of a model
    filter receives `request` and takes `scoped(Model, request.actor)`."""

    primary: ClassVar[Sequence[str]] = ()

    def __init__(
        self, data: QueryDict, queryset: QuerySet[Any], *, request: HttpRequest, actor: Actor, as_of: dt.date
    ) -> None:
        self.actor = actor
        self.as_of = as_of
        super().__init__(data, queryset, request=request)
        for filter_ in self.filters.values():
            if isinstance(filter_, django_filters.BooleanFilter):
                filter_.extra.setdefault("widget", YesNoSelect)
            elif isinstance(filter_, django_filters.ChoiceFilter | django_filters.ModelChoiceFilter):
                filter_.extra.setdefault("widget", DirectorySelect)

    @property
    def bound_fields(self) -> list[forms.BoundField]:
        return list(self.form)

    def primary_fields(self) -> list[forms.BoundField]:
        names = self.primary or list(self.filters)[:5]
        return [self.form[name] for name in names]

    def further_fields(self) -> list[forms.BoundField]:
        shown = {field.name for field in self.primary_fields()}
        return [field for field in self.form if field.name not in shown]

    @property
    def has_further_values(self) -> bool:
        return any(field.name in self.data and self.data.get(field.name) for field in self.further_fields())

    def chips(self, query: QueryDict) -> list[Chip]:
        """One chip per filter that is set, in the order of declaration."""
        found = []
        cleaned = self.form.cleaned_data if self.is_valid() else {}
        for name, filter_ in self.filters.items():
            value = cleaned.get(name)
            if value in (None, "", [], ()) or (isinstance(value, QuerySet) and not query.getlist(name)):
                continue
            copy = query.copy()
            copy.pop(name, None)
            copy.pop("page", None)
            found.append(Chip(name, str(filter_.label or name), shown_choice(self.form[name], value), copy.urlencode()))
        return found


def shown_choice(field: forms.BoundField, value: Any) -> str:
    """What a person chose, in the words of the form."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.date):
        return date_text(value)
    if isinstance(field.field, SuggestField):
        return field.field.name_of(str(value))
    if isinstance(field.field, forms.ModelChoiceField):
        several = value if isinstance(value, QuerySet | list | tuple) else [value]
        return "、".join(field.field.label_from_instance(one) for one in several)
    if isinstance(field.field, forms.ChoiceField):
        labels = choice_labels(field.field)
        several = value if isinstance(value, list | tuple) else [value]
        return "、".join(labels.get(str(one), str(one)) for one in several)
    return str(value)
