"""Personal answers at rest: one sealed JSON object a row, bound to its table, column and key."""

import json
from typing import Any

from django.db.models import Model

from portal.filing.definition import Form
from portal.filing.reading import Answers
from portal.privacy.sealing import seal, unseal
from portal.privacy.services import column_of

FIELD = "sealed"


def opened_answers(row: Any) -> Answers:
    """The personal answers of a section, a hand-in or a signature page."""
    text = unseal(getattr(row, FIELD), **_place(row))
    return json.loads(text) if text else {}


def sealed_answers(row: Model, answers: Answers) -> str:
    """The token to store for `row`, whose key must be known already; nothing personal gives an empty one."""
    kept = {code: raw for code, raw in answers.items() if raw not in ("", [], None)}
    return seal(json.dumps(kept, ensure_ascii=False, sort_keys=True), **_place(row)) if kept else ""


def split(form: Form, answers: Answers) -> tuple[Answers, Answers]:
    """(what may lie open, what is personal)."""
    personal = {code: raw for code, raw in answers.items() if code in form.fields and form.fields[code].is_personal}
    return {code: raw for code, raw in answers.items() if code not in personal}, personal


def _place(row: Model) -> dict[str, Any]:
    return {"table": row._meta.db_table, "column": column_of(type(row), FIELD), "row": row.pk}
