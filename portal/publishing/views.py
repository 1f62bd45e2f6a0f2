"""The publishing desk: what was written, who issues it, and the objections of the public."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from portal.access.actor import Actor
from portal.access.decisions import Decision
from portal.access.policy import Policy
from portal.access.scoping import scoped
from portal.publishing import services
from portal.publishing.enums import (
    NUMBERED,
    OBJECTION_TONES,
    PUBLICATION_TONES,
    WRITTEN,
    ObjectionState,
    PublicationKind,
    PublicationState,
)
from portal.publishing.filters import PublicationFilter
from portal.publishing.forms import ConcludeForm, PublicationForm, WithdrawForm
from portal.publishing.issues import ask_document
from portal.publishing.models import Objection, Publication, PublicationLine
from portal.publishing.roles import PUBLISHERS
from portal.publishing.rules import WithdrawFacts
from portal.publishing.selectors import (
    is_holder,
    issue_facts,
    lines_of,
    objection_facts,
    objections_of,
    pieces_of,
    with_counts,
)
from portal.publishing.transitions import DISMISS, INVESTIGATE, ISSUE, WITHDRAW
from portal.screens.actions import ActionScreen
from portal.screens.columns import Column, Empty, PageAction, Tag, fact, filled, known, serial, table
from portal.screens.details import DetailScreen, Header
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb
from portal.workflow.services import explain

EDIT = {"GET", "POST"}
LIST = "publishing:publications"
PAGE = "publishing:publication"


def days_text(publication: Publication) -> str | None:
    """From when to when a notice stands; 暂定 where the calendar is."""
    if publication.published_on is None:
        return None
    if publication.ends_on is None:
        return publication.published_on.isoformat()
    mark = "（暂定）" if publication.is_provisional else ""
    return f"{publication.published_on.isoformat()} 至 {publication.ends_on.isoformat()}{mark}"


class PublicationList(ListScreen):
    """Everything the actor's body published or is about to."""

    policy = Policy(PUBLISHERS)
    title = "公开发布"
    unit = "件"
    model = Publication
    filterset_class = PublicationFilter
    default_order = ("-created_at", "-pk")
    columns = (
        Column("title", "标题", link=lambda row: reverse(PAGE, args=[row.pk]), sort="title", card="title"),
        Column("kind", "类别", value=lambda row: row.get_kind_display()),
        Column("holder_label", "发布单位"),
        Column("days", "发布或公示时间", value=days_text, sort="published_on"),
        Column("editor_label", "责编"),
        Column("issuer_label", "签发", value=lambda row: row.issuer_label or None),
        Column("objection_count", "异议（件）", kind="number"),
        Column("open_count", "未办结（件）", kind="number"),
        Column(
            "state",
            "状态",
            value=lambda row: PublicationState(row.state),
            kind="state",
            tone=lambda row: PUBLICATION_TONES[PublicationState(row.state)],
            card="tag",
        ),
    )
    empty = Empty("还没有公开内容。", "编写", "publishing:publication_new", roles=PUBLISHERS)
    actions = (PageAction("编写", "publishing:publication_new", icon="plus"),)

    def get_queryset(self, actor: Actor) -> QuerySet[Publication]:
        return with_counts(super().get_queryset(actor))


class PublicationScreen:
    """What the pages of one publication share."""

    model = Publication
    pk_kwarg = "publication_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Publication]:
        return scoped(Publication, actor).select_related("topic", "editor", "issuer")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [Crumb("公开发布", reverse(LIST)), Crumb(str(one), reverse(PAGE, args=[one.pk]))]

    def success_url(self, result: Any) -> str:
        return reverse(PAGE, args=[self.object.pk])  # type: ignore[attr-defined]


class PublicationDetail(PublicationScreen, DetailScreen):
    """One publication as the public will read it, who wrote and issued it, and what was objected."""

    policy = Policy(PUBLISHERS)
    subject = "publishing.Publication"
    template_name = "publishing/publication.html"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("公开发布", reverse(LIST))]

    def header(self, obj: Publication) -> Header:
        state = PublicationState(obj.state)
        return Header(
            obj.title,
            [Tag(str(state.label), PUBLICATION_TONES[state])],
            [str(obj.get_kind_display()), obj.holder_label],
        )

    @cached_property
    def is_held(self) -> bool:
        return is_holder(self.object, self.actor)

    def page_actions(self) -> Any:
        one = self.object
        if not self.is_held:
            return []
        found = []
        if one.state == PublicationState.DRAFT:
            if one.kind in WRITTEN:
                found.append(PageAction("修改", "publishing:publication_edit", primary=False, icon="edit"))
            found.append(PageAction(ISSUE.label, "publishing:publication_issue"))
        if one.state == PublicationState.PUBLISHED and one.kind in NUMBERED:
            found.append(PageAction("PDF", "publishing:publication_document", primary=one.document_id is None))
        if one.state in WITHDRAW.sources and one.kind != PublicationKind.NOTICE:
            found.append(PageAction(WITHDRAW.label, "publishing:publication_withdraw", primary=False))
        return found

    def context(self) -> dict[str, Any]:
        one = self.object
        is_public = one.state == PublicationState.PUBLISHED
        problems: list[str] = []
        if one.state == PublicationState.DRAFT:
            decision = explain(ISSUE, one, actor=self.actor, facts=issue_facts(one, self.actor, self.today))
            problems = [] if decision else [decision.reason]
        return {
            "problems": problems,
            "facts": known(
                fact("发布或公示时间", days_text(one)),
                fact("公示工作日", one.working_days, "number"),
                fact("期号", f"第 {one.issue_number} 期" if one.issue_number else None),
                fact("编者按", one.note or None),
                fact("专题", one.topic),
                fact("依据文件", one.basis or None),
                fact("联系方式（办公）", one.contact or None),
                fact("责编", f"{one.editor}（{one.editor_label}）"),
                fact("签发", f"{one.issuer}（{one.issuer_label}）" if one.issuer else None),
                fact("撤下原因", one.withdrawn_reason or None),
                fact("公开页面", "查看", url=reverse("publishing:public", args=[one.pk]))
                if is_public
                else fact("公开页面", None),
            ),
            "paragraphs": one.body.splitlines(),
            "lists": lists_of(lines_of(one)),
            "objections": table(
                "异议",
                [
                    Column(
                        "receipt",
                        "回执号",
                        link=lambda row: reverse("publishing:objection", args=[row.pk]),
                        card="title",
                    ),
                    Column("received_at", "收到时间", kind="datetime"),
                    Column("line", "对象", value=lambda row: str(row.line) if row.line else "整个名单"),
                    Column(
                        "state",
                        "状态",
                        value=lambda row: ObjectionState(row.state),
                        kind="state",
                        tone=lambda row: OBJECTION_TONES[ObjectionState(row.state)],
                        card="tag",
                    ),
                ],
                objections_of(one),
                empty="没有收到异议。",
            )
            if one.kind == PublicationKind.NOTICE
            else None,
        }


def lists_of(lines: Sequence[PublicationLine]) -> list[tuple[str, Any]]:
    """The list of a notice by kind: name, organisation, post, reason (R-117), as far as the kind has them."""
    groups: dict[str, list[PublicationLine]] = {}
    for line in lines:
        groups.setdefault(line.heading, []).append(line)
    return [(heading, _list(heading, rows)) for heading, rows in groups.items()]


def _list(heading: str, rows: Sequence[PublicationLine]) -> Any:
    is_of_people = any(row.organization for row in rows)
    columns = [
        serial(),
        Column("name", "姓名" if is_of_people else "名称", card="title", css="short" if is_of_people else ""),
        Column("organization", "单位", value=lambda row: row.organization or None),
        Column("post", "职务", value=lambda row: row.post or None),
        Column("reason", "事由", css="long"),
    ]
    return table(heading, filled(columns, rows), rows)


class PublicationNew(FormScreen):
    """Write something for the public."""

    policy = Policy(PUBLISHERS, EDIT)
    title = "编写公开内容"
    form_class = PublicationForm
    submit_label = "保存"
    success_message = "已保存。请同单位的另一人签发。"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("公开发布", reverse(LIST))]

    def save(self, form: Any) -> Publication:
        return services.draft_publication(
            holder=services.own_holder(self.actor), actor=self.actor, now=timezone.now(), **form.cleaned_data
        )

    def success_url(self, result: Publication) -> str:
        return reverse(PAGE, args=[result.pk])


class PublicationEdit(PublicationScreen, FormScreen):
    """Change a draft; who changes it becomes its editor."""

    policy = Policy(PUBLISHERS, EDIT)
    title = "修改公开内容"
    form_class = PublicationForm
    submit_label = "保存"
    success_message = "已保存。您登记为责编，请另一人签发。"

    def initial(self) -> dict[str, Any]:
        found = {name: getattr(self.object, name) for name in PublicationForm.base_fields if name != "pieces"}
        return found | {"pieces": [one.pk for one in pieces_of(self.object)]}

    def save(self, form: Any) -> Publication:
        return services.change_publication(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class PublicationIssue(PublicationScreen, ActionScreen):
    """Make it public."""

    policy = Policy(PUBLISHERS, EDIT)
    title = submit_label = "签发"
    success_message = "已签发，公众可以看到。"

    def decision(self) -> Decision:
        facts = issue_facts(self.object, self.actor, self.today)
        return explain(ISSUE, self.object, actor=self.actor, facts=facts)

    def consequences(self) -> list[str]:
        one = self.object
        if one.kind == PublicationKind.NOTICE:
            return [
                f"公示 {one.working_days} 个工作日，从明天起算；期间公众可以提出异议。",
                "公示期满且异议全部办结后，才能作出决定。",
            ]
        return ["发布后任何人不登录都可以看到，不能修改，只能撤下。"]

    def perform(self, form: Any) -> Publication:
        return services.issue_publication(self.object, actor=self.actor, now=timezone.now(), version=self.version)


class PublicationDocument(PublicationScreen, ActionScreen):
    """Have the issue laid out, or go to it."""

    policy = Policy(PUBLISHERS, EDIT)
    title = "PDF"
    submit_label = "生成并下载"

    def decision(self) -> Decision:
        one = self.object
        if one.state == PublicationState.PUBLISHED and one.kind in NUMBERED:
            return Decision(True)
        return Decision(False, "只有已发布的简报和专刊可以生成 PDF。")

    def consequences(self) -> list[str]:
        return ["按公文版式排成 PDF，公众在公开页面可以下载。"]

    def perform(self, form: Any) -> Any:
        return ask_document(self.object, actor=self.actor, now=timezone.now())

    def success_url(self, result: Any) -> str:
        if result is not None:
            return reverse("jobs:job", args=[result.pk])
        return reverse("publishing:document", args=[self.object.pk])


class PublicationWithdraw(PublicationScreen, ActionScreen):
    """Take it down. A notice is taken down from the round whose list it shows."""

    policy = Policy(PUBLISHERS, EDIT)
    title = submit_label = "撤下"
    form_class = WithdrawForm
    success_message = "已撤下。"
    is_dangerous = True

    def decision(self) -> Decision:
        if self.object.kind == PublicationKind.NOTICE:
            return Decision(False, "公示从所属的评选页面撤下，并重定名单。")
        facts = WithdrawFacts(is_holder(self.object, self.actor), None)
        return explain(WITHDRAW, self.object, actor=self.actor, facts=facts)

    def perform(self, form: Any) -> Publication:
        return services.withdraw_at_desk(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )


class ObjectionScreen:
    """What the pages of one objection share."""

    model = Objection
    pk_kwarg = "objection_pk"
    actor: Actor

    def get_queryset(self, actor: Actor) -> QuerySet[Objection]:
        return scoped(Objection, actor).select_related("publication", "line", "investigator", "concluded_by")

    def crumbs(self) -> list[Crumb]:
        one = self.object  # type: ignore[attr-defined]
        return [
            Crumb("公开发布", reverse(LIST)),
            Crumb(str(one.publication), reverse(PAGE, args=[one.publication_id])),
            Crumb(f"异议 {one}", reverse("publishing:objection", args=[one.pk])),
        ]

    def success_url(self, result: Any) -> str:
        return reverse("publishing:objection", args=[self.object.pk])  # type: ignore[attr-defined]


class ObjectionDetail(ObjectionScreen, DetailScreen):
    """One objection: what was said, what was found, what was answered."""

    policy = Policy(PUBLISHERS)
    template_name = "publishing/objection.html"

    def crumbs(self) -> list[Crumb]:
        return super().crumbs()[:-1]

    def header(self, obj: Objection) -> Header:
        state = ObjectionState(obj.state)
        return Header(f"异议 {obj}", [Tag(str(state.label), OBJECTION_TONES[state])], [str(obj.publication)])

    def page_actions(self) -> Any:
        one = self.object
        if not is_holder(one.publication, self.actor) or self.actor.user_id == one.publication.editor_id:
            return []
        if one.state in INVESTIGATE.sources:
            return [PageAction(INVESTIGATE.label, "publishing:objection_investigate")]
        return [PageAction("登记核查结论", "publishing:objection_conclude")] if one.state in DISMISS.sources else []

    def context(self) -> dict[str, Any]:
        one = self.object
        return {
            "facts": known(
                fact("对象", str(one.line) if one.line else "整个名单"),
                fact("收到时间", one.received_at, "datetime"),
                fact("核查人", one.investigator),
                fact("核查情况", one.finding or None),
                fact("答复", one.result or None),
                fact("结论人", one.concluded_by),
                fact("结论时间", one.concluded_at, "datetime"),
            ),
            "paragraphs": one.text.splitlines(),
        }


class ObjectionInvestigate(ObjectionScreen, ActionScreen):
    """Take it in hand."""

    policy = Policy(PUBLISHERS, EDIT)
    title = submit_label = "开始核查"
    success_message = "已登记为核查人。"

    def decision(self) -> Decision:
        return explain(INVESTIGATE, self.object, actor=self.actor, facts=objection_facts(self.object, self.actor))

    def consequences(self) -> list[str]:
        return [f"核查人登记为您（{self.actor.label}）。结论作出前，有关决定不能作出。"]

    def perform(self, form: Any) -> Objection:
        return services.investigate_objection(self.object, actor=self.actor, now=timezone.now(), version=self.version)


class ObjectionConclude(ObjectionScreen, ActionScreen):
    """What was found and what is answered."""

    policy = Policy(PUBLISHERS, EDIT)
    title = submit_label = "登记核查结论"
    form_class = ConcludeForm
    success_message = "核查结论已登记，反映人凭回执号可以查询。"

    def decision(self) -> Decision:
        return explain(DISMISS, self.object, actor=self.actor, facts=objection_facts(self.object, self.actor))

    def perform(self, form: Any) -> Objection:
        return services.conclude_objection(
            self.object, actor=self.actor, now=timezone.now(), version=self.version, **form.cleaned_data
        )
