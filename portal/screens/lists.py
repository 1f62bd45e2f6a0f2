"""A list: filters by GET, chips, sorting, exact counts, 50/100/200 rows, export of what is filtered, bulk choice.

The page and its htmx partial draw the same template (`screens/results.html`), so a partial equals a full reload.
Everything is a link or a GET form; without JavaScript nothing is lost.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html_join
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString

from portal.access.roles import WORKSPACE
from portal.exporting.services import AT_ONCE, export_rows
from portal.privacy.masks import mask_text
from portal.screens.columns import BulkAction, Column, Empty, Heading, Row, draw_rows, may_see
from portal.screens.errors import render_error
from portal.screens.filters import Chip, ScreenFilterSet
from portal.screens.people import ShowsPeople, never_kept
from portal.screens.screen import FROM_LABEL_LIMIT, Screen, query_without
from portal.screens.values import date_text, datetime_text

SIZES = (50, 100, 200)
EXPORTS = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 工作簿（.xlsx）"),
    "csv": ("text/csv; charset=utf-8", "逗号分隔文本（.csv）"),
    "json": ("application/json", "结构化数据（.json）"),
}
RESULTS_ID = "results"
EXPORT_CHUNK = 1_000


@dataclass(frozen=True)
class PageLink:
    """A page number with its query; `query` is empty for the gap and for the page shown."""

    label: str
    query: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Page:
    """One page of rows by exact count."""

    number: int
    page_count: int
    size: int
    total: int

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)


def page_numbers(number: int, page_count: int) -> list[int | None]:
    """The numbers to show, None for a gap: first, last, and two on each side of the current one."""
    wanted = sorted({1, page_count, *range(max(1, number - 2), min(page_count, number + 2) + 1)})
    shown: list[int | None] = []
    for one in wanted:
        if shown and shown[-1] is not None and one - shown[-1] == 2:
            shown.append(one - 1)
        elif shown and shown[-1] is not None and one - shown[-1] > 2:
            shown.append(None)
        shown.append(one)
    return shown


class ListScreen(ShowsPeople, Screen):
    """A declared list; see the usage guide in portal/screens/__init__.py."""

    template_name = "screens/list.html"
    columns: ClassVar[Sequence[Column]] = ()
    filterset_class: ClassVar[type[ScreenFilterSet] | None] = None
    default_order: ClassVar[Sequence[str]] = ()
    unit: ClassVar[str] = "条"
    empty: ClassVar[Empty] = Empty("还没有记录。")
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    exports: ClassVar[Sequence[str]] = ("xlsx", "csv", "json")
    shows_as_of: ClassVar[bool] = False
    # A list of people: each page and each export of it leaves an access event.
    shows_people: ClassVar[bool] = False
    # The kind of spreadsheet with these records: full numbers are asked for there, with a second person's approval.
    numbers_kind: ClassVar[str] = ""
    intro: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.default_order and cls.default_order[-1] not in ("pk", "-pk"):
            raise ImproperlyConfigured(f"{cls.__name__}.default_order must end in pk: pages would overlap otherwise")

    # What a subclass may adapt

    def get_columns(self) -> Sequence[Column]:
        return self.columns

    def get_bulk_actions(self) -> Sequence[BulkAction]:
        return self.bulk_actions

    def prepare(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Attach to the rows of one page what their columns need (one query for all of them)."""
        return rows

    def list_notes(self) -> list[str]:
        """Lines under the count: a rule that was applied, a date that is provisional."""
        return []

    # Figures above the rows: each is the link to its list

    def others(self, *names: str) -> QuerySet[Any]:
        """The rows within every filter but those named, to be counted."""
        query = self.request.GET.copy()
        for name in names:
            query.pop(name, None)
        found = self.filterset_of(query)
        rows: QuerySet[Any] = found.qs if found else self.get_queryset(self.actor)
        return rows.prefetch_related(None).order_by()

    def query_with(self, **chosen: str) -> str:
        """The query string of the first page of this list with these filters instead; an empty one is taken out."""
        query = self.request.GET.copy()
        for name in ("page", "export", *chosen):
            query.pop(name, None)
        for name, value in chosen.items():
            if value:
                query[name] = value
        return query.urlencode()

    def counted(self, counts: Mapping[Any, int], name: str = "state") -> SafeString:
        """Each choice of a filter with its number within the other filters; a number opens exactly its list."""
        return self.figures(name, [(choice.value, choice.label, number) for choice, number in counts.items()])

    def figures(self, name: str, figures: Iterable[tuple[str, str, int]]) -> SafeString:
        """Numbers with their label, each the link to the list filtered by `name` equal to its code."""
        links = [(self.query_with(**{name: code}), label, number, self.unit) for code, label, number in figures]
        return format_html_join(" · ", '<a href="?{}">{} {} {}</a>', links)

    # Rows

    def filterset_of(self, query: QueryDict) -> ScreenFilterSet | None:
        if self.filterset_class is None:
            return None
        rows = self.get_queryset(self.actor)
        return self.filterset_class(query, rows, request=self.request, actor=self.actor, as_of=self.as_of)

    @cached_property
    def filterset(self) -> ScreenFilterSet | None:
        return self.filterset_of(self.request.GET)

    @cached_property
    def filter_errors(self) -> list[str]:
        errors = []
        if self.request.GET.get("as_of") and self.requested_as_of is None:
            errors.append(f"日期「{self.request.GET['as_of'][:20]}」不存在。请按 年-月-日 填写，例如 2024-03-01")
        if self.filterset is not None and not self.filterset.is_valid():
            for name, problems in self.filterset.errors.items():
                label = self.filterset.filters[name].label if name in self.filterset.filters else "筛选条件"
                errors.extend(f"{label}：{problem}" for problem in problems)
        return errors

    @cached_property
    def sort(self) -> tuple[Column, bool] | None:
        """The column sorted by and whether descending, from `?sort=code` or `?sort=-code`."""
        asked = self.request.GET.get("sort", "")
        for column in self.get_columns():
            if column.sort and asked.lstrip("-") == column.code:
                return column, asked.startswith("-")
        return None

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """All rows of the list, filtered and ordered. A filter that cannot be read shows nothing, never everything."""
        if self.filter_errors:
            return self.get_queryset(self.actor).none()
        rows = self.filterset.qs if self.filterset is not None else self.get_queryset(self.actor)
        order = list(self.default_order) or ["pk"]
        if self.sort is not None:
            first = self.sort[0].sort_fields(descending=self.sort[1])
            names = {name.lstrip("-") for name in first}
            order = [*first, *(name for name in order if name.lstrip("-") not in names)]
        return rows.order_by(*order)

    @cached_property
    def page(self) -> Page:
        asked = self.request.GET.get("size", "")
        size = int(asked) if asked in {str(one) for one in SIZES} else SIZES[0]
        total = self.rows.count()
        page_count = max(1, -(-total // size))
        number = self.request.GET.get("page", "1")
        return Page(
            min(max(int(number), 1), page_count) if number.isdecimal() and len(number) < 9 else 1,
            page_count,
            size,
            total,
        )

    @cached_property
    def page_rows(self) -> Sequence[Any]:
        if not self.page.total:
            return []
        return self.prepare(list(self.rows[self.page.first - 1 : self.page.last]))

    # What the template shows

    def headings(self) -> list[Heading]:
        shown = []
        for column in self.get_columns():
            if not column.sort:
                shown.append(Heading(column.label, column.css_class))
                continue
            is_sorted = self.sort is not None and self.sort[0].code == column.code
            descending = is_sorted and self.sort is not None and self.sort[1]
            asked = column.code if not is_sorted or descending else f"-{column.code}"
            direction = ("descending" if descending else "ascending") if is_sorted else ""
            query = query_without(self.request.GET, "page", sort=asked)
            shown.append(Heading(column.label, column.css_class, query, direction))
        return shown

    def drawn_rows(self) -> list[Row]:
        return draw_rows(self.get_columns(), self.page_rows)

    def chips(self) -> list[Chip]:
        chips = self.filterset.chips(self.request.GET) if self.filterset is not None else []
        if self.requested_as_of is not None:
            query = query_without(self.request.GET, "as_of", "page")
            chips.append(Chip("as_of", "截至", date_text(self.requested_as_of), query))
        return chips

    def page_links(self) -> list[PageLink]:
        page = self.page
        links = []
        for number in page_numbers(page.number, page.page_count):
            if number is None:
                links.append(PageLink("…"))
            elif number == page.number:
                links.append(PageLink(str(number), is_current=True))
            else:
                links.append(PageLink(str(number), query_without(self.request.GET, page=str(number))))
        return links

    def page_query(self, number: int) -> str:
        return query_without(self.request.GET, page=str(number)) if 1 <= number <= self.page.page_count else ""

    def shown_bulk_actions(self) -> list[dict[str, str]]:
        query = query_without(self.request.GET, "page", "size", "from")
        return [
            {
                "code": action.code,
                "label": action.label,
                "url": f"{reverse(action.url_name, args=self.action_args())}?{query}".rstrip("?"),
            }
            for action in self.get_bulk_actions()
            if may_see(action.roles, self.actor)
        ]

    def kept_fields(self) -> list[tuple[str, str]]:
        """What the filter form carries along: sort, page size, every query item that is not a filter of the form."""
        names = set(self.filterset.filters) if self.filterset is not None else set()
        skipped = names | {"page", "from", "export"} | ({"as_of"} if self.shows_as_of else set())
        return [(name, value) for name, values in self.request.GET.lists() if name not in skipped for value in values]

    def empty_state(self) -> dict[str, Any]:
        """Why the list is empty: nothing yet, or nothing that matches (then which filter to drop)."""
        chips = self.chips()
        if chips or self.filter_errors:
            words = "、".join(f"{chip.label}“{chip.value}”" for chip in chips)
            text = f"没有符合条件的记录（{words}）。" if words else "筛选条件有误，没有可以显示的记录。"
            return {"text": text, "chips": chips, "clear_url": self.request.path, "action_label": "", "action_url": ""}
        url = reverse(self.empty.url_name) if self.empty.url_name and may_see(self.empty.roles, self.actor) else ""
        return {
            "text": self.empty.text,
            "chips": [],
            "clear_url": "",
            "action_label": self.empty.action_label if url else "",
            "action_url": url,
        }

    def base_context(self) -> dict[str, Any]:
        return {**super().base_context(), **self.results_context()}

    def results_context(self) -> dict[str, Any]:
        page = self.page
        query = self.request.GET
        chips = self.chips()
        bulk = self.shown_bulk_actions()
        return {
            "title": self.page_title(),
            "intro": self.intro,
            "unit": self.unit,
            "list_path": self.request.path,
            "filterset": self.filterset,
            "filter_errors": self.filter_errors,
            "shows_as_of": self.shows_as_of,
            "as_of_text": query.get("as_of", "") or "",
            "headings": (headings := self.headings()),
            "sort_links": [one for one in headings if one.url],
            "rows": self.drawn_rows(),
            "page": page,
            "page_links": self.page_links(),
            "previous_query": self.page_query(page.number - 1),
            "next_query": self.page_query(page.number + 1),
            "sizes": [(one, query_without(query, "page", size=str(one)), one == page.size) for one in SIZES],
            "chips": chips,
            "clear_url": self.request.path if chips else "",
            "from_label": query.get("from", "")[:FROM_LABEL_LIMIT],
            "without_from": query_without(query, "from"),
            "kept_fields": self.kept_fields(),
            "exports": [
                (EXPORTS[one][1], query_without(query, "page", "size", "from", export=one)) for one in self.exports
            ],
            "numbers_url": self.numbers_url(),
            "bulk_actions": bulk,
            "empty": self.empty_state() if not page.total else None,
            "list_notes": self.list_notes(),
        }

    def numbers_url(self) -> str:
        """Where an export with full numbers is asked for, with the filters of this list; empty without such a kind."""
        if not self.numbers_kind or self.actor.role not in WORKSPACE:
            return ""
        names = self.filterset.filters if self.filterset is not None else ()
        chosen = {name: value for name in names if (value := self.request.GET.get(name))}
        asked = {"kind": self.numbers_kind, **({"query": urlencode(chosen)} if chosen else {})}
        return f"{reverse('privacy:request_new')}?{urlencode(asked)}"

    # Answers

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("export", "")
        if asked:
            return self.export(asked)
        if request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == RESULTS_ID:
            context = {**self.results_context(), **self.context()}
            response = render(request, "screens/results.html", context)
        else:
            response = self.render()
        patch_vary_headers(response, ("HX-Request", "HX-Target"))
        if self.shows_people and self.page_rows:
            self.show_people([row.pk for row in self.page_rows], filters=self.filter_words())
            never_kept(response)
        return response

    def filter_words(self) -> str:
        """The filters in words, as history keeps them; a number that somebody typed as a name stays out of it."""
        return mask_text("；".join(f"{chip.label}：{chip.value}" for chip in self.chips()))

    def export_columns(self) -> list[Column]:
        return [column for column in self.get_columns() if column.export]

    def export_rows(self) -> Iterator[list[Any]]:
        """All rows of the list as typed values, a chunk at a time: the length of a list costs no memory."""
        columns = self.export_columns()
        rows: Any = self.rows
        found = rows.iterator(chunk_size=EXPORT_CHUNK) if isinstance(rows, QuerySet) else iter(rows)
        while chunk := list(islice(found, EXPORT_CHUNK)):
            for row in self.prepare(chunk):
                yield [column.plain(row) for column in columns]

    def export_notes(self, now: dt.datetime) -> list[str]:
        """What the 说明 sheet says: filters, order, scope, day of validity, who made it and when."""
        chips = [f"{chip.label}：{chip.value}" for chip in self.chips() if chip.name != "as_of"]
        order = f"{self.sort[0].label}（{'降序' if self.sort[1] else '升序'}）" if self.sort else "名单默认顺序"
        return [
            f"筛选条件：{'；'.join(chips) or '无'}",
            f"排序：{order}",
            f"范围：{self.actor.scope.label}",
            f"数据截至：{date_text(self.as_of)}",
            f"导出人：{self.actor.username}（{self.actor.label}）",
            f"导出时间：{datetime_text(now)}",
            *self.list_notes(),
        ]

    def export_name(self, format_: str) -> str:
        return f"{self.page_title()}-{date_text(self.as_of)}.{format_}"

    def export(self, format_: str) -> HttpResponse:
        """The filtered list as a file, with the filters it was made by; a long list is built in the background."""
        if format_ not in self.exports or self.filter_errors:
            return render_error(
                self.request,
                400,
                title="不能这样导出",
                cause=f"本名单没有「{format_[:10]}」这种导出方式。"
                if not self.filter_errors
                else self.filter_errors[0],
                remedy="请回到名单页，从“导出”菜单重新选择。",
            )
        if self.page.total > AT_ONCE:
            query = urlencode({"path": self.request.path, "query": self.request.GET.urlencode(), "format": format_})
            return HttpResponseRedirect(f"{reverse('exporting:new')}?{query}")
        if self.shows_people and self.page.total:
            self.show_people(list(self.rows.values_list("pk", flat=True)), tab="export", filters=self.filter_words())
        content = export_rows(
            self.export_columns(),
            self.export_rows(),
            format_,
            title=self.page_title(),
            notes=self.export_notes(timezone.now()),
        )
        response = HttpResponse(content, content_type=EXPORTS[format_][0])
        response["Content-Disposition"] = content_disposition_header(True, self.export_name(format_)) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        return response
