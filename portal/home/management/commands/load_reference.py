"""Regions, work calendar, dated parameters, forms: what every installation needs before the first record."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from associations.checklists.services import TemplateRow, load_templates
from campaigns.plans.services import load_criteria
from partybuilding.affiliation.services import RuleRow, load_rules
from partybuilding.categories.services import CategoryRow, load_categories
from partybuilding.census.services import KindRow, load_kinds
from portal.regions.services import RegionRow, load_regions
from portal.regulations.services import ParameterRow, YearRow, load_calendar, load_parameters
from supervision.rounds import editions


class Command(BaseCommand):
    """Idempotent: a second run finds everything as it is and writes nothing."""

    help = "导入行政区划、工作日历、规则参数和表单；可重复运行，不含演示数据。"

    def handle(self, *args: object, **options: object) -> None:
        folder = Path(settings.BASE_DIR) / "fixtures" / "reference"
        regions = load_regions(region_rows(folder))
        year_count = load_calendar(calendar_rows(folder))
        parameter_count = load_parameters(parameter_rows(folder))
        checklist_count = load_templates(checklist_rows(folder))
        rule_count = load_rules(affiliation_rows(folder))
        kind_count = load_kinds(problem_rows(folder))
        category_count = load_categories(category_rows(folder))
        criteria_count = load_criteria(read(folder / "criteria.csv"))
        form_count = editions.take_in_shipped(now=timezone.now())
        if not options["verbosity"]:
            return
        self.stdout.write(
            f"行政区划：新增{regions.new_count}，更新{regions.changed_count}，未变{regions.same_count}。"
            f"工作日历：更新{year_count}年。规则参数：更新{parameter_count}项。清单：更新{checklist_count}份。隶属次序：更新{rule_count}条。摸底问题类别：更新{kind_count}项。指导类别：更新{category_count}项。评价标准：更新{criteria_count}套。表单：更新{form_count}份。"
        )


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a reference file, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    """An ISO date; an empty cell is open."""
    return date.fromisoformat(text) if text else None


def region_rows(folder: Path) -> list[RegionRow]:
    """The national codes, then the places that have only a local one."""
    rows = [*read(folder / "regions.csv"), *read(folder / "regions_local.csv")]
    return [
        RegionRow(row["code"], row["name"], row["short_name"], row["level"], row["parent"], row["source"])
        for row in rows
    ]


def calendar_rows(folder: Path) -> list[YearRow]:
    """Each year with the days that differ from the plain week."""
    days: dict[int, list[tuple[date, bool, str]]] = {}
    for row in read(folder / "calendar_days.csv"):
        when = date.fromisoformat(row["date"])
        days.setdefault(when.year, []).append((when, row["is_working"] == "1", row["name"]))
    return [
        YearRow(
            year=int(row["year"]),
            is_provisional=row["is_provisional"] == "1",
            published_on=day(row["published_on"]),
            source=row["source"],
            days=tuple(days.get(int(row["year"]), [])),
        )
        for row in read(folder / "calendar_years.csv")
    ]


def parameter_rows(folder: Path) -> list[ParameterRow]:
    """Dated values with source and confidence."""
    return [
        ParameterRow(
            code=row["code"],
            label=row["label"],
            kind=row["kind"],
            text=row["text"],
            region=row["region"],
            starts_on=day(row["starts_on"]),
            ends_on=day(row["ends_on"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in read(folder / "parameters.csv")
    ]


def affiliation_rows(folder: Path) -> list[RuleRow]:
    """The orders of affiliation, one line a rule."""
    return [
        RuleRow(
            region=row["region"],
            starts_on=day(row["starts_on"]),
            ends_on=day(row["ends_on"]),
            number=int(row["number"]),
            title=row["title"],
            kind=row["kind"],
            words=row["words"],
            is_industry={"": None, "yes": True, "no": False}[row["is_industry"]],
            target=row["target"],
            body_words=row["body_words"],
            body_level=row["body_level"],
            otherwise=row["otherwise"],
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in read(folder / "affiliation.csv")
    ]


def numbered(row: dict[str, str]) -> dict[str, Any]:
    """A line whose column `number` is one."""
    return row | {"number": int(row["number"])}


def problem_rows(folder: Path) -> list[KindRow]:
    """The kinds of problem that a census looks for."""
    return [KindRow(**numbered(row)) for row in read(folder / "problem_kinds.csv")]


def category_rows(folder: Path) -> list[CategoryRow]:
    """The categories of guidance with their measures."""
    return [CategoryRow(**numbered(row)) for row in read(folder / "guidance_categories.csv")]


def checklist_rows(folder: Path) -> list[TemplateRow]:
    """Templates with their steps, one line a step."""
    found: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in read(folder / "checklists.csv"):
        found.setdefault((row["code"], row["region"], row["starts_on"]), []).append(row)
    return [
        TemplateRow(
            code=steps[0]["code"],
            title=steps[0]["title"],
            region=steps[0]["region"],
            occasion=steps[0]["occasion"],
            working_days=int(steps[0]["working_days"]) if steps[0]["working_days"] else None,
            starts_on=day(steps[0]["starts_on"]),
            ends_on=day(steps[0]["ends_on"]),
            source=steps[0]["source"],
            confidence=steps[0]["confidence"],
            steps=tuple((step["text"], step["fact"]) for step in sorted(steps, key=lambda step: int(step["number"]))),
        )
        for steps in found.values()
    ]
