"""The few base views every page of the portal is made of. How to use them:

Every view names its `policy` (portal.access.policy) and its `title`; everything works without JavaScript; texts are
plain official Chinese. Pages extend `base.html` (it picks the workspace or the filing shell by the actor's role) and
fill `{% block content %}`. Tags: `{% load portal %}`.

A list — columns, filters, default order ending in `pk`, bulk actions, export:

    class AssociationList(ListScreen):
        policy = Policy(roles=WORKSPACE | FILING, methods={"GET"})
        title = "社会组织名录"
        unit = "家"                                     # 共 1,024 家
        model = Association                             # rows: scoped(); override get_queryset(actor) to join
        filterset_class = AssociationFilter             # portal.screens.filters.ScreenFilterSet
        default_order = ("name", "pk")
        columns = [
            Column("name", "名称", link=lambda row: reverse("associations:association", args=[row.pk]), sort="name",
                   card="title"),
            Column("uscc", "统一社会信用代码", sort="uscc", css="code"),
            Column("status", "状态", value=lambda row: Status(row.status), kind="state", card="tag"),
            Column("unit_member_count", "单位会员数（家）", kind="number", sort="unit_member_count"),
        ]
        empty = Empty("还没有社会组织。可以从电子表格导入。", "导入名录", "importing:new")
        actions = [PageAction("新增社会组织", "associations:association_new", roles={Role.DEPARTMENT_ADMIN})]
        bulk_actions = [BulkAction("assign", "指派指导员", "partybuilding:bulk_assign", roles=DEPARTMENT)]

    `self.as_of` is the date of `?as_of=` (or today); with `shows_as_of = True` the filter form offers it. A link from a
    figure carries `?from=两个覆盖·怀化·未组建` and the list repeats it. `drilldown_url(...)` builds such links.

A filter set — choices are the actor's own; `primary` names the filters that are always visible:

    class AssociationFilter(ScreenFilterSet):
        q = SearchFilter(fields=["name_key", "uscc"], label="名称或信用代码")
        city = ModelChoiceFilter(label="市州", queryset=lambda request: ..., field_name="region")
        primary = ("q", "city")
        class Meta:
            model = Association
            fields = []

    In a filter's `queryset` callable use `request.actor`; in filter methods use `self.actor` and `self.as_of`.

A detail page — sections of its own first, then the panels that wings hang on it:

    class AssociationDetail(DetailScreen):
        policy = ...
        model = Association
        pk_kwarg = "association_pk"
        subject = "associations.Association"            # panels, attention items and timeline registered for it
        template_name = "associations/registry/association_overview.html"     # extends "screens/detail.html"
        def header(self, obj): return Header(title=obj.name, tags=[Tag("正常", "green")], facts=["…", "…"])

A form — `form_class(data, files, actor=…, **form_kwargs())`; `save(form)` calls one service:

    class BranchForm(ScreenForm): ...                   # error texts with cause, present value and remedy
    class BranchNew(FormScreen):
        policy = ...; title = "登记党组织"; form_class = BranchForm; submit_label = "登记党组织"
        def save(self, form): return services.create(**form.cleaned_data, actor=self.actor, now=timezone.now())
        def success_url(self, result): return reverse("partybuilding:organization", args=[result.pk])

    To edit: `model`/`pk_kwarg` give `self.object`; the hidden `version` is posted as `self.version`. `Refused` becomes
    a form error (422). `Conflict` becomes a page with both versions (409) from which either can be kept.

An action — a page that says what will happen, and a POST that does it:

    class CloseTask(ActionScreen):
        policy = ...; title = "办结任务"; model = Task; pk_kwarg = "task_pk"; submit_label = "办结任务"
        form_class = EvidenceForm                       # optional
        def consequences(self): return ["任务办结后不再提醒。"]
        def decision(self): return explain(CLOSE, self.object, actor=self.actor)  # optional; no button when refused
        def perform(self, form): services.close_task(self.object, actor=..., version=self.version, now=timezone.now())

    On several rows at once: BulkActionScreen (posted by the list's bulk buttons; `self.objects` is scoped again).

A wizard — each step is a FormScreen with its own URL; `steps()` names them and `step` says which one this is.

Panels, attention items, timeline, in a wing's apps.py: portal.screens.panels.register_panel(...), attention(...),
timeline(...). Navigation, search and role switch: portal.screens.navigation.

Error pages: portal.screens.errors.render_error(request, status, title=…, cause=…, remedy=…).
"""
