"""Acting through another of one's own memberships, and the account desk of the offices that look after accounts."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import content_disposition_header
from django.views import View

from portal.access.actor import Actor
from portal.access.decisions import Decision, Refused
from portal.access.middleware import MEMBERSHIP_KEY
from portal.access.policy import Policy
from portal.access.roles import Role
from portal.memberships import desk, services, slips
from portal.memberships.filters import AccountFilter
from portal.memberships.forms import AccountForm, EndForm, HandOverForm
from portal.memberships.models import MANAGERS, Membership, SlipSheet
from portal.memberships.selectors import RELATED, suggested_nodes
from portal.screens.actions import ActionScreen, BulkActionScreen
from portal.screens.columns import BulkAction, Column, Empty, PageAction, Tag, fact
from portal.screens.details import DetailScreen, Header
from portal.screens.filters import SEARCH_LIMIT
from portal.screens.forms import FormScreen
from portal.screens.lists import ListScreen
from portal.screens.screen import Crumb, Screen

EDIT = {"GET", "POST"}


class SwitchMembership(Screen):
    """POST only; leads to the home page, because the page before may lie outside the new scope."""

    policy = Policy.signed_in({"POST"})
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        posted = request.POST.get("membership", "")
        pk = int(posted) if posted.isdecimal() and len(posted) < 19 else 0
        chosen = services.choose_membership(request.user, pk, actor=self.actor, now=timezone.now())  # type: ignore[arg-type]
        request.session.cycle_key()
        request.session[MEMBERSHIP_KEY] = chosen.pk
        messages.success(request, f"已切换身份：{chosen}。")
        return HttpResponseRedirect("/")


# The account desk -------------------------------------------------------------------------------------------------
def account_state(row: Membership) -> tuple[str, str]:
    """In words, and the tone."""
    if row.ends_on is not None and row.ends_on < timezone.localdate():
        return "已终止", "grey"
    if not row.user.is_active:
        return "已停用", "red"
    return ("未激活", "amber") if row.user.password.startswith(desk.UNUSABLE) else ("已激活", "green")


class AccountDesk:
    """What the pages of the desk share."""

    model = Membership

    def get_queryset(self, actor: Actor) -> QuerySet[Membership]:
        return super().get_queryset(actor).select_related(*RELATED)  # type: ignore[misc]

    def crumbs(self) -> list[Crumb]:
        return [Crumb("账号", reverse("memberships:accounts"))]


class AccountList(AccountDesk, ListScreen):
    """The memberships that the office looks after, with their accounts."""

    policy = Policy(MANAGERS)
    title = "账号"
    unit = "个身份"
    filterset_class = AccountFilter
    default_order = ("user__username", "pk")
    columns = (
        Column(
            "name",
            "姓名或岗位",
            value="user.display_name",
            link=lambda row: reverse("memberships:account", args=[row.pk]),
            sort="user__display_name",
            card="title",
        ),
        Column("username", "用户名", value="user.username", sort="user__username", css="code"),
        Column("role", "角色", value=lambda row: row.get_role_display(), sort="role"),
        Column("scope", "范围", value="scope_label"),
        Column("starts_on", "起始日期", kind="date", sort="starts_on"),
        Column("ends_on", "终止日期", kind="date"),
        Column(
            "state",
            "状态",
            value=lambda row: account_state(row)[0],
            kind="state",
            tone=lambda row: account_state(row)[1],
            card="tag",
        ),
    )
    empty = Empty("还没有账号。可以逐个新增，也可以用电子表格批量建立。", "新增账号", "memberships:account_new")
    actions = (
        PageAction("新增账号", "memberships:account_new", icon="plus"),
        PageAction("密码重置申请", "memberships:resets", primary=False),
        PageAction("激活单", "memberships:slip_sheets", primary=False),
        PageAction(
            "批量导入账号",
            "importing:new",
            roles={Role.DEPARTMENT_ADMIN, Role.REGIONAL_OFFICE},
            primary=False,
            query="kind=accounts",
        ),
    )
    bulk_actions = (BulkAction("slips", "打印激活单", "memberships:slips_new"),)

    def crumbs(self) -> list[Crumb]:
        return []

    def list_notes(self) -> list[str]:
        return ["“未激活”是还没有人设过密码的账号，可勾选后打印激活单；本人照单激活后才能登录。"]


class AccountNew(FormScreen):
    policy = Policy(MANAGERS, EDIT)
    title = "新增账号"
    form_class = AccountForm
    submit_label = "新增账号"
    intro = "账号没有初始密码。本人凭一次性激活单设置自己的密码。"
    sheet: SlipSheet | None = None

    def crumbs(self) -> list[Crumb]:
        return [Crumb("账号", reverse("memberships:accounts"))]

    def save(self, form: Any) -> Membership:
        data, now = form.cleaned_data, timezone.now()
        membership = desk.create_account(
            desk.Holder(data["display_name"], data["username"]),
            role=data["role"],
            scope=data["scope"],
            starts_on=data["starts_on"],
            actor=self.actor,
            now=now,
        )
        if data["wants_slip"]:
            title = f"激活单：{membership.scope_label}"
            for sheet in desk.order_slips([membership], title=title, actor=self.actor, now=now):
                slips.print_sheet(sheet, address=activation_page(self.request), actor=self.actor, now=now)
                self.sheet = sheet
        return membership

    def success_url(self, result: Membership) -> str:
        """To the slip that is to be printed next, if one was asked for."""
        if self.sheet is not None:
            return reverse("memberships:slips", args=[self.sheet.pk])
        return reverse("memberships:account", args=[result.pk])

    def success_text(self, result: Membership) -> str:
        made = f"账号「{result.user.username}」已建立。"
        return f"{made}请在本页取走激活单，打印后交给本人。" if self.sheet is not None else made


class ScopeNames(View):
    """What 新增账号 offers while a scope is typed: options of a ``datalist``, as the chosen role asks."""

    policy = Policy(MANAGERS)
    limit = 20

    def get(self, request: Any) -> HttpResponse:
        text, role = request.GET.get("scope", "")[:SEARCH_LIMIT], request.GET.get("role", "")
        found = suggested_nodes(request.actor, role, text, self.limit)
        return HttpResponse(format_html_join("\n", '<option value="{}">{}</option>', found))


def activation_page(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("accounts:activate"))


class AccountPage(AccountDesk, DetailScreen):
    """One membership and its account."""

    policy = Policy(MANAGERS)
    pk_kwarg = "membership_pk"
    template_name = "memberships/account.html"

    def header(self, obj: Membership) -> Header:
        return Header(f"{obj.user.display_name}", tags=[Tag(*account_state(obj))], facts=[str(obj)])

    def page_actions(self) -> Sequence[PageAction]:
        is_open = self.object.ends_on is None and desk.is_managed(self.object, self.actor)
        if not is_open:
            return ()
        label = "换秘书长" if desk.is_association_role(self.object.role) else "换人"
        return (
            PageAction(label, "memberships:hand_over", icon="switch"),
            PageAction("终止身份", "memberships:account_end", primary=False),
        )

    def context(self) -> dict[str, Any]:
        row: Membership = self.object
        return {
            "facts": [
                fact("用户名", row.user.username),
                fact("姓名或岗位", row.user.display_name),
                fact("角色", row.get_role_display()),
                fact("范围", row.scope_label),
                fact("起始日期", row.starts_on, "date"),
                fact("终止日期", row.ends_on, "date"),
                fact("最近登录", row.user.last_login, "datetime"),
            ],
            "is_waiting": account_state(row)[0] == "未激活",
        }


class AccountEnd(AccountDesk, ActionScreen):
    policy = Policy(MANAGERS, EDIT)
    title = "终止身份"
    pk_kwarg = "membership_pk"
    form_class = EndForm
    submit_label = "终止身份"
    is_dangerous = True

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.object.user), reverse("memberships:account", args=[self.object.pk]))]

    def initial(self) -> dict[str, Any]:
        return {"ends_on": self.today}

    def decision(self) -> Decision:
        return Decision(self.object.ends_on is None, "这个身份已经终止。")

    def consequences(self) -> Sequence[str]:
        return [
            f"「{self.object.user.display_name}」自次日起不能再以「{self.object}」使用系统。",
            "已办理的事项和记录不变；没有其他身份的账号，未使用的激活单一并作废。",
        ]

    def perform(self, form: Any) -> Membership:
        return desk.end(
            self.object,
            ends_on=form.cleaned_data["ends_on"],
            version=self.version,
            actor=self.actor,
            now=timezone.now(),
        )

    def success_url(self, result: Membership) -> str:
        return reverse("memberships:account", args=[result.pk])

    def success_text(self, result: Membership) -> str:
        return f"「{result}」于 {result.ends_on} 终止。"


class HandOver(AccountDesk, ActionScreen):
    """换秘书长 in one form: one membership ends, the next begins, the slip is printed."""

    policy = Policy(MANAGERS, EDIT)
    title = "换人"
    pk_kwarg = "membership_pk"
    form_class = HandOverForm

    def page_title(self) -> str:
        return "换秘书长" if desk.is_association_role(self.object.role) else "换人"

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.object.user), reverse("memberships:account", args=[self.object.pk]))]

    def initial(self) -> dict[str, Any]:
        return {"from_on": self.today}

    def base_context(self) -> dict[str, Any]:
        return {**super().base_context(), "submit_label": f"办理{self.page_title()}"}

    def decision(self) -> Decision:
        return Decision(self.object.ends_on is None, "这个身份已经终止，不能再换人。请为接任人新增账号。")

    def consequences(self) -> Sequence[str]:
        return [
            f"原任「{self.object.user.display_name}」的「{self.object}」自接任日的前一天终止。",
            "接任人自接任日起以同一身份使用系统；新账号没有密码，凭激活单自己设置。",
            "两件事一次办成，任何一件不成，另一件也不办。",
        ]

    def perform(self, form: Any) -> Membership:
        data, now = form.cleaned_data, timezone.now()
        opened, sheet = desk.hand_over(
            self.object,
            desk.Holder(data["display_name"], data["username"]),
            from_on=data["from_on"],
            version=self.version,
            actor=self.actor,
            now=now,
        )
        if sheet is not None:
            slips.print_sheet(sheet, address=activation_page(self.request), actor=self.actor, now=now)
        return opened

    def success_url(self, result: Membership) -> str:
        return reverse("memberships:account", args=[result.pk])

    def success_text(self, result: Membership) -> str:
        return f"已由「{result.user.display_name}」接任，用户名「{result.user.username}」。"


# Slips ------------------------------------------------------------------------------------------------------------
class SlipsNew(AccountDesk, BulkActionScreen):
    """Activation slips for the chosen accounts that nobody has taken over yet."""

    policy = Policy(MANAGERS, EDIT)
    title = "打印激活单"
    submit_label = "生成激活单"
    filterset_class = AccountFilter

    def decision(self) -> Decision:
        waiting = len(desk.waiting_for_slip(self.objects))
        return Decision(waiting > 0, "所选账号都已激活或已终止，不需要激活单。忘记密码的请本人在登录页申请重置。")

    def consequences(self) -> Sequence[str]:
        waiting = len(desk.waiting_for_slip(self.objects))
        left = len(self.objects) - waiting
        return [
            f"为 {waiting:,} 个未激活的账号各生成一张激活单，每页 8 张，30 天内有效，只能用一次。",
            *([f"另外 {left:,} 个已激活、已终止或重复的不生成。"] if left else []),
            "这些账号以前的激活单随即作废。",
            "激活码只印在纸上，系统不保存原文；文件只能取走一次，取走后即删除。请封装后交本人。",
        ]

    def perform(self, form: Any) -> list[SlipSheet]:
        now = timezone.now()
        title = f"激活单（{timezone.localdate(now)}）"
        sheets = desk.order_slips(self.objects, title=title, actor=self.actor, now=now)
        for sheet in sheets:
            slips.print_sheet(sheet, address=activation_page(self.request), actor=self.actor, now=now)
        return sheets

    def success_url(self, result: list[SlipSheet]) -> str:
        if len(result) == 1:
            return reverse("memberships:slips", args=[result[0].pk])
        return reverse("memberships:slip_sheets")


def sheet_state(sheet: SlipSheet) -> tuple[str, str]:
    if sheet.fetched_at:
        return "已取走", "grey"
    return ("可领取", "green") if sheet.file_id else ("生成中", "blue")


class SlipSheetList(ListScreen):
    """The printouts asked for in the membership now in use."""

    policy = Policy(MANAGERS)
    title = "激活单"
    unit = "份"
    model = SlipSheet
    default_order = ("-created_at", "-pk")
    exports = ()
    columns = (
        Column("title", "名称", link=lambda row: reverse("memberships:slips", args=[row.pk]), card="title"),
        Column("slip_count", "张数", kind="number"),
        Column("created_at", "申请时间", kind="datetime", sort="created_at"),
        Column("fetched_at", "取走时间", kind="datetime"),
        Column(
            "state",
            "状态",
            value=lambda row: sheet_state(row)[0],
            kind="state",
            tone=lambda row: sheet_state(row)[1],
            card="tag",
        ),
    )
    empty = Empty("还没有打印过激活单。请在账号名单中勾选未激活的账号。", "账号名单", "memberships:accounts")

    def crumbs(self) -> list[Crumb]:
        return [Crumb("账号", reverse("memberships:accounts"))]


class SlipSheetPage(DetailScreen):
    """One printout; POST hands it out, once."""

    policy = Policy(MANAGERS, EDIT)
    model = SlipSheet
    pk_kwarg = "slip_sheet_pk"
    template_name = "memberships/slips.html"

    def get_queryset(self, actor: Actor) -> QuerySet[SlipSheet]:
        return super().get_queryset(actor).select_related("file")

    def crumbs(self) -> list[Crumb]:
        return [
            Crumb("账号", reverse("memberships:accounts")),
            Crumb("激活单", reverse("memberships:slip_sheets")),
        ]

    def header(self, obj: SlipSheet) -> Header:
        return Header(obj.title, tags=[Tag(*sheet_state(obj))])

    def context(self) -> dict[str, Any]:
        sheet: SlipSheet = self.object
        return {
            "sheet": sheet,
            "facts": [
                fact("张数", sheet.slip_count, "number"),
                fact("申请时间", sheet.created_at, "datetime"),
                fact("生成时间", sheet.ready_at, "datetime"),
                fact("取走时间", sheet.fetched_at, "datetime"),
            ],
            "is_building": sheet.file_id is None and sheet.fetched_at is None,
            "is_ready": sheet.file_id is not None and sheet.fetched_at is None,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            content = slips.fetch(self.object, actor=self.actor, now=timezone.now())
        except Refused as refused:
            messages.error(request, self.remember(refused))
            return HttpResponseRedirect(reverse("memberships:slips", args=[self.object.pk]))
        response = HttpResponse(content, content_type="application/pdf")
        name = f"{self.object.title}.pdf"
        response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response
