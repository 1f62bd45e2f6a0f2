"""Fixtures of the wing: the moment, the rule book, and a campaign of the province with its two branches."""

import pytest

from campaigns.plans.models import Campaign
from tests.campaigns.makers import draft_campaign
from tests.personas import Personas
from tests.wings import now, parameters

__all__ = ["now", "parameters"]


@pytest.fixture
def draft(personas: Personas) -> Campaign:
    """A draft of the province that could go out; the province has two branches under two committees."""
    assert personas.province.tea_branch.pk
    assert personas.province.trade_branch.pk
    return draft_campaign(personas.province)
