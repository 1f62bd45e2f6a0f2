"""情况汇报: a campaign's official report in four numbered parts, with signature and date (T-08, C-38)."""

from datetime import date
from typing import Any

from django import forms

from associations.registry.selectors import home_region
from campaigns.guidance.models import ReportPart
from campaigns.guidance.report_figures import CampaignFigures
from campaigns.guidance.report_wording import DEFINITIONS, Sentence, ledger_sentence, narrative
from campaigns.ledgers.enums import EntryKind
from campaigns.plans.enums import CampaignState, ItemKind
from campaigns.plans.models import Campaign, run_by
from campaigns.plans.selectors import is_runner, plan_of
from campaigns.plans.transitions import RUNNERS
from partybuilding.coverage.reports import issuer_of
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.scoping import scoped
from portal.reporting.data import Card, Paragraph, ReportData
from portal.reporting.forms import ReportParameters
from portal.reporting.printing import document_date
from portal.reporting.registry import Report

KEY = "campaign"


class CampaignParameters(ReportParameters):
    """Which campaign, and by which day."""

    campaign = forms.ModelChoiceField(Campaign.objects.none(), label="活动")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = scoped(Campaign, self.actor).filter(run_by(self.actor)).exclude(state=CampaignState.DRAFT)
        self.fields["campaign"].queryset = rows.order_by("-starts_on", "pk")  # type: ignore[attr-defined]
        self.fields["as_of"].help_text = "数字统计到这一天。"

    def to_params(self) -> dict[str, Any]:
        return {"campaign": self.cleaned_data["campaign"].pk}


def build_campaign(actor: Actor, params: dict[str, Any], as_of: date) -> ReportData:
    """The report as `actor` may read it. Raises `Refused` for a campaign it does not run, or a day before it."""
    rows = scoped(Campaign, actor).select_related("region", "organizer")
    campaign = rows.filter(pk=int(params.get("campaign") or 0)).first()
    if campaign is None or campaign.state == CampaignState.DRAFT or not is_runner(campaign, actor):
        raise Refused("report.campaign", "所选的活动不由您组织，或者还没有印发。请从列表中重新选择。")
    if as_of < campaign.starts_on:
        raise Refused(
            "report.before",
            f"数据截至日期 {as_of.isoformat()} 早于活动开始日期 {campaign.starts_on.isoformat()}。请改填日期。",
        )
    found = CampaignFigures(campaign, actor, as_of)
    parts = scoped(ReportPart, actor).filter(campaign=campaign)
    words = {part.number: (part.heading, part.text) for part in parts}
    issuer = campaign.organizer.name if campaign.organizer else _department_of(campaign, actor)
    return ReportData(
        title=f"{issuer}组织开展{campaign.title}情况的汇报",
        subtitle=f"（截至{document_date(as_of)}）",
        as_of=as_of,
        scope_label=campaign.organizer.name if campaign.organizer else campaign.region.name,
        issuer=issuer,
        cards=(
            Card("社会组织", found.cell("associations"), "家，活动范围内"),
            Card("党组织", found.cell("branches"), "个，参加活动"),
            Card("推进方式完成率", found.completion(), "各党组织合计"),
            Card("联系点", found.cell("points"), "个"),
            Card("已推广典型", found.cell("promoted"), "项"),
        ),
        narrative=(*narrative(words, _sentences(campaign, found, issuer, as_of)), *_contact(campaign)),
        tables=(found.method_table(), found.grade_table(), found.ledger_table(), found.report_table()),
        definitions=DEFINITIONS,
        rosters=found.rosters,
        drilldowns=found.drills,
    )


# The ledgers that show how lively a campaign is.
LIVELY = (EntryKind.CARRIER, EntryKind.ACTIVITY, EntryKind.INTEGRITY, EntryKind.GROUPS)


def _contact(campaign: Campaign) -> tuple[Paragraph, ...]:
    """Whom to ask, as such documents end (C-31); offices only."""
    parts = (("联系人", campaign.contact_name), ("联系电话", campaign.contact_phone), ("传真", campaign.contact_fax))
    known = [f"{label}：{text}" for label, text in parts if text]
    return (Paragraph(("；".join(known) + "。",)),) if known else ()


def _department_of(campaign: Campaign, actor: Actor) -> str:
    home = home_region(actor)
    if home is not None and home.pk == campaign.region_id:
        return issuer_of(actor, home)
    return f"中共{campaign.region.name}委社会工作部"


def _sentences(campaign: Campaign, found: CampaignFigures, issuer: str, as_of: date) -> dict[int, list[Sentence]]:
    """The figures of each part; a part whose figures are all nought has none."""
    opening: list[Any] = [
        f"截至{document_date(as_of)}，{issuer}组织开展活动的社会组织共有",
        found.cell("associations"),
        "家，有",
        found.members(),
        "名党员和",
        found.cell("branches"),
        "个党组织",
    ]
    if found.size("unreported"):
        opening += ["；其中", found.cell("unreported"), "家没有报告党员数"]
    ledger = found.ledger()
    return {
        0: [[*opening, "。现汇报如下："]],
        1: [_planned(campaign, found)],
        2: [
            _guided(found),
            *_some(_reported(found)),
            *_some(ledger_sentence(ledger, LIVELY)),
        ],
        3: [
            *_some(_graded(found)),
            *_some(ledger_sentence(ledger, (EntryKind.PROBLEM, EntryKind.MECHANISM, EntryKind.SUMMARY))),
        ],
        4: [
            *_some(_promoted(found)),
            *_some(ledger_sentence(ledger, (EntryKind.MATTER, EntryKind.CONTRIBUTION))),
        ],
    }


def _some(sentence: list[Any]) -> list[list[Any]]:
    return [sentence] if sentence else []


def _planned(campaign: Campaign, found: CampaignFigures) -> Sentence:
    plan = plan_of(campaign)
    bases = plan.items[ItemKind.BASIS]
    shape = [
        f"{len(rows)}{unit}"
        for rows, unit in ((plan.phases, "个阶段"), (plan.steps, "个步骤"), (plan.methods, "种推进方式"))
        if rows
    ]
    basis = f"根据{bases[0]}，" if bases else ""
    sentence: list[Any] = [
        f"{basis}印发《{campaign.title}实施方案》（{campaign.document_number}），分{'、'.join(shape)}推进。列入参加单位",
        found.cell("units"),
        "个，其中方案已备案的",
        found.cell("accepted"),
        "个；召开动员会议的",
        found.cell("mobilised"),
        "个",
    ]
    if found.mobilised_total:
        sentence.append(f"，到会{found.mobilised_total}人次")
    return [*sentence, "。"]


def _guided(found: CampaignFigures) -> Sentence:
    sentence: list[Any] = [
        "各党组织推进方式完成率",
        found.completion(),
        "。确定联系点",
        found.cell("points"),
        "个，走访",
    ]
    sentence += [found.cell("visits"), "次；督查到访", found.cell("inspected"), "个次；提出整改意见"]
    return [*sentence, found.cell("notices"), "份，已销号", found.cell("closed"), "份。"]


def _reported(found: CampaignFigures) -> list[Any]:
    """What was collected by its day (C-38); nothing where nothing was asked for."""
    if not found.size("asked"):
        return []
    return [
        f"收集进展情况{len(found.collections)}次，应报送",
        found.cell("asked"),
        "份，已报送",
        found.cell("reported_up"),
        "份，报送率",
        found.share("reported_up", "asked"),
        "。",
    ]


def _graded(found: CampaignFigures) -> list[Any]:
    sentence: list[Any] = []
    if found.size("graded"):
        sentence += ["有有效评估等级的社会组织", found.cell("graded"), "家，其中"]
        levels = [key for key in found.drills if key.startswith("grade:") and found.size(key)]
        for number, key in enumerate(levels):
            sentence += ["、" if number else "", found.cell(key), f"家为{key.removeprefix('grade:')}级"]
        sentence.append("。")
    if found.size("eligible"):
        sentence += [
            "目前符合评估条件的",
            found.cell("eligible"),
            "家中，已有",
            found.cell("applied"),
            "家申报，申报率",
        ]
        sentence += [found.share("applied", "eligible"), "。"]
    return sentence


def _promoted(found: CampaignFigures) -> list[Any]:
    if not found.size(f"entry:{EntryKind.CASE}"):
        return []
    return [
        "总结典型经验",
        found.cell(f"entry:{EntryKind.CASE}"),
        "项，推广典型经验和做法",
        found.cell("promoted"),
        "项。",
    ]


REPORT = Report(
    key=KEY,
    title="创先争优活动情况汇报",
    summary="四个部分的情况汇报：数字按截至日期统计并可点开名单，文字在活动的「汇报文字」中编写，署组织单位名称和成文日期。",
    parameters=CampaignParameters,
    roles=frozenset(str(role) for role in RUNNERS),
    build=build_campaign,
)
