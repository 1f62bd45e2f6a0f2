"""What the lists of one campaign share, whichever subject they belong to."""

from functools import cached_property
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from campaigns.plans.models import Campaign
from portal.access.actor import Actor
from portal.access.scoping import scoped
from portal.screens.screen import Crumb


class OfCampaign:
    """A list below the page of a campaign that the actor reaches."""

    actor: Actor
    kwargs: dict[str, Any]

    @cached_property
    def campaign(self) -> Campaign:
        rows = scoped(Campaign, self.actor).select_related("region", "organizer")
        return get_object_or_404(rows, pk=self.kwargs["campaign_pk"])

    def crumbs(self) -> list[Crumb]:
        return [
            Crumb("创先争优", reverse("campaigns:campaigns")),
            Crumb(str(self.campaign), reverse("campaigns:campaign", args=[self.campaign.pk])),
        ]
