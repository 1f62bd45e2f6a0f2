"""The page of one object: head with tags, what needs attention, tabs (its own and those that wings hang on it)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from portal.screens import panels
from portal.screens.columns import Tag
from portal.screens.errors import render_error
from portal.screens.people import ShowsPeople, never_kept
from portal.screens.screen import Screen, query_without

OVERVIEW = "overview"
TIMELINE = "timeline"


@dataclass(frozen=True)
class Header:
    """The head of the page: the full name, states as words, a line of plain facts."""

    title: str
    tags: Sequence[Tag] = field(default_factory=tuple)
    facts: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class Tab:
    key: str
    label: str
    query: str
    is_current: bool


class DetailScreen(ShowsPeople, Screen):
    """`template_name` extends "screens/detail.html" and fills `{% block overview %}`; other tabs come from panels."""

    template_name = "screens/detail.html"
    subject: ClassVar[str] = ""
    overview_label: ClassVar[str] = "概览"
    timeline_label: ClassVar[str] = "变更记录"
    offers_as_of: ClassVar[bool] = False

    def header(self, obj: Any) -> Header:
        return Header(title=str(obj))

    def page_title(self) -> str:
        return self.header(self.object).title

    @cached_property
    def panels(self) -> list[panels.Panel]:
        return panels.panels_for(self.subject, self.actor, self.object)

    @cached_property
    def tab(self) -> str:
        return self.request.GET.get("tab", OVERVIEW)

    def tab_keys(self) -> list[tuple[str, str]]:
        keys = [(OVERVIEW, self.overview_label), *((one.key, one.label) for one in self.panels)]
        if panels.has_timeline(self.subject):
            keys.append((TIMELINE, self.timeline_label))
        return keys

    def tabs(self) -> list[Tab]:
        return [
            Tab(key, label, query_without(self.request.GET, tab=key), key == self.tab) for key, label in self.tab_keys()
        ]

    def base_context(self) -> dict[str, Any]:
        panel = next((one for one in self.panels if one.key == self.tab), None)
        content = panel.render(self.actor, self.object, self.as_of) if panel is not None else None
        if content is not None and content.people:
            self.show_people(content.people, tab=self.tab)
        shows_timeline = self.tab == TIMELINE and panels.has_timeline(self.subject)
        tabs = self.tabs()
        return {
            **(content.context if content else {}),
            **super().base_context(),
            "object": self.object,
            "header": self.header(self.object),
            "tabs": tabs if len(tabs) > 1 else [],
            "panel_label": next((one.label for one in tabs if one.is_current), ""),
            "panel_template": content.template if content else "",
            "panel": content.context if content else {},
            "shows_overview": panel is None and not shows_timeline,
            "shows_timeline": shows_timeline,
            "timeline": panels.timeline_for(self.subject, self.actor, self.object, self.as_of)
            if shows_timeline
            else [],
            "attention": panels.attention_for(self.subject, self.actor, self.object, self.as_of),
            "offers_as_of": self.offers_as_of,
            "tab": self.tab,
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.tab not in {key for key, _label in self.tab_keys()}:
            return render_error(
                request,
                404,
                title="没有找到这个页签",
                cause=f"“{self.page_title()}”没有名为「{self.tab[:20]}」的页签。",
                remedy="请从页面上方的页签进入。",
            )
        response = self.render()
        return never_kept(response) if self.has_shown_people else response
