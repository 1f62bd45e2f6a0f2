"""The tab 评议述职 of a Party organisation."""

from datetime import date

from django.urls import reverse

from partybuilding.appraisal.enums import STATE_TONES, PaperState
from partybuilding.appraisal.models import MemberReview, YearlyReport
from partybuilding.members.services import may_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.screens.columns import Column, table
from portal.screens.panels import PanelContent


def appraisal_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """Reviews of members and the organisation's yearly reports, the latest first."""
    is_kept = organization.dissolved_on is None and bool(may_keep(actor, organization))
    args = [organization.pk]
    reviews = scoped(MemberReview, actor).filter(organization=organization, held_on__lte=day).order_by("-year")
    reports = scoped(YearlyReport, actor).filter(organization=organization, reported_on__lte=day)
    return PanelContent(
        "partybuilding/appraisal/panel.html",
        {
            "reviews": table(
                "民主评议党员",
                (
                    Column(
                        "year",
                        "年度",
                        value=lambda row: f"{row.year} 年度",
                        link=lambda row: reverse("partybuilding:member_review", args=[row.pk]),
                        card="title",
                    ),
                    Column("held_on", "评议日期", kind="date"),
                    Column(
                        "participants",
                        "参加/党员（人）",
                        value=lambda row: f"{row.participant_count}/{row.member_count}",
                    ),
                    Column(
                        "excellent", "优秀/评定（人）", value=lambda row: f"{row.excellent_count}/{row.graded_count}"
                    ),
                    Column("failing", "不合格（人）", value="failing_count", kind="number"),
                ),
                list(reviews),
                empty="还没有登记民主评议。",
            ),
            "reports": table(
                "述职和作用发挥",
                (
                    Column(
                        "title",
                        "报告",
                        value=str,
                        link=lambda row: reverse("partybuilding:yearly_report", args=[row.pk]),
                        card="title",
                    ),
                    Column("reported_on", "报告日期", kind="date"),
                    Column(
                        "state",
                        "进度",
                        value=lambda row: PaperState(row.state),
                        kind="state",
                        tone=lambda row: STATE_TONES[PaperState(row.state)],
                    ),
                    Column("rating", "评议结果", value=lambda row: row.get_rating_display() or None),
                    Column("rated_by", "评议单位", value=lambda row: row.rated_by or None),
                ),
                list(reports),
                empty="还没有提交述职和作用发挥自评。",
            ),
            "review_url": reverse("partybuilding:member_review_new", args=args) if is_kept else "",
            "duty_url": reverse("partybuilding:duty_report_new", args=args) if is_kept else "",
            "effect_url": reverse("partybuilding:role_effect_new", args=args) if is_kept else "",
        },
        people=[organization.pk],
    )
