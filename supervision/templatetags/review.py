"""{% load review %}: the box of a remark, an attachment, its preview."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.screens.values import size_text

register = template.Library()
GENERAL = "."
SHOWN = {"image/jpeg", "image/png"}


@register.simple_tag
def remark_box(key: str, draft: str, posted: Any, label: str, whole: int = 0) -> SafeString:
    """The words beside a field, or (`whole`) about a section; what was typed and not taken stands in it again."""
    return _box(key, draft, posted, f"对{'「' + label + '」整个部分' if whole else '「' + label + '」'}的意见", rows=1)


@register.simple_tag
def remark_general(draft: str, posted: Any) -> SafeString:
    return _box(GENERAL, draft, posted, "", rows=2)


def _box(key: str, draft: str, posted: Any, label: str, *, rows: int) -> SafeString:
    text = (posted or {}).get(key, draft)
    name = format_html(' aria-label="{}"', label) if label else format_html(' id="remark-{}"', "general")
    box = format_html(
        '<textarea class="form-control" name="remark.{}" rows="{}" maxlength="500" data-remark{}>{}</textarea>'
        '<input type="hidden" name="seen.{}" value="{}">',
        key,
        rows,
        name,
        text,
        key,
        draft,
    )
    kept = " review-kept" if draft else ""
    if not label:
        return format_html('<span class="review-remark{}">{}</span>', kept, box)
    # Closed while it is empty: a page of 150 lines stays a page to read.
    words = "写意见" if label.endswith("」的意见") else "对整个部分写意见"
    return format_html(
        '<details class="review-remark{}"{}><summary>{}</summary>{}</details>',
        kept,
        format_html(" {}", "open") if text else "",
        format_html('{}<span class="visually-hidden">：{}</span>', words, label),
        box,
    )


@register.simple_tag(takes_context=True)
def attached_file(context: template.Context, one: Any) -> SafeString:
    """An attachment: its name opens it, 并排 shows it beside the lines."""
    query = context["request"].GET.copy()
    query["file"] = str(one.pk)
    return format_html(
        '<span class="review-file"><a href="{}" target="_blank" rel="noopener">{}</a> <small>{}</small>'
        ' <a class="review-beside" href="?{}">并排查看<span class="visually-hidden"> {}</span></a></span>',
        file_url(one),
        one.file.name,
        size_text(one.file.size),
        query.urlencode(),
        one.file.name,
    )


def file_url(one: Any) -> str:
    return reverse("supervision:filing_file", args=[one.pk])


@register.simple_tag
def shown_file(one: Any) -> SafeString:
    """A picture as a picture, a document in a frame, anything else as a link."""
    shown = one.preview or one.file
    url = reverse("supervision:filing_preview", args=[one.pk])
    if shown.media_type in SHOWN and url:
        return format_html('<img src="{}" alt="{}">', url, one.file.name)
    if shown.media_type == "application/pdf" and url:
        return format_html('<iframe src="{}" title="{}"></iframe>', url, one.file.name)
    return format_html('<p>这类文件不能直接显示。<a href="{}">下载 {}</a></p>', file_url(one), one.file.name)
