"""The whole form of a social group answered without a contradiction: last year of an association in good order."""

from pathlib import Path
from typing import Any

from portal.filing.definition import Field, FieldType, Form, SumCheck
from portal.filing.loading import load

ROOT = Path(__file__).resolve().parents[2]
TEXT = "按照章程开展行业调研、业务培训和会员服务，组织行业自律，反映会员诉求，参与公益活动。"


def source_of(code: str = "social_group") -> str:
    return (ROOT / "fixtures" / "forms" / f"{code}.yaml").read_text(encoding="utf-8")


def answers_of(form: Form, **given: Any) -> dict[str, dict[str, Any]]:
    """Section → answers as typed; totals are the sums of their parts, `given` overrides single fields."""
    flat = {one.code: _typed(one) for one in form.asked if not one.is_locked} | given
    sums = [check for check in form.checks if isinstance(check, SumCheck)]
    for _ in range(4):
        for check in sums:
            if check.total not in given:
                flat[check.total] = str(sum(int(flat[part]) for part in check.parts if part in flat))
    return {
        section.code: {one.code: flat[one.code] for one in section.fields if one.code in flat}
        for section in form.sections
    }


def _typed(one: Field) -> Any:
    match one.type:
        case FieldType.TEXT | FieldType.LONG_TEXT:
            return (TEXT * 20)[: max(one.min_length, min(one.max_length, 18))]
        case FieldType.INTEGER:
            return str(max(2, int(one.minimum or 0)))
        case FieldType.DECIMAL | FieldType.MONEY:
            return "0"
        case FieldType.DATE:
            return "2023-05-20"
        case FieldType.YES_NO:
            return "no"
        case FieldType.CHOICE:
            return one.choices[0].code
        case FieldType.CHOICES:
            return [one.choices[0].code]
        case FieldType.PHONE:
            return "0731-85551234"
        case FieldType.ROWS:
            return [{column.code: str(_typed(column)) for column in one.columns}]
    return ""


def whole_form() -> Form:
    return load(source_of())
