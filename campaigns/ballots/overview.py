"""What the page of one unit under mass appraisal shows of its counts and ballots."""

from typing import Any

from django.urls import reverse

from campaigns.ballots.enums import BALLOT_TONES, BallotState, Level
from campaigns.ballots.models import Ballot, PaperCount
from campaigns.ballots.selectors import ballot_rate, ballots_of, counts_of, paper_rate
from campaigns.plans.models import Method, Unit
from portal.screens.columns import Column, table
from portal.screens.values import datetime_text


def subject_text(row: PaperCount) -> str:
    """本党组织, or a member's name."""
    return str(row.member) if row.member else "本党组织"


def appraisal_parts(unit: Unit, method: Method) -> dict[str, Any]:
    """The counts on paper and the ballots by code of one unit."""
    counts = [
        Column("subject", "评议对象", value=subject_text, card="title"),
        Column("level", "类别", value=lambda row: Level(row.level)),
        Column("held_on", "评议日期", kind="date"),
        Column("issued", "发出/收回/有效（张）", value=_three, align="end"),
        Column("satisfied_count", "满意", kind="number"),
        Column("basic_count", "基本满意", kind="number"),
        Column("dissatisfied_count", "不满意", kind="number"),
        Column("rate", "满意率", value=lambda row: paper_rate(row).display(), align="end"),
        Column("tellers", "计票人", value=lambda row: f"{row.teller_one}、{row.teller_two}"),
        Column(
            "file",
            "计票单",
            value=lambda row: "查看",
            link=lambda row: reverse("campaigns:paper_file", args=[row.pk]),
        ),
        Column(
            "withdraw",
            "办理",
            value=lambda row: "撤回",
            link=lambda row: reverse("campaigns:paper_withdraw", args=[row.pk]),
        ),
    ]
    ballots = [
        Column("title", "评议事项", link=lambda row: reverse("campaigns:ballot", args=[row.pk]), card="title"),
        Column("time", "投票时间", value=time_text),
        Column("voter_count", "应参加（人）", kind="number"),
        Column("cast_count", "投票（张）", kind="number"),
        Column("rate", "满意率", value=lambda row: ballot_rate(row) or None, align="end"),
        Column(
            "state",
            "状态",
            value=lambda row: BallotState(row.state),
            kind="state",
            tone=lambda row: BALLOT_TONES[BallotState(row.state)],
            card="tag",
        ),
    ]
    return {
        "counts": table("纸质评议", counts, counts_of(unit, method), empty="还没有登记纸质评议。"),
        "ballots": table("投票评议", ballots, ballots_of(unit, method), empty="没有组织投票。"),
    }


def _three(row: PaperCount) -> str:
    return f"{row.issued_count}/{row.returned_count}/{row.valid_count}"


def time_text(ballot: Ballot) -> str:
    return f"{datetime_text(ballot.opens_at)} 至 {datetime_text(ballot.closes_at)}"
