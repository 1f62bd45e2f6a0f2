"""Terms and ages of officers (R-050, R-051, R-053). Pure."""

from datetime import date, timedelta


def born_by(on: date, limit: int) -> date:
    """The latest birthday of whoever is `limit` years old on a day; 29 February counts on 1 March (R-006, R-053)."""
    try:
        return on.replace(year=on.year - limit)
    except ValueError:
        return date(on.year - limit, 3, 1) - timedelta(days=1)


def age_text(count: int, limit: int) -> str:
    """How many officers have reached the age limit, without names."""
    return f"已满 {limit} 周岁的负责人 {count} 人。请核对是否有批准文件。"


def term_text(ends_on: date, on: date) -> str:
    """When the present term ends or ended (R-051)."""
    if ends_on < on:
        return f"本届任期已于 {ends_on} 届满，逾期 {(on - ends_on).days} 天未换届。请核对延期批准文件。"
    return f"本届任期到 {ends_on} 届满。"
