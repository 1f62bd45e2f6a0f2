"""Rows of decisions, interactions and agreements for tests."""

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from associations.checklists.models import ChecklistTemplate, TemplateStep
from associations.registry.models import Association
from partybuilding.deliberation.models import Agreement, Interaction, MajorDecision
from partybuilding.organizations.models import PartyOrganization
from portal.files.services import store

_serial = count(1)
MATTER = "重大项目安排和重大合作"


def make_list(region: Any = None, occasion: str = "decision", code: str = "", **fields: Any) -> ChecklistTemplate:
    """A list as data: of matters, or of duties, with the texts given."""
    texts = fields.pop("texts", ["章程的制定和修改", MATTER])
    given = {"title": "党组织参与重大决策事项清单", "source": "试", "confidence": "open"} | fields
    made = ChecklistTemplate.objects.create(code=code or f"{occasion}_list", region=region, occasion=occasion, **given)
    TemplateStep.objects.bulk_create(
        TemplateStep(template=made, number=number, text=text) for number, text in enumerate(texts, start=1)
    )
    return made


def make_decision(organization: PartyOrganization, association: Association, **fields: Any) -> MajorDecision:
    """A decision that was studied and then carried."""
    given: dict[str, Any] = {
        "list_title": "党组织参与重大决策事项清单",
        "matter_number": 2,
        "matter": MATTER,
        "title": f"关于建设检测中心的议案{next(_serial)}",
        "reviewed_on": date(2026, 6, 8),
        "opinion": "agree",
        "voted_on": date(2026, 6, 10),
        "council": "council",
        "outcome": "adopted",
    }
    return MajorDecision.objects.create(organization=organization, association=association, **given | fields)


def make_interaction(organization: PartyOrganization, association: Association, **fields: Any) -> Interaction:
    given: dict[str, Any] = {
        "kind": "attendance",
        "held_on": date(2026, 6, 10),
        "title": f"列席理事会{next(_serial)}",
        "content": "听取检测中心建设情况。",
    }
    return Interaction.objects.create(organization=organization, association=association, **given | fields)


def make_agreement(organization: PartyOrganization, association: Association, **fields: Any) -> Agreement:
    given: dict[str, Any] = {"kind": "agreement", "starts_on": date(2026, 1, 1), "content": "党组织参与重大问题决策。"}
    return Agreement.objects.create(organization=organization, association=association, **given | fields)


def scanned(make: Callable[..., Any]) -> Callable[..., Any]:
    """The same with its paper."""

    def made(organization: PartyOrganization, association: Association) -> Any:
        paper = store(b"%PDF-1.4 scan", name="扫描件.pdf", kind="deliberation", actor=None, now=timezone.now())
        return make(organization, association, scan=paper)

    return made
