"""Every write of the directory of bodies that answer for associations: departments, registrars, committees."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from associations.registry.enums import DepartmentKind, NameKind
from associations.registry.models import (
    DEPARTMENT_DEPTH,
    Assignment,
    Department,
    DepartmentName,
    TreeLock,
    current_on,
)
from associations.registry.services import COMMITTEE_KINDS, checked, require_role, within_scope
from portal.access.actor import Actor
from portal.access.decisions import Refused
from portal.access.roles import DEPARTMENT
from portal.access.scoping import everything
from portal.audit.services import record
from portal.importing.normalise import name_key
from portal.importing.sources import by_hand
from portal.workflow.services import update_versioned

WRITABLE = frozenset({"name", "kind", "code", "level", "region", "parent", "hosted_by"})
TREE = "department"


def create_department(*, actor: Actor, now: datetime, aliases: tuple[str, ...] = (), **values: Any) -> Department:
    """Add a body to the directory with its other names. Raises `Refused` for a known name or a wrong parent."""
    require_role(actor, DEPARTMENT, "登记责任单位")
    _known_fields(values)
    department = Department(**values)
    with transaction.atomic():
        _check_place(department, actor)
        checked(department).save()
        for alias in dict.fromkeys(name.strip() for name in aliases if name.strip()):
            _add_alias(department, alias, NameKind.ALIAS)
        record("departments.create", actor=actor, subject=department, after=_shown(values), now=now)
    return department


def change_department(
    department: Department, *, actor: Actor, now: datetime, version: int, **changes: Any
) -> Department:
    """Rename or move a body; a former name stays findable. Raises `Refused` for a cycle, `Conflict` when stale."""
    require_role(actor, DEPARTMENT, "修改责任单位")
    _known_fields(changes)
    before = {name: getattr(department, name) for name in changes}
    changed = {name: value for name, value in changes.items() if value != before[name]}
    if not changed and version == department.version:
        return department
    with transaction.atomic():
        if "parent" in changed:
            _lock_tree()
        _check_changed(department, changed, actor)
        derived = {"key": name_key(changed["name"])} if "name" in changed else {}
        update_versioned(
            department, version=version, changes=changed | derived | by_hand(department, changed) | {"updated_at": now}
        )
        if "name" in changed and name_key(before["name"]) != department.key:
            _add_alias(department, before["name"], NameKind.FORMER, ends_on=localdate(now) - timedelta(days=1))
            with everything("names of one department"):
                department.names.filter(key=department.key).delete()
        record(
            "departments.change",
            actor=actor,
            subject=department,
            before=_shown({name: before[name] for name in changed}),
            after=_shown(changed),
            now=now,
        )
    return department


def _check_changed(department: Department, changed: dict[str, Any], actor: Actor) -> None:
    """Validate the row as it will be, without touching the one the caller holds."""
    with everything("the department itself"):
        draft = Department.objects.get(pk=department.pk)
    for name, value in changed.items():
        setattr(draft, name, value)
    draft.key = name_key(draft.name)
    _check_place(draft, actor)
    checked(draft)


def _check_place(department: Department, actor: Actor) -> None:
    """A committee stands below a committee, never below itself, and not deeper than a scope can see."""
    for label, other in (("上级", department.parent), ("挂靠部门", department.hosted_by)):
        if other is not None:
            within_scope(other, actor, label)
    parent = department.parent
    if parent is None:
        return
    if (department.kind in COMMITTEE_KINDS) != (parent.kind in COMMITTEE_KINDS):
        raise Refused(
            "department.parent_kind",
            f"上级「{parent}」是{parent.get_kind_display()}，与本单位的类别{department.get_kind_display()}不在同一体系。"
            "请选择同一体系的上级；挂靠在政府部门的党委，请填写挂靠部门。",
        )
    depth = 1
    above: Department | None = parent
    while above is not None:
        if above.pk == department.pk and department.pk is not None:
            raise Refused("department.cycle", f"「{parent}」在「{department}」之下，不能作为它的上级。请另选上级。")
        depth, above = depth + 1, above.parent
    below = _height(department) if department.pk else 1
    if depth - 1 + below > DEPARTMENT_DEPTH:
        raise Refused(
            "department.depth", f"移动后共有{depth - 1 + below}层，最多{DEPARTMENT_DEPTH}层。请选择更高一级的上级。"
        )


def _height(department: Department) -> int:
    """How many levels a body and those below it make; looks no deeper than is allowed."""
    level, height = [department.pk], 1
    while level and height <= DEPARTMENT_DEPTH:
        with everything("the tree of departments"):
            level = list(Department.objects.filter(parent__in=level).values_list("pk", flat=True))
        height += bool(level)
    return height


def _lock_tree() -> None:
    TreeLock.objects.get_or_create(tree=TREE)
    TreeLock.objects.filter(tree=TREE).update(move_count=F("move_count") + 1)


def add_alias(
    department: Department, *, name: str, kind: str, actor: Actor, now: datetime, version: int
) -> DepartmentName:
    """Add another name under which a body is known in spreadsheets and searches."""
    require_role(actor, DEPARTMENT, "登记单位别名")
    with transaction.atomic():
        update_versioned(department, version=version, changes={"updated_at": now})
        row = _add_alias(department, name.strip(), kind)
        record("departments.add_name", actor=actor, subject=department, after={"name": row.name}, now=now)
    return row


def _add_alias(department: Department, name: str, kind: str, ends_on: date | None = None) -> DepartmentName:
    key = name_key(name)
    with everything("names are the same for the whole directory"):
        if department.names.filter(key=key).exists() or (key == department.key and kind != NameKind.FORMER):
            raise Refused("name.known", f"「{name}」已是这个单位的名称，不必重复登记。")
        taken = Department.objects.filter(key=key, level=department.level, region=department.region, ends_on=None)
        if taken.exclude(pk=department.pk).exists():
            raise Refused("name.taken", f"「{name}」是另一个单位的名称。请写明全称，或先更正那个单位。")
        row = DepartmentName(department=department, name=name, kind=kind, ends_on=ends_on)
    checked(row).save()
    return row


def remove_alias(name: DepartmentName, *, actor: Actor, now: datetime, version: int) -> None:
    """Take a wrong alias away; the history keeps it."""
    require_role(actor, DEPARTMENT, "删除单位别名")
    with transaction.atomic():
        update_versioned(name.department, version=version, changes={"updated_at": now})
        with everything("names of one department"):
            name.department.names.filter(pk=name.pk).delete()
        record("departments.remove_name", actor=actor, subject=name.department, before={"name": name.name}, now=now)


def close_department(department: Department, *, ends_on: date, actor: Actor, now: datetime, version: int) -> Department:
    """End a body that answers for nobody any more. Raises `Refused` while associations or bodies still depend on it."""
    require_role(actor, DEPARTMENT, "停用责任单位")
    with transaction.atomic():
        update_versioned(department, version=version, changes={"ends_on": ends_on, "updated_at": now})
        with everything("what depends on one department"):
            after = ends_on + timedelta(days=1)
            answering = Assignment.objects.filter(current_on(after), department=department).count()
            below = Department.objects.filter(parent=department, ends_on=None).count()
        if answering:
            raise Refused(
                "department.in_use", f"「{department}」还负责{answering}家社会组织。请先把它们的责任关系转到其他单位。"
            )
        if below:
            raise Refused("department.has_children", f"「{department}」还有{below}个下级单位。请先移走或停用下级单位。")
        record("departments.close", actor=actor, subject=department, after={"ends_on": ends_on}, now=now)
    return department


def _known_fields(values: dict[str, Any]) -> None:
    unknown = values.keys() - WRITABLE
    if unknown:
        raise TypeError(f"not fields of a department: {sorted(unknown)}")


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    labels = {name: str(value) for name, value in values.items() if name in {"region", "parent", "hosted_by"} and value}
    if "kind" in values:
        labels["kind"] = DepartmentKind(values["kind"]).label
    return values | labels
