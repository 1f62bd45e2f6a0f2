"""While somebody acts, guarded rows are read and written through `scoped()` only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch

from associations.registry.models import Assignment, Association, Department
from portal.access.actor import acting_as, current_actor
from portal.access.scoping import GuardedModel, GuardedQuerySet, Unscoped, everything, scoped
from tests.factories import make_association, uscc
from tests.personas import Personas, Province

WAYS: dict[str, Callable[[GuardedQuerySet[Association]], Any]] = {
    "list": list,
    "bool": bool,
    "len": len,
    "iterator": lambda rows: list(rows.iterator()),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "first": lambda rows: rows.first(),
    "last": lambda rows: rows.last(),
    "earliest": lambda rows: rows.earliest("pk"),
    "latest": lambda rows: rows.latest("pk"),
    "get": lambda rows: rows.get(name="湖南省茶业协会"),
    "in_bulk": lambda rows: rows.in_bulk(),
    "index": lambda rows: rows.order_by("pk")[0],
    "slice": lambda rows: list(rows.order_by("pk")[:1]),
    "values": lambda rows: list(rows.values("pk")),
    "values_list": lambda rows: list(rows.values_list("pk", flat=True)),
    "dates": lambda rows: list(rows.dates("created_at", "year")),
    "aggregate": lambda rows: rows.aggregate(Count("pk")),
    "annotate": lambda rows: list(rows.annotate(number=Count("assignments"))),
    "distinct": lambda rows: list(rows.distinct()),
    "only": lambda rows: list(rows.only("pk")),
    "select_related": lambda rows: list(rows.select_related("region")),
    "contains": lambda rows: rows.contains(rows.model(pk=1)),
    "explain": lambda rows: rows.explain(),
    "update": lambda rows: rows.update(remark=""),
    "delete": lambda rows: rows.delete(),
    "raw": lambda rows: list(rows.raw("SELECT * FROM associations_association")),
    "union": lambda rows: list(rows.union(rows)),
    "intersection": lambda rows: list(rows.intersection(rows)),
    "or": lambda rows: list(rows | rows),
    "and": lambda rows: list(rows & rows),
    "xor": lambda rows: list(rows ^ rows),
    "get_or_create": lambda rows: rows.get_or_create(name="湖南省茶业协会"),
    "update_or_create": lambda rows: rows.update_or_create(name="湖南省茶业协会", defaults={"remark": ""}),
    "bulk_update": lambda rows: rows.bulk_update([rows.model(pk=1, remark="")], ["remark"]),
    "print": repr,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_evaluate_is_refused_without_a_scope(way: str, province: Province, personas: Personas) -> None:
    assert province.tea
    actor = personas.department_admin.actor
    with acting_as(actor), pytest.raises(Unscoped, match=r"use scoped\(Association"):
        WAYS[way](Association.objects.all())


# SQLite allows no order inside a union; the others would change or need rows.
OTHERWISE_TRIED = {
    "union",
    "intersection",
    "delete",
    "raw",
    "get_or_create",
    "update_or_create",
    "bulk_update",
    "contains",
}


@pytest.mark.parametrize("way", sorted(set(WAYS) - OTHERWISE_TRIED))
def test_every_way_works_with_a_scope(way: str, province: Province, personas: Personas) -> None:
    assert province.tea
    actor = personas.department_admin.actor
    with acting_as(actor):
        WAYS[way](scoped(Association, actor))


@pytest.mark.parametrize("way", ["or", "and", "xor", "union", "intersection", "difference"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_combination_needs_the_scope_on_both_sides(way: str, side: str, province: Province, personas: Personas) -> None:
    assert province.tea
    actor = personas.department_admin.actor
    combine: dict[str, Callable[[Any, Any], Any]] = {
        "or": lambda one, other: one | other,
        "and": lambda one, other: one & other,
        "xor": lambda one, other: one ^ other,
        "union": lambda one, other: one.union(other),
        "intersection": lambda one, other: one.intersection(other),
        "difference": lambda one, other: one.difference(other),
    }
    with acting_as(actor):
        inside, outside = scoped(Association, actor), Association.objects.all()
        pair = (inside, outside) if side == "left" else (outside, inside)
        with pytest.raises(Unscoped):
            list(combine[way](*pair))


def test_scope_goes_on_through_every_refinement(province: Province, personas: Personas) -> None:
    province.fill()
    actor = personas.supervising_unit.actor
    with acting_as(actor):
        rows = scoped(Association, actor).filter(name__contains="协会").exclude(name="x").order_by("pk")
        assert list(rows.reverse().using("default").defer("remark")) == [province.tea]


def test_reverse_relations_and_prefetches_are_guarded(province: Province, personas: Personas) -> None:
    actor = personas.supervising_unit.actor
    with acting_as(actor):
        tea = scoped(Association, actor).get(pk=province.tea.pk)
        with pytest.raises(Unscoped):
            list(tea.assignments.all())
        with pytest.raises(Unscoped):
            list(scoped(Association, actor).prefetch_related("assignments"))
        given = Prefetch("assignments", queryset=scoped(Assignment, actor))
        assert len(scoped(Association, actor).prefetch_related(given)[0].assignments.all()) == 3


def test_djangos_own_work_stays_plain(province: Province, personas: Personas) -> None:
    assignment = Assignment.objects.filter(association=province.tea)[0]
    with acting_as(personas.supervising_unit.actor):
        fresh = scoped(Assignment, personas.supervising_unit.actor).get(pk=assignment.pk)
        assert fresh.association.name == province.tea.name
        fresh.refresh_from_db()
        fresh.save()


def test_nothing_and_what_was_already_read_need_no_scope(province: Province, personas: Personas) -> None:
    read = Association.objects.filter(pk=province.tea.pk)
    assert len(read) == 1
    with acting_as(personas.auditor.actor):
        assert list(Association.objects.none()) == []
        assert [len(read), read.count(), read.exists()] == [1, 1, True]


def test_unscoped_and_everything_need_a_reason(db: None) -> None:
    with pytest.raises(ValueError, match="reason"):
        Association.objects.unscoped("")
    with pytest.raises(ValueError, match="reason"), everything(""):
        pass


def test_everything_ends_with_its_block(province: Province, personas: Personas) -> None:
    assert province.tea
    with acting_as(personas.auditor.actor):
        with everything("a test"):
            assert Association.objects.count() == 1
        with pytest.raises(Unscoped):
            Association.objects.count()


def test_actor_ends_with_its_block(personas: Personas) -> None:
    with pytest.raises(RuntimeError), acting_as(personas.auditor.actor):
        raise RuntimeError
    assert current_actor() is None


def test_uniqueness_holds_over_the_whole_register_and_shows_nothing_of_the_other_row(
    province: Province, personas: Personas
) -> None:
    foreign = province.trade
    twin = make_association(region=province.hunan)
    twin.uscc = foreign.uscc
    with acting_as(personas.supervising_unit.actor), pytest.raises(ValidationError) as refused:
        twin.full_clean(exclude=["key"])
    said = str(refused.value)
    assert "uscc" in said
    assert foreign.name not in said


def test_counts_do_not_multiply(province: Province, personas: Personas) -> None:
    province.fill()
    for number in range(3):
        make_association(f"湖南省第{number}茶厂协会", party_committee=province.branch_committee, uscc=uscc())
    actor = personas.party_committee.actor
    with acting_as(actor):
        assert scoped(Association, actor).count() == scoped(Association, actor).distinct().count() == 4


def test_no_model_names_a_base_manager_and_every_guarded_one_keeps_the_guarded_manager(db: None) -> None:
    from django.apps import apps

    for model in apps.get_models():
        assert not model._meta.base_manager_name, model
        if issubclass(model, GuardedModel):
            assert isinstance(model._default_manager.all(), GuardedQuerySet), model


def test_department_children_are_guarded(province: Province, personas: Personas) -> None:
    actor = personas.department_admin.actor
    with acting_as(actor):
        committee = scoped(Department, actor).get(pk=province.committee.pk)
        with pytest.raises(Unscoped):
            committee.children.count()
