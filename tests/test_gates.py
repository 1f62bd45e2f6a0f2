"""The registry through which one wing asks another."""

from collections.abc import Iterator
from datetime import date

import pytest

from portal import checks, gates
from portal.gates import Finding, Level

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_expected", {})
    monkeypatch.setattr(gates, "_providers", {})


def warns(subject: str, on: date) -> Iterator[Finding]:
    yield Finding(Level.WARN, "R-078", f"{subject}应建未建，{on}。")


def says_nothing(subject: str, on: date) -> list[Finding]:
    return []


def test_check_asks_every_provider_in_the_order_of_their_names() -> None:
    gates.expect("inspection", "party")
    gates.provide("inspection", "register", says_nothing)
    gates.provide("inspection", "party", warns)
    assert gates.check("inspection", "甲协会", on=DAY) == [Finding(Level.WARN, "R-078", "甲协会应建未建，2026-03-02。")]


def test_check_at_a_gate_nobody_declared_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        gates.check("nowhere", "甲协会", on=DAY)


def test_gate_without_its_provider_is_a_system_check_error() -> None:
    gates.expect("evaluation", "party", "register")
    gates.provide("evaluation", "register", says_nothing)
    assert gates.lacking() == [("evaluation", "party")]
    (error,) = checks.check_gates(None)
    assert (error.id, error.msg) == ("portal.E002", "Gate 'evaluation' lacks its provider 'party'.")


def test_provider_is_registered_once() -> None:
    gates.provide("inspection", "party", warns)
    gates.provide("inspection", "party", warns)
    with pytest.raises(ValueError, match="has a provider 'party' already"):
        gates.provide("inspection", "party", says_nothing)
