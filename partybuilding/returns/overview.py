"""The tab 党员数 of a Party organisation."""

from datetime import date
from functools import partial

from django.urls import reverse

from partybuilding.members.services import may_keep
from partybuilding.organizations.models import PartyOrganization
from partybuilding.returns.rules import FORM, Lines
from partybuilding.returns.selectors import returns_of, roster_lines
from portal.access.actor import Actor
from portal.screens.columns import Column, table
from portal.screens.panels import PanelContent


def numbers_panel(actor: Actor, organization: PartyOrganization, day: date) -> PanelContent:
    """The fifteen lines of the last years, reported beside what the roster says."""
    reported = {one.year: one for one in returns_of(actor, organization)}
    years = range(day.year - 1, day.year - 4, -1)
    columns = [Column("label", "项目", card="title")]
    found: dict[str, Lines] = {}
    for year in years:
        if year in reported:
            found[f"{year} 年填报"] = reported[year].lines
        lines = roster_lines(actor, [organization.pk], year, day)[organization.pk]
        if lines != Lines(0):
            found[f"{year} 年名册"] = lines
    columns += [Column(label, label, value=partial(_figure, label), kind="number") for label in found]
    rows = [
        _FormLine(f"{number}. {label}", {key: getattr(lines, name) for key, lines in found.items()})
        for number, (label, name) in enumerate(FORM, 1)
    ]
    is_keeper = bool(may_keep(actor, organization))
    return PanelContent(
        "partybuilding/returns/panel.html",
        {
            "table": table("两年党员数综合比较", columns, rows if found else [], empty=NOTHING_YET),
            "remarks": [f"{year} 年差额说明：{one.remark}" for year, one in reported.items() if one.remark],
            "new_url": reverse("partybuilding:return_new", args=[organization.pk]) if is_keeper else "",
        },
    )


NOTHING_YET = "还没有填报年度党员数，也没有登记名册。只报人数的党组织，每年填报一次即可。"


def _figure(label: str, row: "_FormLine") -> int:
    return row.values[label]


class _FormLine:
    """One line of the form with its figure in each column."""

    pk = None

    def __init__(self, label: str, values: dict[str, int]) -> None:
        self.label, self.values = label, values

    def __str__(self) -> str:
        return self.label
