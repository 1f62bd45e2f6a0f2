"""The Party organisation before the vote (R-101), and with the management. No database, no clock."""

from datetime import date

from partybuilding.deliberation.enums import Opinion, Outcome, ReviewState

ADVERSE = frozenset({Opinion.DEFER, Opinion.DISAGREE})


def review_state(reviewed_on: date | None, opinion: str, voted_on: date | None, outcome: str) -> ReviewState:
    """R-101: a matter of the list is studied by the Party organisation on the day of the vote at the latest.

    A vote without an opinion by then is an issue; a decision carried against the opinion is one for the committee.
    """
    if voted_on is None:
        return ReviewState.PENDING
    if reviewed_on is None or reviewed_on > voted_on:
        return ReviewState.UNREVIEWED
    if opinion in ADVERSE and outcome != Outcome.REJECTED:
        return ReviewState.CONTRARY
    return ReviewState.REVIEWED


def order_problem(reviewed_on: date | None, voted_on: date | None) -> str:
    """Why an opinion and a vote on these days do not go together; empty if they do (R-101)."""
    if reviewed_on is None and voted_on is None:
        return "前置研究和表决都没有填写。请至少登记其中一项。"
    if reviewed_on is None or voted_on is None or reviewed_on <= voted_on:
        return ""
    return (
        f"研究日期{reviewed_on.isoformat()}晚于表决日期{voted_on.isoformat()}，不能作为前置研究登记。"
        "重大事项应当先经党组织研究，再提交表决。确系事后研究的，研究一栏留空，并请重新履行程序。"
    )


def parts_problem(label: str, day: date | None, *others: tuple[str, str]) -> str:
    """Why a day and what belongs to it are not complete: both, or neither."""
    missing = [name for name, text in others if not text]
    if day is not None and missing:
        return f"填写了{label}日期，没有填写{'、'.join(missing)}。请一并填写。"
    if day is None and len(missing) < len(others):
        return f"没有填写{label}日期。请填写日期，或者把{label}一栏全部留空。"
    return ""
