"""Statements that are put together once a process: the same rows, the same scope, whatever is asked with them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import BigIntegerField, CharField, Count, DateField, OuterRef, Subquery, UUIDField

from associations.registry.models import Assignment, Association, current_on
from portal.access.actor import acting_as
from portal.access.roles import Role
from portal.access.scoping import Unscoped, scoped
from portal.access.statements import ActorStatement, Statement
from portal.people.models import Person
from tests.factories import make_association
from tests.personas import Personas, Province

WHY = "a test's own rows"


def by_pk(pk: Any) -> Any:
    return Association.objects.unscoped(WHY).filter(pk=pk).select_related("region")


def test_statement_gives_what_the_queryset_gives(province: Province, django_assert_num_queries: Any) -> None:
    statement = Statement(by_pk, pk=BigIntegerField())
    for one in (province.tea, province.trade, province.tea):
        with django_assert_num_queries(1):
            (found,) = statement(pk=one.pk)
            assert (found.region.name, found.sources) == (one.region.name, one.sources)
        plain = by_pk(one.pk).get()
        assert {name: value for name, value in vars(found).items() if name != "_state"} == {
            name: value for name, value in vars(plain).items() if name != "_state"
        }
    assert statement(pk=0) == []
    assert statement.first(pk=0) is None


def test_statement_is_put_together_once_and_sees_what_changed_meanwhile(province: Province) -> None:
    asked = []

    def ask(pk: Any) -> Any:
        asked.append(pk)
        return by_pk(pk)

    statement = Statement(ask, pk=BigIntegerField())
    assert statement.first(pk=province.tea.pk).remark == ""
    Association.objects.filter(pk=province.tea.pk).update(remark="改过")
    assert statement.first(pk=province.tea.pk).remark == "改过"
    assert len(asked) == 1


def test_statement_of_values_dates_and_subqueries(province: Province) -> None:
    last = Assignment.objects.filter(association=OuterRef("pk")).order_by("-pk")
    statement = Statement(
        lambda name, on: (
            Association.objects.unscoped(WHY)
            .filter(name=name, pk__in=Assignment.objects.filter(current_on(on)).values("association"))
            .annotate(body=Subquery(last.values("department__name")[:1]), number=Count("assignments"))
            .values("pk", "body", "number")
        ),
        name=CharField(),
        on=DateField(),
    )
    first = Assignment.objects.filter(association=province.tea).order_by("-pk")[0]
    (found,) = statement(name=province.tea.name, on=date(2026, 3, 2))
    count = Assignment.objects.filter(association=province.tea).count()
    assert found == {"pk": province.tea.pk, "body": first.department.name, "number": count}


def test_literal_per_cent_signs_and_uuids_go_through(db: None) -> None:
    person = Person.objects.create(name="百分之100%s的人")
    statement = Statement(
        lambda pk: Person.objects.unscoped(WHY).filter(pk=pk, name__contains="100%s").values_list("name"),
        pk=UUIDField(),
    )
    assert statement(pk=person.pk) == [("百分之100%s的人",)]


def test_guarded_rows_need_their_scope_when_the_statement_is_made(personas: Personas) -> None:
    statement = Statement(lambda pk: Association.objects.filter(pk=pk), pk=BigIntegerField())
    with pytest.raises(Unscoped, match="needs scoped"):
        statement(pk=personas.province.tea.pk)


REACHED = ActorStatement(lambda actor, pk: scoped(Association, actor).filter(pk=pk), pk=BigIntegerField())


@pytest.mark.parametrize(
    ("persona", "reached"),
    [
        ("association_filer", {"tea"}),
        ("other_filer", {"trade"}),
        ("department_admin", {"tea", "trade"}),
    ],
)
def test_actor_reaches_by_a_kept_statement_what_the_scope_says(
    personas: Personas, persona: str, reached: set[str]
) -> None:
    actor = personas[persona].actor
    with acting_as(actor):
        for _again in range(2):
            found = {name for name in ("tea", "trade") if REACHED(actor, pk=getattr(personas.province, name).pk)}
            wanted = {
                name
                for name in ("tea", "trade")
                if scoped(Association, actor).filter(pk=getattr(personas.province, name).pk).exists()
            }
            assert found == wanted
    assert found >= reached if persona == "department_admin" else found == reached


def test_actor_of_no_association_reaches_nothing(personas: Personas) -> None:
    filer = personas.association_filer.actor
    nobody = replace(filer, role=Role.BRANCH_SECRETARY, scope=replace(filer.scope, association_pks=()))
    assert REACHED(nobody, pk=personas.province.tea.pk) == []
    both = (personas.province.tea.pk, make_association("湖南省竹业协会").pk)
    two = replace(nobody, scope=replace(filer.scope, association_pks=both))
    assert [REACHED.first(two, pk=pk).pk for pk in both] == list(both)
    assert REACHED.first(two, pk=personas.province.trade.pk) is None


def test_postgresql_keeps_the_plan(province: Province) -> None:
    statement = Statement(by_pk, pk=BigIntegerField())
    for _time in range(4):
        assert statement.first(pk=province.tea.pk) == province.tea
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%associations_assoc%'")
            assert cursor.fetchone()[0] >= 1
