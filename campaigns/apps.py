from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "创先争优"

    def ready(self) -> None:
        from campaigns.ballots.services import count_due
        from campaigns.collecting.overview import attention as report_attention
        from campaigns.collecting.overview import reports_panel
        from campaigns.commendations import vetoes
        from campaigns.commendations.overview import association_panel, organization_panel
        from campaigns.guidance.overview import attention as guidance_attention
        from campaigns.guidance.overview import campaign_attention, campaign_panel, unit_panel
        from campaigns.guidance.reports import REPORT
        from campaigns.ledgers.overview import attention as ledger_attention
        from campaigns.ledgers.overview import ledgers_panel
        from campaigns.methods.overview import methods_panel
        from campaigns.plans.transitions import READERS
        from campaigns.plans.unit_services import request_enrolment
        from campaigns.urging.reminders import request_reminders
        from portal import gates, reporting
        from portal.jobs.registry import register_tick
        from portal.publishing.roles import PUBLISHERS
        from portal.screens import panels
        from portal.screens.navigation import NavEntry, register

        panels.register_panel(
            subject="campaigns.Unit", key="methods", label="推进方式", order=10, roles=READERS, render=methods_panel
        )
        register_tick("campaigns: count ballots that have closed", count_due)
        register_tick("campaigns: take in organisations founded since", request_enrolment)
        register_tick("campaigns: reminders of the day", request_reminders)

        unit = "campaigns.Unit"
        panels.register_panel(subject=unit, key="ledgers", label="台账", order=30, render=ledgers_panel)
        panels.attention(unit, ledger_attention)
        panels.register_panel(subject=unit, key="guidance", label="督促指导", order=40, render=unit_panel)
        panels.attention(unit, guidance_attention)
        panels.register_panel(subject=unit, key="reports", label="情况报送", order=20, render=reports_panel)
        panels.attention(unit, report_attention)
        whole = "campaigns.Campaign"
        panels.register_panel(subject=whole, key="guidance", label="督促指导", order=40, render=campaign_panel)
        panels.attention(whole, campaign_attention)
        reporting.register(REPORT)

        own = "campaigns"
        register(NavEntry("创先争优", "campaigns:campaigns", READERS, order=55, section=own, own_label="活动"))
        register(NavEntry("公开发布", "publishing:publications", PUBLISHERS, order=50, under=own))
        panels.register_panel(
            subject="partybuilding.PartyOrganization",
            key="honours",
            label="表彰",
            order=40,
            roles=READERS,
            render=organization_panel,
        )
        panels.register_panel(
            subject="associations.Association",
            key="honours",
            label="表彰",
            order=60,
            roles=READERS,
            render=association_panel,
        )
        gates.provide(vetoes.THREE_NO, "campaigns", vetoes.basis_findings)
        gates.expect(vetoes.ORGANIZATION, "partybuilding", "supervision")
        gates.expect(vetoes.MEMBER, "partybuilding")
        gates.expect(vetoes.WORKER, "partybuilding")
        gates.expect(vetoes.GROUP, "partybuilding", "supervision")
