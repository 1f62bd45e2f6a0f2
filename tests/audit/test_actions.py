"""Every act that history keeps has a Chinese name."""

import ast
from collections.abc import Iterator

from portal.audit.actions import action_label
from portal.importing import transitions as importing_transitions
from portal.notices import transitions as notices_transitions
from portal.reporting import transitions as reporting_transitions
from portal.workflow.transitions import Transition
from tests.test_layers import sources

MOVES = {"importing": importing_transitions, "notices": notices_transitions, "reporting": reporting_transitions}


def recorded() -> Iterator[str]:
    """The literal first argument of every call of `record`, and the moves of every transition table."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) in {"record", "audit", "_record"}
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                yield node.args[0].value
    for label, names in MOVES.items():
        yield from (f"{label}.{one.name}" for one in vars(names).values() if isinstance(one, Transition))


def test_every_act_has_a_name() -> None:
    assert sorted({code for code in recorded() if action_label(code) == code}) == []
