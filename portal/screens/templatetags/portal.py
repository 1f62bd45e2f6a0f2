"""{% load portal %}: numbers, dates, states, icons, form fields.

{{ count|number }}  {{ rate|rate }}  {{ rate|rate_bare }}  {{ change|points }}  {{ fund|wan }}  {{ fund|yuan }}
{{ day|day }}  {{ instant|instant }}  {{ instant|instant_seconds }}  {{ due_on|deadline }}  {{ size|file_size }}
{% state_tag enum_member %}  {% state_tag "待审核" "amber" %}  {% icon "search" %}  {% field form.name %}
{% error_summary form %}  {% query_with page=2 %}  {% period starts_on ends_on %}
"""

from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.screens import values
from portal.screens.columns import tag_html, value_html
from portal.screens.screen import query_without

register = template.Library()

ICONS = frozenset(
    [
        "alert", "arrow-left", "arrow-right", "bell", "building", "calendar", "check", "chevron-down", "clock", "close",
        "download", "edit", "file", "filter", "flag", "help", "home", "info", "link", "list", "logout", "menu", "plus",
        "print", "search", "sort", "sort-down", "sort-up", "switch", "undo", "upload", "user", "users",
    ]
)  # fmt: skip


@register.filter
def number(value: Any) -> SafeString:
    """1024 → 1,024; nothing → —; a Missing → its word."""
    return value_html(value, "number")


@register.filter
def rate(value: Any) -> SafeString:
    """91.9%（137/149）."""
    return value_html(value, "rate")


@register.filter
def rate_bare(value: Any) -> str:
    """91.9%, where numerator and denominator stand beside it."""
    return values.rate_text(value, with_parts=False)


@register.filter
def points(value: Any) -> str:
    """A change of a rate in 百分点."""
    return values.points_text(value)


@register.filter
def yuan(value: Any) -> str:
    return values.money_text(value, "元")


@register.filter
def wan(value: Any) -> str:
    """An amount in 元 written in 万元 (name the unit beside it)."""
    return values.money_text(value, "万元")


@register.filter
def day(value: Any) -> SafeString:
    return value_html(value, "date")


@register.filter
def instant(value: Any) -> SafeString:
    return value_html(value, "datetime")


@register.filter
def instant_seconds(value: Any) -> str:
    return values.datetime_text(value, seconds=True)


@register.filter
def deadline(value: Any) -> SafeString:
    """还有 12 天（06-30）, 今天到期, 已逾期 2 天, as a tag; today in the portal's time zone."""
    text, tone = values.deadline_text(value, timezone.localdate())
    return tag_html(text, tone)


@register.filter
def file_size(value: int) -> str:
    return values.size_text(value)


@register.simple_tag
def period(starts_on: Any, ends_on: Any) -> str:
    return values.period_text(starts_on, ends_on)


@register.simple_tag
def state_tag(value: Any, tone: str = "") -> SafeString:
    """A state in words: an enum member with `label` and `tone`, or a text and a tone."""
    if value is None or value == "":
        return value_html(None)
    return tag_html(str(getattr(value, "label", value)), tone or getattr(value, "tone", "grey"))


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, label: str = "") -> SafeString:
    """A picture from our own sprite. Without `label` it is decoration and stands beside a word."""
    if name not in ICONS:
        raise template.TemplateSyntaxError(f"no icon named {name!r} in the sprite")
    url = f"{static('img/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}" width="16" height="16"><use href="{}"></use></svg>',
            label,
            url,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false" width="16" height="16"><use href="{}"></use></svg>', url
    )


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **replace: Any) -> str:
    """The present query string with some items replaced."""
    return query_without(context["request"].GET, **{name: str(value) for name, value in replace.items()})


def widget_kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, Select):
        return "select"
    if isinstance(widget, FileInput):
        return "file"
    return "input"


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, width: str = "", hint: str = "") -> dict[str, Any]:
    """One form field: label, hint, the error in the same words as in the summary, the control.

    `width`: "" (full), "short" (dates, counts), "medium". Optional fields are marked 选填; required is the default.
    """
    kind = widget_kind(bound)
    shown_hint = hint or bound.help_text
    described = [f"{bound.id_for_label}-hint"] if shown_hint else []
    if bound.errors:
        described.append(f"{bound.id_for_label}-error")
    css = {"select": "form-select", "input": "form-control", "file": "form-control", "check": "check", "group": "check"}
    attrs: dict[str, Any] = {"class": css[kind]}
    if bound.errors:
        attrs["class"] += " is-wrong"
        if kind != "group":
            attrs["aria-invalid"] = "true"
    if described and kind != "group":
        attrs["aria-describedby"] = " ".join(described)
    return {
        "bound": bound,
        "kind": kind,
        "control": bound.as_widget(attrs=attrs) if kind != "group" else "",
        "options": list(bound.subwidgets) if kind == "group" else [],
        "described": " ".join(described),
        "hint": shown_hint,
        "width": width,
        "is_optional": not bound.field.required and kind != "check",
        "has_errors": bool(bound.errors),
        "is_hidden": bound.is_hidden,
    }


@register.simple_tag
def filter_control(bound: BoundField) -> SafeString:
    """The control of a filter: a visible label above it, the empty choice says 不限."""
    attrs: dict[str, str | bool] = {"class": "form-select" if widget_kind(bound) == "select" else "form-control"}
    if widget_kind(bound) == "group":
        attrs = {"class": "check"}
    return bound.as_widget(attrs=attrs)


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """All errors of a form on top, each linked to its field, in the words that stand under the field."""
    items = [(f"#{bound.id_for_label or bound.auto_id}", error) for bound in form for error in bound.errors]
    general = list(form.non_field_errors())
    return {"items": items, "general": general, "count": len(items) + len(general)}


@register.simple_tag
def lines(texts: Any) -> SafeString:
    """Texts as list items."""
    return format_html_join("", "<li>{}</li>", ((text,) for text in texts))
