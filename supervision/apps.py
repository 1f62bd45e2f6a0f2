from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "监督管理"

    def ready(self) -> None:
        from portal import gates, importing, reporting
        from portal.access.roles import ASSOCIATION, WORKSPACE
        from portal.jobs.registry import register_tick
        from portal.screens import panels
        from portal.screens.navigation import NavEntry, register
        from supervision.discipline.commending import group_findings, organization_findings
        from supervision.discipline.reports import REPORT
        from supervision.discipline.services import request_reminders
        from supervision.inspections.selectors import GATE
        from supervision.inspections.transitions import HOLDER
        from supervision.reviews.overview import LIST_PART, SUBJECT, attention, panel, timeline
        from supervision.reviews.resources import ConclusionResource
        from supervision.rounds.services import fill_open_rounds

        gates.expect(GATE, "associations", "partybuilding")
        gates.provide("commendation.organization", "supervision", organization_findings)
        gates.provide("commendation.group", "supervision", group_findings)
        importing.register(ConclusionResource.kind, ConclusionResource)
        panels.register_panel(subject=SUBJECT, key="inspections", label="年检", order=40, render=panel)
        panels.register_list_part(LIST_PART)
        panels.attention(SUBJECT, attention)
        panels.timeline(SUBJECT, timeline)
        reviewers = frozenset(HOLDER.values())
        register(NavEntry("年检年报", "supervision:filings", ASSOCIATION, order=20, prefix="/filings/"))
        own = "inspections"
        others = WORKSPACE - reviewers
        register(NavEntry("年检审核", "supervision:reviews", reviewers, order=25, section=own, own_label="审核"))
        register(NavEntry("轮次", "supervision:rounds", reviewers, order=10, under=own))
        register(NavEntry("年检年报", "supervision:rounds", others, order=55, section=own, own_label="轮次"))
        register(NavEntry("审核", "supervision:reviews", others, order=20, under=own))
        register(NavEntry("同等条件下优先次序", "supervision:precedence", WORKSPACE, order=30, under=own))
        register_tick("supervision: complete the lists of open rounds", fill_open_rounds)
        reporting.register(REPORT)
        register_tick("supervision: reminders of the day", request_reminders)
