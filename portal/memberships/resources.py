"""Accounts for many from one spreadsheet: who acts, as what, for whom. Passwords never come from a file."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.contrib.auth.hashers import make_password
from django.db.models import Model

from associations.registry.models import Association
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import ASSOCIATION, BUSINESS, Role
from portal.access.scoping import scoped
from portal.accounts.models import User
from portal.importing.parsers import ChoiceParser, DateParser, PostHolderParser, TextParser
from portal.importing.resources import Column, ImportResource, StagedRow
from portal.memberships.desk import USERNAME, NodeReach, base_username
from portal.memberships.models import MANAGERS, Membership, managed_q
from portal.memberships.selectors import RELATED, find_node, node_code
from portal.memberships.services import node_field

MATCHING = "user names and open memberships are compared over all accounts; what lies outside the scope is rejected"
ROLE_SYNONYMS: dict[str, list[str]] = {
    Role.ASSOCIATION_FILER: ["填报人", "秘书长", "秘书处", "社会组织填报员"],
    Role.ASSOCIATION_SIGNER: ["法定代表人", "签字人", "法人"],
    Role.BRANCH_SECRETARY: ["党支部书记", "支部书记", "书记"],
    Role.REGIONAL_OFFICE: ["市州社会工作部", "县市区社会工作部", "社会工作部(市县)"],
    Role.PARTY_COMMITTEE: ["综合党委", "行业党委", "党委"],
    Role.REGISTRAR: ["登记机关", "民政局", "民政厅"],
}


class AccountResource(ImportResource):
    """Accounts with one membership a row (kind ``accounts``); a person's second one comes in a second file."""

    kind: ClassVar[str] = "accounts"
    label: ClassVar[str] = "账号"
    load_order: ClassVar[int] = 90
    main: ClassVar[str] = "user"
    export_order: ClassVar[Sequence[str]] = ("user__username", "pk")

    username = Column(
        "用户名",
        TextParser(64),
        key=1,
        synonyms=["账号", "登录名", "账户", "登录账号"],
        hint="可以不填，由系统按统一社会信用代码或单位代码生成",
    )
    display_name = Column(
        "姓名或岗位",
        PostHolderParser(),
        attribute="display_name",
        required=True,
        key=2,
        synonyms=["姓名", "岗位", "联系人", "使用人", "填报人姓名"],
    )
    role = Column(
        "角色",
        ChoiceParser([(one.value, str(one.label)) for one in Role if one in BUSINESS], ROLE_SYNONYMS),
        required=True,
        synonyms=["身份", "用户角色", "账号类型"],
    )
    scope = Column(
        "范围",
        TextParser(200),
        synonyms=["单位", "所在单位", "社会组织", "单位名称", "统一社会信用代码", "管辖范围", "单位代码"],
        hint="社会组织写统一社会信用代码或全称，单位写代码或名称，市县写区划代码或名称，党组织写全称，省级留空",
    )
    starts_on = Column("起始日期", DateParser(may_be_future=True), synonyms=["任职起始日期", "启用日期"])

    @classmethod
    def tables(cls) -> dict[str, type[Model]]:
        return {"user": User, "membership": Membership}

    def prepare(self) -> None:
        self.taken: set[str] = {name.lower() for name in User.objects.values_list("username", flat=True)}
        self.nodes: dict[tuple[str, str], Any] = {}
        self.reach = NodeReach(self.run.actor)

    def check(self, row: StagedRow) -> None:
        name = row.values.get("username")
        if name is not None and not USERNAME.fullmatch(name):
            text = f"用户名「{name}」不符合要求。请用文字、字母、数字、点、横线，最多 64 个字符，或留空由系统生成。"
            row.error("account.username", "username", text)

    def file_key(self, row: StagedRow) -> Iterable[tuple[str, Any]]:
        if "username" in row.values:
            place = row.values.get("role"), row.values.get("scope")
            yield "username", (row.values["username"].lower(), *place)

    def match(self, rows: Sequence[StagedRow]) -> None:
        self._find_associations(rows)
        self.node_of: dict[int, Any] = {}
        for row in rows:
            role = row.values.get("role")
            if role is not None:
                self._find_node(row, role, row.values.get("scope", ""))
        names = {row.values["username"].lower() for row in rows if "username" in row.values}
        accounts = {user.username.lower(): user for user in User.objects.filter(username__in=names | self._spelt(rows))}
        self.held = self._held([user.pk for user in accounts.values()])
        nameless = self._nameless(rows)
        for row in rows:
            found = (
                accounts.get(row.values["username"].lower()) if "username" in row.values else nameless.get(row.number)
            )
            if found is not None:
                row.pk, row.label = found.pk, found.display_name
                row.current = {field.attname: getattr(found, field.attname) for field in User._meta.concrete_fields}

    def _spelt(self, rows: Sequence[StagedRow]) -> set[str]:
        return {row.values["username"] for row in rows if "username" in row.values}

    def _find_associations(self, rows: Sequence[StagedRow]) -> None:
        """Most rows name an association by its code: one query for a chunk."""
        texts = {row.values["scope"].strip().upper() for row in rows if "scope" in row.values}
        for one in Association.objects.unscoped(MATCHING).filter(uscc__in=texts):
            for role in ASSOCIATION:
                self.nodes.setdefault((role, one.uscc), one)

    def _find_node(self, row: StagedRow, role: str, text: str) -> None:
        key = (role, text.strip().upper())
        if key not in self.nodes:
            try:
                self.nodes[key] = find_node(role, text, self.run.today)
            except Refused as refused:
                self.nodes[key] = refused
        found = self.nodes[key]
        if isinstance(found, Refused):
            column = "role" if found.code == "role.unknown" else "scope"
            code = "required" if found.code == "scope.needed" else found.code
            row.error(code, column, found.reason)
        else:
            self.node_of[row.number] = found

    def _held(self, accounts: Sequence[int]) -> set[tuple[int, str, int | None]]:
        rows = Membership.objects.unscoped(MATCHING).filter(user__in=accounts, ends_on=None).select_related(*RELATED)
        return {(one.user_id, one.role, one.node.pk if one.node else None) for one in rows}

    def _nameless(self, rows: Sequence[StagedRow]) -> dict[int, User]:
        """Rows without a user name are the same account when the same person already holds the same membership."""
        wanted = {
            (row.values["display_name"], row.values["role"], getattr(self.node_of[row.number], "pk", None)): row.number
            for row in rows
            if row.number in self.node_of and "username" not in row.values and "display_name" in row.values
        }
        names = {name for name, _role, _node in wanted}
        held = Membership.objects.unscoped(MATCHING).filter(user__display_name__in=names, ends_on=None)
        found = {}
        for one in held.select_related(*RELATED):
            number = wanted.get((one.user.display_name, one.role, one.node.pk if one.node else None))
            if number is not None:
                found[number] = one.user
                self.held.add((one.user_id, one.role, one.node.pk if one.node else None))
        return found

    def check_scope(self, rows: Sequence[StagedRow]) -> None:
        actor = self.run.actor
        shared = self.reach.shared([row.pk for row in rows if row.pk], self.run.today)
        for row in rows:
            role, node = row.values.get("role"), self.node_of.get(row.number)
            if actor.role not in MANAGERS:
                text = f"账号由社会工作部管理员和市县社会工作部管理，「{actor.label}」不能导入。请交由管理员导入。"
                row.error("scope.outside", "role", text)
            elif role is not None and row.number in self.node_of and not self.reach.includes(role, node):
                label = Role(role).label
                text = f"「{label} · {node or '全省'}」不在「{actor.label}」管理的范围内。请核对，或交由上级导入。"
                row.error("scope.outside", "scope", text)
            elif row.pk in shared:
                text = f"账号「{row.values.get('username', '')}」由其他单位管理，不能由本账号修改。请换一个用户名。"
                row.error("scope.outside", "username", text)

    def plan(self, row: StagedRow) -> None:
        if row.is_rejected or row.number not in self.node_of:
            return
        role, node = row.values["role"], self.node_of[row.number]
        if row.is_new:
            name = row.values.get("username") or self._free(role, node)
            if name.lower() in self.taken:
                text = (
                    f"用户名「{name}」在本文件前面已经用过。请换一个；同一人的第二个身份请另导一次，或在账号页面办理。"
                )
                row.error("duplicate.in_file", "username", text)
                return
            self.taken.add(name.lower())
            row.main |= {"username": name, "password": make_password(None)}
            row.label = row.values.get("display_name", name)
        if row.pk is not None and (row.pk, role, getattr(node, "pk", None)) in self.held:
            return
        values, refs = row.owner("user_id")
        values |= {"role": role, "starts_on": row.values.get("starts_on")}
        if node is not None:
            values[f"{node_field(role)}_id"] = node.pk
        row.insert("membership", values, **refs)

    def _free(self, role: str, node: Any) -> str:
        base = base_username(role, node)
        name, number = base, 1
        while name in self.taken:
            number += 1
            name = f"{base}-{number}"
        return name

    @classmethod
    def rows_for(cls, actor: Actor) -> Any:
        return scoped(Membership, actor).filter(managed_q(actor), ends_on=None)

    @classmethod
    def filterset(cls) -> Any:
        from portal.memberships.filters import AccountFilter

        return AccountFilter

    @classmethod
    def export_rows(cls, queryset: Any, on: dt.date) -> Iterator[list[Any]]:
        for one in queryset.select_related(*RELATED).iterator(chunk_size=1000):
            code = node_code(one.node) or None
            yield [one.user.username, one.user.display_name, one.get_role_display(), code, one.starts_on]
