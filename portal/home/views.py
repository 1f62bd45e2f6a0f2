"""The first page after signing in: what waits for the person, by role."""

from typing import Any

from portal.access.policy import Policy
from portal.access.roles import FILING, WORKSPACE, Role
from portal.home import filing, oversight, workspace
from portal.screens.screen import Screen
from supervision.inspections.cards import filing_cards


class Home(Screen):
    """Work first, then what is wrong, then progress, then what is new."""

    policy = Policy.signed_in()
    title = "工作台"
    template_name = "home/home.html"

    def page_title(self) -> str:
        return "首页" if self.actor.role in FILING else self.title

    def context(self) -> dict[str, Any]:
        role = self.actor.role
        if role in WORKSPACE:
            return {"blocks": workspace.blocks(self.actor, self.today), "own": [], "cards": []}
        if role in FILING:
            cards = filing_cards(self.actor, self.today)
            work = filing.work(self.actor, self.today)
            has_work = bool(work.works) or not any(card.is_mine for card in cards)
            return {
                "cards": cards,
                "blocks": [work] if has_work else [],
                "own": filing.own_associations(self.actor, self.today),
            }
        if role == Role.AUDITOR:
            return {"blocks": oversight.audit(self.actor, self.today), "own": [], "cards": []}
        return {"blocks": oversight.installation(), "own": [], "cards": []}
