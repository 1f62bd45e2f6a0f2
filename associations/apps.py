from django.apps import AppConfig


class AssociationsConfig(AppConfig):
    name = "associations"
    verbose_name = "社会组织"

    def ready(self) -> None:
        from associations.checklists import answers
        from associations.checklists.facts import charter_clause
        from associations.checklists.services import open_new_registrations
        from associations.directory.resources import DepartmentResource
        from associations.evaluation.resources import EvaluationResultResource
        from associations.governance.inspection import findings as inspection_findings
        from associations.governance.overview import contacts_panel, officers_panel, units_panel
        from associations.governance.overview import timeline as appointments
        from associations.governance.resources import ContactResource, MemberUnitResource, OfficerResource
        from associations.registry.overview import attention, responsibility_panel, timeline
        from associations.registry.resources import AssociationResource
        from portal import gates, importing
        from portal.access.roles import BUSINESS, FILING, WORKSPACE
        from portal.jobs.registry import register_tick
        from portal.screens import navigation, panels

        importing.register(DepartmentResource.kind, DepartmentResource)
        importing.register(AssociationResource.kind, AssociationResource)
        importing.register(EvaluationResultResource.kind, EvaluationResultResource)
        for kind in (OfficerResource, ContactResource, MemberUnitResource):
            importing.register(kind.kind, kind)

        answers.provide("charter_clause", charter_clause)
        register_tick("associations: checklists of new registrations", open_new_registrations)
        gates.provide("inspection", "associations", inspection_findings)
        subject = "associations.Association"
        panels.register_panel(
            subject=subject, key="responsibility", label="责任单位", order=20, render=responsibility_panel
        )
        panels.register_panel(subject=subject, key="officers", label="负责人", order=30, render=officers_panel)
        panels.register_panel(subject=subject, key="contacts", label="联系人", order=32, render=contacts_panel)
        panels.register_panel(subject=subject, key="member_units", label="单位会员", order=34, render=units_panel)
        panels.attention(subject, attention)
        panels.timeline(subject, timeline)
        panels.timeline(subject, appointments)
        entry = navigation.NavEntry
        own = "register"
        navigation.register(
            entry("社会组织", "associations:associations", WORKSPACE, order=30, section=own, own_label="名录")
        )
        navigation.register(entry("负责人", "associations:officers", WORKSPACE, order=10, under=own))
        navigation.register(entry("联系人", "associations:contacts", WORKSPACE, order=20, under=own))
        navigation.register(entry("单位会员", "associations:member_units", BUSINESS, order=30, under=own))
        navigation.register(entry("责任单位", "associations:departments", WORKSPACE, order=40, under=own))
        navigation.register(entry("制度文库", "associations:library", BUSINESS, order=60, under=own))
        navigation.register(entry("等级评估", "associations:evaluations", WORKSPACE, order=50, under=own))
        navigation.register(entry("我的社会组织", "associations:associations", FILING, order=30, section=own))
        navigation.register_search(
            navigation.Search("associations:associations", "查询社会组织", "名称、简称或信用代码", WORKSPACE)
        )
