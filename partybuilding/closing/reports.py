"""两个覆盖月报 (X-21): one edition of a close as a report, every figure with the rows that were kept for it."""

from datetime import date
from typing import Any

from django import forms

from associations.registry.selectors import home_region
from partybuilding.closing.drafting import findings, prepare, signed
from partybuilding.closing.models import Close, CloseEdition
from partybuilding.closing.report_figures import Figures, of_edition
from partybuilding.closing.report_wording import cards, definitions, narrative
from partybuilding.coverage.reports import issuer_of
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT
from portal.access.scoping import scoped
from portal.reporting.data import ReportData
from portal.reporting.forms import ReportParameters
from portal.reporting.registry import Report

KEY = "coverage_close"


class CloseParameters(ReportParameters):
    """The month is that of the date."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = scoped(Close, self.actor).filter(final=None).order_by("-month").first()
        if waiting is not None:
            self.initial["as_of"] = waiting.as_of
        self.fields["as_of"].help_text = "当月的最后一天。"

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if not scoped(Close, self.actor).filter(as_of=day).exists():
            raise forms.ValidationError(
                f"没有截至 {day.isoformat()} 的月报。请填写已建立月报的那个月的最后一天，或先建立月报。"
            )
        return day


def build_close(actor: Actor, params: dict[str, Any], as_of: date) -> ReportData:
    """The newest edition of the close of a month. Raises `Refused` when nothing was kept for it."""
    close = scoped(Close, actor).filter(as_of=as_of).first()
    edition = (
        scoped(CloseEdition, actor).filter(close=close, number__gt=0).order_by("-number").first()
        if close is not None
        else None
    )
    if close is None or edition is None:
        raise Refused("close.none", f"没有截至 {as_of.isoformat()} 的月报。请先建立月报。")
    found = Figures(of_edition(close, edition, actor))
    home = home_region(actor)
    corrected = found.corrected()
    return ReportData(
        title=f"{home.name if home else '全省'}社会组织两个覆盖月报",
        subtitle=f"（{close.label}）",
        as_of=as_of,
        scope_label=actor.scope.label,
        issuer=issuer_of(actor, home),
        cards=cards(found),
        narrative=narrative(found),
        tables=(found.equation(), found.reasons(), found.by_unit()),
        annexes=tuple(one for one in (found.ledger(), corrected) if one is not None),
        definitions=definitions(found.window.closing_rules),
        rosters=found.rosters(),
        drilldowns=found.drills,
    )


REPORT = Report(
    key=KEY,
    title="社会组织两个覆盖月报",
    summary="每月一期：各综合（行业）党委和市州确认名单，两个覆盖的每项变动列明社会组织和原因，送审后签发。",
    parameters=CloseParameters,
    roles=frozenset(DEPARTMENT),
    build=build_close,
    needs_review=True,
    is_final_when_signed=True,
    prepare=prepare,
    blockers=findings,
    signed=signed,
)
