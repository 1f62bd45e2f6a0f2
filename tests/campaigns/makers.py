"""Campaigns for tests: drafts that could go out, issued ones, and rows of every part."""

from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone

from campaigns.plans.enums import CampaignState, ItemKind, LinkKind, MethodForm, SteeringRole
from campaigns.plans.models import (
    Campaign,
    CampaignItem,
    CampaignLink,
    Method,
    Phase,
    SteeringMember,
    Step,
    StepExtension,
    Unit,
)
from portal.files.services import store
from tests.personas import PERSONAS, Personas, Province

Rows = dict[str, Model]
START, END = date(2026, 4, 1), date(2026, 12, 31)


def make_campaign(province: Province, title: str = "社会组织创先争优活动", **fields: Any) -> Campaign:
    values = {"region": province.hunan, "starts_on": START, "ends_on": END, "document_number": "湘社工〔2026〕12号"}
    return Campaign.objects.create(title=title, **values | fields)


def draft_campaign(province: Province, **fields: Any) -> Campaign:
    """With a basis and three methods, of which the second waits for the first."""
    campaign = make_campaign(province, plans_due_on=date(2026, 7, 31), **fields)
    CampaignItem.objects.create(campaign=campaign, kind=ItemKind.BASIS, number=1, text="《意见》（中办发〔2010〕12号）")
    pledge = Method.objects.create(campaign=campaign, number=1, title="公开承诺", form=MethodForm.PLEDGE)
    review = Method.objects.create(campaign=campaign, number=2, title="自我讲评", form=MethodForm.REVIEW)
    review.requires.add(pledge)
    Method.objects.create(campaign=campaign, number=3, title="领导点评", form=MethodForm.COMMENT)
    return campaign


def make_unit(campaign: Campaign, organization: Any, **fields: Any) -> Unit:
    """With a plan's file, so that there is one to fetch."""
    fields.setdefault("file", store(b"%PDF-1.4", name="方案.pdf", kind="campaign_plan", actor=None, now=timezone.now()))
    return Unit.objects.create(campaign=campaign, organization=organization, joined_on=START, **fields)


# The scope table ---------------------------------------------------------------------------------------------------


def campaigns(personas: Personas) -> Rows:
    """The province's, issued with both branches; its draft; a committee's draft; another committee's, issued."""
    known: Rows = personas.__dict__.setdefault("scope_campaigns", {})
    if known:
        return dict(known)
    province = personas.province
    issued: dict[str, Any] = {"state": CampaignState.RUNNING, "issued_at": timezone.now()}
    known |= {
        "province": make_campaign(province, "全省活动", **issued),
        "draft": make_campaign(province, "全省草稿"),
        "own": make_campaign(province, "党委草稿", organizer=province.committee),
        "other": make_campaign(province, "另一党委活动", organizer=province.other_committee, **issued),
    }
    units(personas)
    return dict(known)


def units(personas: Personas) -> Rows:
    """Both branches in the province's campaign; others in campaigns and drafts that their own body does not see."""
    made: Any = campaigns(personas)
    known: Rows = personas.__dict__.setdefault("scope_units", {})
    if not known:
        province = personas.province
        known |= {
            "tea": make_unit(made["province"], province.tea_branch),
            "trade": make_unit(made["province"], province.trade_branch),
            "other": make_unit(made["other"], province.trade_branch),
            "guest": make_unit(made["own"], province.trade_branch),
            "early": make_unit(made["draft"], province.tea_branch),
        }
    return dict(known)


def of_campaigns(make: Any) -> Any:
    """Rows of one part, by the name of their campaign."""
    return lambda personas: {name: make(campaign, personas) for name, campaign in campaigns(personas).items()}


def _step(campaign: Campaign, personas: Personas) -> Step:
    return Step.objects.create(campaign=campaign, number=campaign.steps.count() + 1, title="步骤", ends_on=None)


def _extension(campaign: Campaign, personas: Personas) -> StepExtension:
    return StepExtension.objects.create(
        step=_step(campaign, personas),
        was_until_on=START,
        until_on=END,
        decided_on=START,
        document_number="湘社工〔2026〕20号",
        reason="质量未达要求",
        recorded_by=personas.department_admin.user,
    )


def _link(campaign: Campaign, personas: Personas) -> CampaignLink:
    other = make_campaign(personas.province, "前期活动")
    return CampaignLink.objects.create(campaign=campaign, other=other, kind=LinkKind.PRECEDING)


REACH: dict[str, set[str]] = {
    key: {
        "department_admin": {"province", "draft", "own", "other"},
        "department_staff": {"province", "draft", "own", "other"},
        "party_committee": {"province", "own"},
        "other_committee": {"province", "other"},
        "branch_secretary": {"province"},
    }.get(key, set())
    for key in PERSONAS
}
UNIT_REACH: dict[str, set[str]] = {
    key: {
        "department_admin": {"tea", "trade", "other", "early", "guest"},
        "department_staff": {"tea", "trade", "other", "early", "guest"},
        "party_committee": {"tea", "guest"},
        "other_committee": {"trade", "other"},
        "branch_secretary": {"tea"},
    }.get(key, set())
    for key in PERSONAS
}
# Label → (rows by name, who reaches which).
TABLES: dict[str, tuple[Any, dict[str, set[str]]]] = {
    "campaigns.Campaign": (campaigns, REACH),
    "campaigns.CampaignItem": (
        of_campaigns(
            lambda campaign, personas: CampaignItem.objects.create(
                campaign=campaign, kind=ItemKind.GOAL, number=1, text="目标"
            )
        ),
        REACH,
    ),
    "campaigns.CampaignLink": (of_campaigns(_link), REACH),
    "campaigns.Phase": (
        of_campaigns(
            lambda campaign, personas: Phase.objects.create(
                campaign=campaign, number=1, title="第一阶段", starts_on=START
            )
        ),
        REACH,
    ),
    "campaigns.Step": (of_campaigns(_step), REACH),
    "campaigns.StepExtension": (of_campaigns(_extension), REACH),
    "campaigns.Method": (
        of_campaigns(
            lambda campaign, personas: Method.objects.create(
                campaign=campaign, number=1, title="公开承诺", form=MethodForm.PLEDGE
            )
        ),
        REACH,
    ),
    "campaigns.SteeringMember": (
        of_campaigns(
            lambda campaign, personas: SteeringMember.objects.create(
                campaign=campaign, role=SteeringRole.LEADER, name="分管副部长"
            )
        ),
        REACH,
    ),
    "campaigns.Unit": (units, UNIT_REACH),
}
