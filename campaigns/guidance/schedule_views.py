"""The schedule of a campaign as a page (C-12…C-14), and the words of its report."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from campaigns.guidance import services
from campaigns.guidance.forms import PartForm
from campaigns.guidance.models import ReportPart
from campaigns.guidance.report_wording import HEADINGS
from campaigns.guidance.schedule import SPAN_TONES, Bucket, SpanState, buckets, last_shown, span_state
from campaigns.methods.selectors import Progress, progress_of
from campaigns.plans.rules import Span
from campaigns.plans.selectors import is_runner, phases_of, steps_of
from campaigns.plans.transitions import READERS, RUNNERS
from campaigns.plans.views import EDIT, LIST, PAGE, CampaignScreen
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.screens.columns import Column, fact, serial, table
from portal.screens.forms import FormScreen
from portal.screens.screen import Crumb, Screen

MARK, BLANK = "■", "·"


def words(starts_on: date, ends_on: date | None) -> str:
    """A stretch of days as a plan says it: an open end is not today."""
    return Span("", starts_on, ends_on).words()


@dataclass(frozen=True, slots=True)
class Line:
    """One phase or step of the schedule with the days it takes: its own, or the whole campaign's."""

    kind: str
    number: int
    title: str
    text: str
    starts_on: date
    ends_on: date | None
    has_dates: bool

    def __str__(self) -> str:
        return f"{self.kind}{self.number}　{self.title}"

    def state(self, day: date) -> SpanState:
        return span_state(self.starts_on, self.ends_on, day)


class Schedule(CampaignScreen, Screen):
    """Phases and steps against the calendar, then how far each method is."""

    policy = Policy(READERS)
    title = "推进表"
    template_name = "campaigns/guidance/schedule.html"

    def lines(self) -> list[Line]:
        campaign = self.object
        phases: list[tuple[str, Any, str]] = [("阶段", row, row.focus) for row in phases_of(campaign)]
        steps: list[tuple[str, Any, str]] = [("步骤", row, row.work) for row in steps_of(campaign)]
        found = []
        for kind, row, text in (*phases, *steps):
            starts_on = row.starts_on or campaign.starts_on
            ends_on = row.ends_on if row.starts_on else campaign.ends_on
            found.append(Line(kind, row.number, row.title, text, starts_on, ends_on, row.starts_on is not None))
        return found

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        campaign, lines = self.object, self.lines()
        last = last_shown(campaign.starts_on, campaign.ends_on, [one.ends_on for one in lines], self.today)
        columns = buckets(campaign.starts_on, last)
        progress = progress_of(self.actor, campaign)
        kinds = [one.kind for one in lines]
        return self.render(
            facts=[
                fact("起止", words(campaign.starts_on, campaign.ends_on)),
                fact("阶段（个）", kinds.count("阶段"), "number"),
                fact("步骤（个）", kinds.count("步骤"), "number"),
                fact("推进方式（种）", len(progress.methods), "number"),
            ],
            spans=self._spans(lines, columns),
            methods=self._methods(progress),
            progress_url=reverse("campaigns:progress", args=[campaign.pk]),
        )

    def _spans(self, lines: list[Line], columns: list[Bucket]) -> Any:
        def mark(bucket: Bucket) -> Any:
            return lambda row: MARK if bucket.touches(row.starts_on, row.ends_on) else BLANK

        return table(
            "阶段和步骤",
            [
                Column("title", "内容", value=str, card="title"),
                Column(
                    "period",
                    "起止",
                    value=lambda row: words(row.starts_on, row.ends_on) if row.has_dates else "随活动开展",
                ),
                Column(
                    "state",
                    "状态",
                    value=lambda row: row.state(self.today).value,
                    kind="state",
                    tone=lambda row: SPAN_TONES[row.state(self.today)],
                    card="tag",
                ),
                *(
                    Column(f"b{number}", bucket.label, value=mark(bucket), align="center", card="hide")
                    for number, bucket in enumerate(columns)
                ),
                Column("text", "工作内容", value=lambda row: row.text or None, css="long"),
            ],
            lines,
            empty="没有划分阶段和步骤。",
        )

    def _methods(self, progress: Progress) -> Any:
        total = progress.total
        return table(
            "推进方式",
            [
                serial(),
                Column("title", "推进方式", card="title"),
                Column("due_on", "完成期限", kind="date"),
                Column(
                    "requires",
                    "须先完成",
                    value=lambda row: "、".join(str(other) for other in row.needed) or None,
                ),
                Column("done", "已完成（个）", value=lambda row: total.done[row.pk], kind="number"),
                Column("rate", "完成率", value=total.of, kind="rate"),
            ],
            progress.methods,
            empty="还没有推进方式。",
        )


class ReportParts(CampaignScreen, Screen):
    """The parts of the campaign's report and how far their words are."""

    policy = Policy(RUNNERS)
    title = "汇报文字"
    template_name = "campaigns/guidance/parts.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        campaign = self.object
        known = {row.number: row for row in scoped(ReportPart, self.actor).filter(campaign=campaign)}
        rows = [known.get(number) or ReportPart(number=number, heading=text) for number, text in HEADINGS.items()]
        columns = [
            Column("heading", "部分", card="title"),
            Column("length", "已写（字）", value=lambda row: len(row.text), kind="number"),
        ]
        is_managed = is_runner(campaign, self.actor)
        if is_managed:
            columns.append(
                Column(
                    "edit",
                    "操作",
                    value=lambda row: "编写",
                    link=lambda row: reverse("campaigns:report_part", args=[campaign.pk, row.number]),
                )
            )
        return self.render(
            parts=table("部分", columns, rows),
            report_url=reverse("reporting:run_new", args=["campaign"]) if is_managed else "",
        )


class ReportPartEdit(CampaignScreen, FormScreen):
    """Write the words of one part."""

    policy = Policy(RUNNERS, EDIT)
    form_class = PartForm
    submit_label = "保存"
    success_message = "已保存。"

    @cached_property
    def number(self) -> int:
        number = int(self.kwargs["part_number"])
        if number not in HEADINGS:
            raise Http404
        return number

    @cached_property
    def part(self) -> ReportPart | None:
        return scoped(ReportPart, self.actor).filter(campaign=self.object, number=self.number).first()

    def page_title(self) -> str:
        return f"编写汇报：{self.part.heading if self.part else HEADINGS[self.number]}"

    def crumbs(self) -> list[Crumb]:
        one = self.object
        return [
            Crumb("创先争优", reverse(LIST)),
            Crumb(str(one), reverse(PAGE, args=[one.pk])),
            Crumb("汇报文字", reverse("campaigns:report_parts", args=[one.pk])),
        ]

    def current_version(self) -> int | None:
        return self.part.version if self.part else 0

    def initial(self) -> dict[str, Any]:
        if self.part is None:
            return {"heading": HEADINGS[self.number]}
        return {"heading": self.part.heading, "text": self.part.text}

    def save(self, form: Any) -> ReportPart:
        return services.write_part(
            self.object,
            number=self.number,
            actor=self.actor,
            now=timezone.now(),
            version=self.version,
            **form.cleaned_data,
        )

    def success_url(self, result: Any) -> str:
        return reverse("campaigns:report_parts", args=[self.object.pk])
