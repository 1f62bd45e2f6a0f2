"""Write fixtures/reference/calendar_days.csv from two named packages (docs/decisions/0011-work-calendar.md).

    pip install --target SCRATCH chinesecalendar==1.11.0 holidays==0.109
    PYTHONPATH=SCRATCH python scripts/reference/calendar_days.py

Published years come from chinesecalendar, which repeats the State Council's notices. A year without a notice is
provisional: its holidays follow from 全国年节及纪念日放假办法 by the lunar calendar of `holidays`, and no day is moved,
because moves are decided only by the notice. calendar_years.csv, written by hand, says which year is which and names
the notice.
"""

import csv
from pathlib import Path

import chinese_calendar
import holidays
from chinese_calendar.constants import holidays as rest_days
from chinese_calendar.constants import workdays

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "reference"


def published(year: int) -> list[list[str]]:
    """Every day the notice names: days off (also those on a weekend) and weekends that are worked."""
    label = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}
    found = [[day.isoformat(), "0", label[name]] for day, name in rest_days.items() if day.year == year]
    moved = [[day.isoformat(), "1", f"{label[name]}调休上班"] for day, name in workdays.items() if day.year == year]
    return sorted(found + moved)


def provisional(year: int) -> list[list[str]]:
    """The statutory holidays and the working days off that replace those falling on a weekend."""
    return [[day.isoformat(), "0", name] for day, name in sorted(holidays.China(years=year, language="zh_CN").items())]


def main() -> None:
    with (FIXTURES / "calendar_years.csv").open(encoding="utf-8", newline="") as file:
        years = [(int(row["year"]), row["is_provisional"] == "1") for row in csv.DictReader(file)]
    written = [row for year, is_provisional in years for row in (provisional if is_provisional else published)(year)]
    with (FIXTURES / "calendar_days.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["date", "is_working", "name"])
        writer.writerows(written)
    print(f"{len(written)} days in {len(years)} years")


if __name__ == "__main__":
    main()
