"""Reading memberships, and turning one into the actor of a request, a job or a command."""

from collections.abc import Collection
from datetime import date
from typing import Any, cast

from django.db.models import BigIntegerField, DateField, Q
from django.utils.timezone import localdate

from associations.registry.enums import DepartmentKind
from associations.registry.models import (
    DEPARTMENT_DEPTH,
    Association,
    AssociationName,
    Department,
    DepartmentName,
    current_on,
)
from associations.registry.selectors import named_bodies
from partybuilding.organizations.models import CoveredAssociation, PartyOrganization, PartyOrganizationName
from portal.access.actor import Actor, Scope
from portal.access.decisions import Refused
from portal.access.roles import ASSOCIATION, BODIES, DEPARTMENT, TRIO, Role
from portal.access.scoping import everything, scoped
from portal.access.statements import Statement
from portal.accounts.models import User
from portal.importing.normalise import name_key
from portal.memberships.models import Membership
from portal.regions.models import Region
from portal.regions.selectors import find as find_regions

# How many keys one statement names.
AT_ONCE = 500
RELATED = ("user", "region", "department__region", "association", "organization")
# A registrar's scope is a registrar, a committee's a committee; government work may lie with any body.
BODY_KINDS = {
    Role.REGISTRAR: (DepartmentKind.REGISTRAR,),
    Role.PARTY_COMMITTEE: (DepartmentKind.PARTY_COMMITTEE, DepartmentKind.WORKING_COMMITTEE),
}
SCOPE_HINTS = {
    Role.REGIONAL_OFFICE: "请写行政区划代码或名称，如 430100 或 长沙市",
    **dict.fromkeys(BODIES, "请写单位代码或名称"),
    **dict.fromkeys(ASSOCIATION, "请写统一社会信用代码或社会组织名称"),
    Role.BRANCH_SECRETARY: "请写党组织名称",
}


_HELD = Statement(
    lambda user, on: (
        Membership.objects.unscoped("a user's own memberships, before there is an actor")
        .filter(current_on(on), user=user)
        .select_related(*RELATED)
        .order_by("pk")
    ),
    user=BigIntegerField(),
    on=DateField(),
)


def current_memberships(user_id: int, on: date) -> list[Membership]:
    """The memberships that hold on a day, oldest first."""
    return _HELD(user=user_id, on=on)


def people_at(kind: str, pks: Collection[int], *, roles: Collection[str], on: date) -> dict[int, list[int]]:
    """Users with a membership in one of the roles at one of the nodes of a kind (`Scope.kind`), with those nodes; the
    province has none."""
    found: dict[int, list[int]] = {}
    with everything("whom a message about a body goes to"):
        rows = Membership.objects.filter(current_on(on), role__in=roles, user__is_active=True)
        if kind == "province":
            return {user: [] for user in rows.order_by("user").values_list("user", flat=True)}
        for start in range(0, len(wanted := sorted(pks)), AT_ONCE):
            here = rows.filter(**{f"{kind}__in": wanted[start : start + AT_ONCE]})
            for user, node in here.order_by("user", kind).values_list("user", kind):
                found.setdefault(user, []).append(node)
    return found


def actor_of(membership: Membership) -> Actor:
    """The actor that a membership makes. Expects the relations in `RELATED` to be loaded."""
    return Actor(
        user_id=membership.user_id,
        username=membership.user.username,
        membership_id=membership.pk,
        role=membership.role,
        scope=_scope(membership),
        label=f"{membership.get_role_display()} · {membership.scope_label}",
    )


def _scope(membership: Membership) -> Scope:
    # A constraint gives every role the node that it hangs on.
    role, node = membership.role, cast("Any", membership)
    if role == Role.REGIONAL_OFFICE:
        region = node.region
        return Scope("region", region.pk, region.name, path=region.path)
    if role in BODIES:
        department = node.department
        path = department.region.path if department.region else "/"
        bodies = _subtree(department.pk) if role == Role.PARTY_COMMITTEE else (department.pk,)
        return Scope(
            "department", department.pk, department.name, path=path, level=department.level, department_pks=bodies
        )
    if role in ASSOCIATION:
        association = node.association
        return Scope("association", association.pk, association.name, association_pks=(association.pk,))
    if role == Role.BRANCH_SECRETARY:
        organization = node.organization
        with everything("the associations that the actor's own Party organisation covers"):
            covered = CoveredAssociation.objects.filter(organization=organization, ends_on=None)
            pks = tuple(covered.order_by("association").values_list("association", flat=True))
        return Scope("organization", organization.pk, organization.name, association_pks=pks)
    return Scope("installation" if role in TRIO else "province", None, "全省")


def _subtree(department_pk: int) -> tuple[int, ...]:
    """A committee and the committees below it."""
    below = Q()
    for depth in range(DEPARTMENT_DEPTH):
        below |= Q(**{"parent__" * depth + "id": department_pk})
    with everything("the bodies below the actor's own"):
        return tuple(Department.objects.filter(below).order_by("pk").values_list("pk", flat=True))


def membership_for(spec: str, on: date) -> Membership:
    """The membership that `USERNAME[:ROLE[@CODE]]` names on a day (`--as` of the commands).

    Raises `Refused`: `membership.user` for an unknown or inactive account, `membership.none` when nothing holds,
    `membership.several` when more than one does, with their list.
    """
    username, _, rest = spec.partition(":")
    role, _, code = rest.partition("@")
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    if user is None:
        raise Refused("membership.user", f"没有启用中的账号「{username}」。请核对用户名，或先用 add_user 建立账号。")
    found = current_memberships(user.pk, on)
    if role:
        found = [one for one in found if one.role == role]
    if code:
        node = find_node(role, code, on)
        found = [one for one in found if one.node == node]
    if not found:
        wanted = f"「{rest}」身份" if rest else "有效的任职身份"
        raise Refused("membership.none", f"账号「{username}」目前没有{wanted}。请用 add_user 登记。")
    if len(found) > 1:
        listed = "、".join(spec_of(one) for one in found)
        raise Refused("membership.several", f"账号「{username}」有多个身份，请写明是哪一个：{listed}。")
    return found[0]


def spec_of(membership: Membership) -> str:
    """How a command names the membership: `USERNAME:ROLE@CODE`."""
    code = node_code(membership.node)
    return f"{membership.user.username}:{membership.role}" + (f"@{code}" if code else "")


def node_code(node: Any) -> str:
    """The code by which `find_node` finds a scope node again."""
    return str(getattr(node, "uscc", "") or getattr(node, "code", "") or getattr(node, "name", ""))


def find_node(role: str, code: str, on: date) -> Any:
    """The scope node that `code` names for a role, as the role asks: a region code or name, a department's code or
    name, a USCC or an association's name, a Party organisation's name; none for a role whose scope is the province.

    Raises `Refused`: `role.unknown`, `scope.needed`, `scope.not_wanted`, `reference.unknown`, `reference.ambiguous`.
    """
    if role not in Role.values:
        raise Refused("role.unknown", f"没有「{role}」这个角色。可用的角色：{'、'.join(Role.values)}。")
    label, hint = Role(role).label, SCOPE_HINTS.get(Role(role), "")
    text = code.strip()
    if role in DEPARTMENT | TRIO:
        if text:
            raise Refused("scope.not_wanted", f"「{label}」的范围是全省，不用写范围（现为「{text}」）。")
        return None
    if not text:
        raise Refused("scope.needed", f"「{label}」须写明范围。{hint}。")
    with everything("scope nodes are looked up over the whole register, by a command or an administrator"):
        found = list(_candidates(role, text, on)[:6])
    if not found:
        raise Refused("reference.unknown", f"没有找到「{text}」。「{label}」的范围：{hint}。")
    if len(found) > 1:
        listed = "、".join(f"{one}({node_code(one)})" if node_code(one) != str(one) else str(one) for one in found[:5])
        raise Refused("reference.ambiguous", f"「{text}」不止一个：{listed}。请改用代码。")
    return found[0]


def suggested_nodes(actor: Actor, role: str, text: str, limit: int) -> list[tuple[str, str]]:
    """(what to write, its code) of scope nodes of a role, among what the actor reaches, whose names hold a text."""
    key = name_key(text)
    if not key or role not in SCOPE_HINTS:
        return []
    rows: Any
    if role == Role.REGIONAL_OFFICE:
        own = actor.scope.path if actor.scope.kind == "region" else ""
        rows = Region.objects.filter(name__contains=text.strip(), path__startswith=own, ends_on=None).order_by("code")
        return [
            (f"{one.parent.name}{one.name}" if one.parent and one.level == "county" else one.name, one.code)
            for one in rows.select_related("parent")[:limit]
        ]
    if role in BODIES:
        rows = named_bodies(scoped(Department, actor).filter(current_on(localdate())), text)
        if kinds := BODY_KINDS.get(Role(role)):
            rows = rows.filter(kind__in=kinds)
    elif role in ASSOCIATION:
        rows = scoped(Association, actor).filter(search_key__contains=key)
    else:
        rows = scoped(PartyOrganization, actor).filter(dissolved_on=None, key__contains=key)
    return [(one.name, node_code(one)) for one in rows.order_by("name", "pk")[:limit]]


def _candidates(role: str, text: str, on: date) -> Any:
    key = name_key(text)
    if role == Role.REGIONAL_OFFICE:
        return find_regions(text)
    if role in BODIES:
        bodies = Department.objects.filter(current_on(on))
        kinds = BODY_KINDS.get(Role(role))
        if kinds:
            bodies = bodies.filter(kind__in=kinds)
        return _best(
            bodies, Q(code=text), Q(key=key), Q(pk__in=DepartmentName.objects.filter(key=key).values("department"))
        )
    if role in ASSOCIATION:
        names = AssociationName.objects.filter(key=key).values("association")
        return _best(Association.objects.all(), Q(uscc=text.upper()), Q(key=key), Q(pk__in=names))
    names = PartyOrganizationName.objects.filter(key=key).values("organization")
    return _best(PartyOrganization.objects.filter(dissolved_on=None), Q(key=key), Q(pk__in=names))


def _best(rows: Any, *ways: Q) -> Any:
    """What the first way that finds anything finds: a code beats a name, a name an alias."""
    for way in ways:
        found = list(rows.filter(way).order_by("pk")[:6])
        if found:
            return found
    return []
