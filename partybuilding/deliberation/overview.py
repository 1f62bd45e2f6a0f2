"""The tab 议事决策 of a Party organisation, and what its page says of its decisions."""

from datetime import date

from django.urls import reverse

from partybuilding.deliberation.enums import REVIEW_TONES
from partybuilding.deliberation.models import Agreement
from partybuilding.deliberation.selectors import agreements_of, decisions_of, interactions_of, unreviewed_of
from partybuilding.deliberation.views import state_of
from partybuilding.members.models import ROSTER
from partybuilding.members.services import KEEPERS, may_keep
from partybuilding.organizations.models import PartyOrganization
from portal.access.actor import Actor
from portal.screens.columns import Column, may_see, table
from portal.screens.panels import AttentionItem, PanelContent
from portal.screens.values import period_text

SHOWN = 20


def deliberation_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """The latest decisions and interactions, and the agreements."""
    decisions = list(decisions_of(actor, organization)[: SHOWN + 1])
    interactions = list(interactions_of(actor, organization)[: SHOWN + 1])
    is_keeper = organization.dissolved_on is None and may_see(KEEPERS, actor) and bool(may_keep(actor, organization))
    args = [organization.pk]

    def new(name: str) -> str:
        return reverse(name, args=args) if is_keeper else ""

    def all_of(name: str, rows: list) -> str:  # type: ignore[type-arg]
        return f"{reverse(name)}?q={organization.name}" if len(rows) > SHOWN else ""

    def state(row: Agreement) -> str:
        return "执行中" if row.is_current(day) else "不在执行期"

    return PanelContent(
        "partybuilding/deliberation/panel.html",
        {
            "sections": [
                (
                    "重大决策前置研究",
                    table(
                        "重大决策前置研究",
                        (
                            Column(
                                "title",
                                "议题",
                                link=lambda row: reverse("partybuilding:decision", args=[row.pk]),
                                card="title",
                                css="long",
                            ),
                            Column("matter", "清单事项", css="long"),
                            Column("association", "社会组织", value="association.name"),
                            Column("reviewed_on", "研究日期", kind="date"),
                            Column("opinion", "党组织意见", value=lambda row: row.get_opinion_display() or None),
                            Column("voted_on", "表决日期", kind="date"),
                            Column("outcome", "表决结果", value=lambda row: row.get_outcome_display() or None),
                            Column(
                                "state",
                                "前置研究",
                                value=state_of,
                                kind="state",
                                tone=lambda row: REVIEW_TONES[state_of(row)],
                                card="tag",
                            ),
                        ),
                        decisions[:SHOWN],
                        empty="还没有登记重大决策。",
                    ),
                    "登记重大决策",
                    new("partybuilding:decision_new"),
                    all_of("partybuilding:decisions", decisions),
                ),
                (
                    "双向互动",
                    table(
                        "双向互动",
                        (
                            Column(
                                "title",
                                "议题",
                                link=lambda row: reverse("partybuilding:interaction", args=[row.pk]),
                                card="title",
                                css="long",
                            ),
                            Column("kind", "形式", value=lambda row: row.get_kind_display()),
                            Column("association", "社会组织", value="association.name"),
                            Column("held_on", "日期", kind="date"),
                            Column("result", "形成的意见或成果", value=lambda row: row.result or None, css="long"),
                        ),
                        interactions[:SHOWN],
                        empty="还没有登记双向互动。",
                    ),
                    "登记双向互动",
                    new("partybuilding:interaction_new"),
                    all_of("partybuilding:interactions", interactions),
                ),
                (
                    "共建协议",
                    table(
                        "共建协议",
                        (
                            Column(
                                "kind",
                                "形式",
                                value=lambda row: row.get_kind_display(),
                                link=lambda row: reverse("partybuilding:agreement", args=[row.pk]),
                                card="title",
                            ),
                            Column("association", "社会组织", value="association.name"),
                            Column("number", "文号或编号", value=lambda row: row.document_number or None),
                            Column("period", "起止", value=lambda row: period_text(row.starts_on, row.ends_on)),
                            Column(
                                "state",
                                "当日",
                                value=state,
                                kind="state",
                                tone=lambda row: "green" if row.is_current(day) else "grey",
                                card="tag",
                            ),
                        ),
                        agreements_of(actor, organization),
                        empty="没有登记共建协议。",
                    ),
                    "登记共建协议",
                    new("partybuilding:agreement_new"),
                    "",
                ),
            ]
        },
    )


def attention(actor: Actor, organization: PartyOrganization, day: date) -> list[AttentionItem]:
    """Decisions that were voted on without an opinion; for the Party's own bodies."""
    number = unreviewed_of(actor, organization) if actor.role in ROSTER else 0
    if not number:
        return []
    url = f"{reverse('partybuilding:decisions')}?state=unreviewed&q={organization.name}"
    return [AttentionItem(f"{number} 项重大决策未经党组织前置研究就已表决。", url=url)]
