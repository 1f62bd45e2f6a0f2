from django.apps import AppConfig


class PartybuildingConfig(AppConfig):
    name = "partybuilding"
    verbose_name = "党建"

    def ready(self) -> None:
        from associations.checklists import answers
        from partybuilding.appraisal.overview import appraisal_panel
        from partybuilding.care.overview import care_panel
        from partybuilding.care.rules import CARERS
        from partybuilding.census.reports import REPORT as CENSUS_REPORT
        from partybuilding.census.urging import request_reminder as request_census_reminder
        from partybuilding.closing.reports import REPORT as CLOSE_REPORT
        from partybuilding.closing.services import open_due
        from partybuilding.closing.unit_reports import REPORT as UNIT_REPORT
        from partybuilding.closing.urging import request_work
        from partybuilding.commissions.overview import desk_panel, is_committee, is_unit
        from partybuilding.commissions.overview import unit_panel as meetings_panel
        from partybuilding.commissions.selectors import meetings_together
        from partybuilding.commissions.views import LEADERS
        from partybuilding.coverage.inspection import findings as inspection_findings
        from partybuilding.coverage.keeping import request_keeping
        from partybuilding.coverage.listing import LIST_PART, SUBJECT, attention, party_panel, timeline
        from partybuilding.coverage.reports import REPORT
        from partybuilding.coverage.resources import InstructorResource
        from partybuilding.cultivation.overview import cultivation_panel
        from partybuilding.deliberation.overview import attention as decision_attention
        from partybuilding.deliberation.overview import deliberation_panel
        from partybuilding.development.overview import development_panel
        from partybuilding.duties import answers as duty_answers
        from partybuilding.duties.facts import ANSWERS
        from partybuilding.duties.overview import is_supervising, organization_panel, unit_panel
        from partybuilding.duties.views import READERS as DUTY_READERS
        from partybuilding.embedding.selectors import GATES
        from partybuilding.embedding.views import embedding_panel
        from partybuilding.establishment.facts import founding_decided, members_reported
        from partybuilding.establishment.overview import attention as plans_attention
        from partybuilding.establishment.overview import establishment_panel
        from partybuilding.life.overview import attention as life_attention
        from partybuilding.life.overview import life_panel
        from partybuilding.life.study_views import study_panel
        from partybuilding.linkages.views import linkages_panel
        from partybuilding.members.models import ROSTER
        from partybuilding.members.overview import members_panel, secretary_panel
        from partybuilding.members.resources import PartyMemberResource
        from partybuilding.navigation import ENTRIES
        from partybuilding.organizations.group_resources import GroupOrganizationResource
        from partybuilding.organizations.resources import PartyOrganizationResource
        from partybuilding.posts.overview import cross_panel
        from partybuilding.reminders.services import request_reminders
        from partybuilding.returns.overview import numbers_panel
        from partybuilding.secretaries.overview import attention as office_attention
        from partybuilding.standing import commending
        from partybuilding.standing.views import attention as probation_attention
        from partybuilding.terms.overview import attention as term_attention
        from partybuilding.terms.overview import term_panel
        from partybuilding.terms.services import request_reminders as request_term_reminders
        from partybuilding.training.overview import training_panel
        from portal import gates, importing, reporting
        from portal.access.roles import DEPARTMENT, WORKSPACE
        from portal.jobs.registry import register_tick
        from portal.screens import navigation, panels

        reporting.register(REPORT)
        reporting.register(CLOSE_REPORT)
        reporting.register(UNIT_REPORT)
        reporting.register(CENSUS_REPORT)
        register_tick("partybuilding: open the close of the month", open_due)
        register_tick("partybuilding: lists and reminders of open closes", request_work)
        register_tick("partybuilding: reminders of the open census", request_census_reminder)
        register_tick("partybuilding: terms that end", request_term_reminders)
        register_tick("partybuilding: life, probation and contacts that are due", request_reminders)
        register_tick("partybuilding: figures of the two coverages", request_keeping)
        for kind in (PartyOrganizationResource, PartyMemberResource, InstructorResource, GroupOrganizationResource):
            importing.register(kind.kind, kind)

        answers.provide("members_reported", members_reported)
        answers.provide("founding_decided", founding_decided)
        gates.provide("inspection", "partybuilding", inspection_findings)
        for gate, provider in GATES.items():
            # Asked for on the tab 五嵌入: the applications themselves are handed in elsewhere.
            gates.expect(gate.value, "partybuilding")
            gates.provide(gate.value, "partybuilding", provider)
        for gate_name, findings in commending.GATES.items():
            gates.provide(gate_name, "partybuilding", findings)
        panels.register_list_part(LIST_PART)
        own = "partybuilding.PartyOrganization"
        panels.register_panel(subject=own, key="term", label="任期与换届", order=5, render=term_panel)
        panels.attention(own, term_attention)
        panels.attention(own, office_attention)
        panels.attention(own, probation_attention)
        panels.register_panel(subject=own, key="life", label="组织生活", order=2, roles=ROSTER, render=life_panel)
        panels.attention(own, life_attention)
        panels.register_panel(subject=own, key="study", label="学习教育", order=4, roles=ROSTER, render=study_panel)
        panels.register_panel(
            subject=own, key="appraisal", label="评议述职", order=3, roles=ROSTER, render=appraisal_panel
        )
        panels.register_panel(subject=own, key="secretary", label="书记", order=10, render=secretary_panel)
        panels.register_panel(
            subject=own, key="members", label="党员名册", order=20, roles=ROSTER, render=members_panel
        )
        panels.register_panel(
            subject=own, key="deliberation", label="议事决策", order=30, roles=ROSTER, render=deliberation_panel
        )
        panels.attention(own, decision_attention)
        panels.register_panel(
            subject=own, key="linkages", label="带动机制", order=35, roles=ROSTER, render=linkages_panel
        )
        panels.register_panel(
            subject=own, key="development", label="党员发展", order=21, roles=ROSTER, render=development_panel
        )
        panels.register_panel(
            subject=own, key="duties", label="年度对照", order=40, roles=ROSTER, render=organization_panel
        )
        panels.register_panel(
            subject="associations.Department",
            key="duties",
            label="年度对照",
            order=10,
            roles=DUTY_READERS - ROSTER | DEPARTMENT,
            render=unit_panel,
            applies=is_supervising,
        )
        body = "associations.Department"
        panels.register_panel(
            subject=body,
            key="commission",
            label="党委工作",
            order=5,
            roles=LEADERS,
            render=desk_panel,
            applies=is_committee,
        )
        panels.register_panel(
            subject=body,
            key="meetings",
            label="党建会议",
            order=6,
            roles=frozenset(WORKSPACE),
            render=meetings_panel,
            applies=is_unit,
        )
        duty_answers.provide("meetings_together", meetings_together)
        for code, answer in ANSWERS.items():
            duty_answers.provide(code, answer)
        panels.register_panel(subject=own, key="numbers", label="党员数", order=22, roles=ROSTER, render=numbers_panel)
        panels.register_panel(subject=own, key="cross", label="交叉任职", order=23, roles=ROSTER, render=cross_panel)
        panels.register_panel(
            subject=own, key="cultivation", label="双培双推", order=24, roles=ROSTER, render=cultivation_panel
        )
        panels.register_panel(
            subject=own, key="training", label="教育培训", order=25, roles=ROSTER, render=training_panel
        )
        panels.register_panel(subject=own, key="care", label="关怀激励", order=26, roles=CARERS, render=care_panel)
        panels.register_panel(subject=SUBJECT, key="party", label="党建", order=10, render=party_panel)
        panels.register_panel(
            subject=SUBJECT, key="establishment", label="组建与同步", order=15, render=establishment_panel
        )
        panels.register_panel(
            subject=SUBJECT,
            key="embedding",
            label="五嵌入",
            order=16,
            roles=frozenset(WORKSPACE),
            render=embedding_panel,
        )
        panels.attention(SUBJECT, attention)
        panels.attention(SUBJECT, plans_attention)
        panels.timeline(SUBJECT, timeline)
        for entry in ENTRIES:
            navigation.register(entry)
