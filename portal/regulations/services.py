"""Writing dated parameters and the work calendar."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction

from portal.regions.models import Region
from portal.regulations.models import CalendarDay, CalendarYear, Parameter


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One line of the reference data; `region` is a code, empty for the nation."""

    code: str
    label: str
    kind: str
    text: str
    region: str
    starts_on: date | None
    ends_on: date | None
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class YearRow:
    """One year of the calendar with the days that differ from the plain week: (day, is_working, name)."""

    year: int
    is_provisional: bool
    published_on: date | None
    source: str
    days: tuple[tuple[date, bool, str], ...]


@transaction.atomic
def load_parameters(rows: Iterable[ParameterRow]) -> int:
    """Enter or correct parameters by code, jurisdiction and first day; others stay. Returns how many were written.

    Raises ValueError for an unknown region, an unreadable value, or two values of equal standing on one day.
    """
    wanted = list(rows)
    codes = {row.region for row in wanted if row.region}
    regions = Region.objects.in_bulk(codes, field_name="code")
    if missing := sorted(codes - set(regions)):
        raise ValueError(f"参数数据中的地区代码不存在：{'、'.join(missing)}。请先导入行政区划。")
    known = {(row.code, row.region_id, row.starts_on): row for row in Parameter.objects.all()}
    changed: list[Parameter] = []
    for row in wanted:
        region = regions.get(row.region)
        key = (row.code, region.pk if region else None, row.starts_on)
        fields = asdict(row) | {"region": region}
        parameter = known.get(key) or Parameter()
        if parameter.pk and all(getattr(parameter, name) == value for name, value in fields.items()):
            continue
        for name, value in fields.items():
            setattr(parameter, name, value)
        _ = parameter.value
        known[key] = parameter
        changed.append(parameter)
    _refuse_overlaps(known.values())
    # What is corrected comes first: it may make room for what is new.
    for parameter in sorted(changed, key=lambda parameter: parameter.pk is None):
        parameter.full_clean()
        parameter.save()
    return len(changed)


def _refuse_overlaps(parameters: Iterable[Parameter]) -> None:
    """Two values of one code and jurisdiction never share a day."""
    last: Parameter | None = None
    for row in sorted(parameters, key=lambda row: (row.code, row.region_id or 0, row.starts_on or date.min)):
        is_same = last is not None and (last.code, last.region_id) == (row.code, row.region_id)
        if last and is_same and (last.ends_on is None or row.starts_on is None or row.starts_on <= last.ends_on):
            raise ValueError(f"规则参数 {row.code} 有两个取值的有效期重叠。请先给前一个取值填写截止日期。")
        last = row


@transaction.atomic
def load_calendar(rows: Iterable[YearRow]) -> int:
    """Enter years, replacing the days of a year that differs. Returns how many years were written.

    Raises ValueError for a day outside its year, or one that says nothing new about the plain week.
    """
    written = 0
    for row in rows:
        for day, is_working, name in row.days:
            if day.year != row.year or (is_working and day.weekday() < 5):
                raise ValueError(f"{row.year}年工作日历中的{day.isoformat()}（{name}）有误。请核对放假通知。")
        kept = CalendarYear.objects.filter(year=row.year).first()
        days = tuple(CalendarDay.objects.filter(year=row.year).values_list("day", "is_working", "name"))
        head = {"is_provisional": row.is_provisional, "published_on": row.published_on, "source": row.source}
        if kept and days == tuple(sorted(row.days)) and all(getattr(kept, name) == head[name] for name in head):
            continue
        year, _ = CalendarYear.objects.update_or_create(year=row.year, defaults=head)
        year.days.all().delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(day=day, year=year, is_working=is_working, name=name) for day, is_working, name in row.days
        )
        written += 1
    return written
