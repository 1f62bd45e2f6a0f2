"""Cell parsers: one named parser per kind of value. Pure; no database, no clock of their own.

``parse(raw, context)`` returns the value (``None`` when the cell says nothing) and the problems found. A problem of
severity ``error`` rejects the row; what was typed is never repaired by guessing. A message names the column, the
cause with the present value, and what to do.
"""

from portal.importing.parsers.cells import ERROR, WARNING, CellContext, Parsed, Parser, Problem, shown
from portal.importing.parsers.choices import ChoiceParser, YesNoParser
from portal.importing.parsers.dates import DateParser
from portal.importing.parsers.numbers import IntegerParser, MoneyParser
from portal.importing.parsers.persons import IdNumberParser, PersonNameParser, PhoneParser
from portal.importing.parsers.texts import (
    NameParser,
    NamesParser,
    PostHolderParser,
    TextParser,
    UsccParser,
    UsccsParser,
)

__all__ = [
    "ERROR",
    "WARNING",
    "CellContext",
    "ChoiceParser",
    "DateParser",
    "IdNumberParser",
    "IntegerParser",
    "MoneyParser",
    "NameParser",
    "NamesParser",
    "Parsed",
    "Parser",
    "PersonNameParser",
    "PhoneParser",
    "PostHolderParser",
    "Problem",
    "TextParser",
    "UsccParser",
    "UsccsParser",
    "YesNoParser",
    "shown",
]
