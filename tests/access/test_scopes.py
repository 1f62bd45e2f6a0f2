"""Every guarded model shows each persona exactly what the table says; and the table notices every weaker filter."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Q

from portal.access.scoping import EVERYTHING, GuardedModel
from tests.personas import Personas
from tests.scope_table import TABLE, all_actors, fill, leaks

GUARDED = {model._meta.label: model for model in apps.get_models() if issubclass(model, GuardedModel)}


def test_every_guarded_model_has_its_line_in_the_table() -> None:
    assert set(TABLE) == set(GUARDED)


@pytest.mark.parametrize("label", sorted(TABLE))
def test_scope_of_a_model_is_what_the_table_says(label: str, personas: Personas) -> None:
    fill(personas)
    rows = TABLE[label].make(personas)
    assert leaks(GUARDED[label], rows, all_actors(personas)) == {}


def _scope_of(model: type[GuardedModel]) -> tuple[Any, ast.Module]:
    function = inspect.unwrap(model.scope_q).__func__  # type: ignore[attr-defined]
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    return function, tree


class _Weaken(ast.NodeTransformer):
    """Takes away one condition: the one with the number `at`."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0
        self.what = ""

    def _is_it(self) -> bool:
        self.seen += 1
        return self.seen - 1 == self.at

    def visit_Return(self, node: ast.Return) -> ast.AST:
        is_all = isinstance(node.value, ast.Name) and node.value.id == "EVERYTHING"
        if not is_all and self._is_it() and node.value is not None:
            self.what = f"return {ast.unparse(node.value)} → EVERYTHING"
            return ast.Return(value=ast.Name(id="EVERYTHING", ctx=ast.Load()))
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in {"Q", "filter"}:
            for part in [*node.args, *node.keywords]:
                if self._is_it():
                    self.what = f"{name}(… without {ast.unparse(part)})"
                    node.args = [one for one in node.args if one is not part]
                    node.keywords = [one for one in node.keywords if one is not part]
                    return node
        return self.generic_visit(node)


def mutants(model: type[GuardedModel]) -> Iterator[tuple[str, Any]]:
    """Each `scope_q` with one condition taken away."""
    function, tree = _scope_of(model)
    for at in range(100):
        weaken = _Weaken(at)
        weaker = ast.fix_missing_locations(weaken.visit(ast.parse(ast.unparse(tree))))
        if not weaken.what:
            return
        space = dict(function.__globals__) | {"EVERYTHING": EVERYTHING, "__class__": model}
        exec(compile(weaker, "mutant", "exec"), space)  # noqa: S102  our own source, one condition less
        yield weaken.what, space[function.__name__]


@pytest.mark.one_database
@pytest.mark.parametrize("label", sorted(TABLE))
def test_weaker_scope_is_noticed(label: str, personas: Personas, monkeypatch: pytest.MonkeyPatch) -> None:
    model = GUARDED[label]
    fill(personas)
    rows = TABLE[label].make(personas)
    actors = all_actors(personas)
    survivors, tried = [], 0
    for what, weaker in mutants(model):
        with monkeypatch.context() as patch:
            patch.setattr(model, "scope_q", classmethod(weaker))
            tried += 1
            if not leaks(model, rows, actors):
                survivors.append(what)
    assert tried > 0
    assert survivors == []


@pytest.mark.one_database
def test_scope_that_lets_everything_through_is_noticed_for_each_model(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(personas)
    actors = all_actors(personas)
    for label, model in GUARDED.items():
        rows = TABLE[label].make(personas)
        with monkeypatch.context() as patch:
            patch.setattr(model, "scope_q", classmethod(lambda cls, actor: Q()))
            assert leaks(model, rows, actors), label
