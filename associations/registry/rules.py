"""When an association counts as active, and whether it is clear who answers for it (R-014, R-016). No database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from associations.registry.enums import AssociationKind, AssociationStatus, Clarity, RegistrationMode
from portal.importing import identifiers
from portal.importing.normalise import name_key
from portal.regulations.rules import add_months


def is_active_on(status: str, status_on: date | None, established_on: date | None, day: date) -> bool:
    """Whether an association is established and in normal operation on `day` (R-016).

    A status other than 正常 counts from its date; without a date it counts always. Before its date a suspended, a
    deregistered or a revoked association was active. An association without a date of establishment was always there.
    """
    if established_on is not None and day < established_on:
        return False
    if status == AssociationStatus.ACTIVE:
        return True
    if status == AssociationStatus.PREPARING:
        return False
    return status_on is not None and day < status_on


def newest_counted(day: date, months: int) -> date:
    """The latest date of establishment that is at least `months` months old on `day` (R-076, option of the rule).

    Months end on the corresponding day, or on the month's last: established 08-31 is six months old on 02-28.
    """
    found = add_months(day, -months)
    while add_months(date.fromordinal(found.toordinal() + 1), months) <= day:
        found = date.fromordinal(found.toordinal() + 1)
    return found


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who answers for one association on a day."""

    registration_mode: str
    has_supervising_unit: bool
    has_regulator: bool
    has_office: bool
    has_officer: bool


def are_departments_set(facts: Responsibility) -> bool:
    """谁来管 (R-014): a current regulator, and under dual management also a current supervising unit."""
    needs_unit = facts.registration_mode == RegistrationMode.DUAL
    return facts.has_regulator and (not needs_unit or facts.has_supervising_unit)


def is_responsibility_clear(facts: Responsibility) -> bool:
    """明确 (R-014): the departments are set, and the regulator has named the office and the officer."""
    return are_departments_set(facts) and facts.has_office and facts.has_officer


def search_text(uscc: str, names: Iterable[str]) -> str:
    """What a search looks in: the keys of all names an association has or had, and its code."""
    keys = dict.fromkeys(name_key(name) for name in names)
    return " ".join([*keys, uscc.casefold()])


def clarity(facts: Responsibility) -> Clarity:
    """In one word: clear, the departments only, or not even these (R-014)."""
    if is_responsibility_clear(facts):
        return Clarity.CLEAR
    return Clarity.PARTLY if are_departments_set(facts) else Clarity.UNCLEAR


def code_problem(code: str, kind: str) -> str:
    """Why a 统一社会信用代码 cannot be this association's (R-001, R-002), with the remedy; empty when it can."""
    remedy = "请对照登记证书重新填写 18 位代码。"
    if len(code) != identifiers.LENGTH:
        return f"统一社会信用代码应为 18 位，现在是 {len(code)} 位：「{code}」。{remedy}"
    wrong = identifiers.wrong_characters(code)
    if wrong:
        return f"统一社会信用代码不使用字符「{'、'.join(wrong)}」，现在是「{code}」。{remedy}"
    if not identifiers.is_valid(code):
        return f"统一社会信用代码第 18 位校验不符，现在是「{code}」。{remedy}"
    expected = _KIND_OF_PREFIX.get(code[:2])
    if kind in AssociationKind.values and expected is not None and expected != kind:
        label = AssociationKind(kind).label
        return f"代码以 {code[:2]} 开头，属于{expected.label}，与所选类型「{label}」不一致。请核对社会组织类型或代码。"
    return ""


_KIND_OF_PREFIX = {
    "51": AssociationKind.SOCIAL_GROUP,
    "52": AssociationKind.SERVICE_INSTITUTION,
    "53": AssociationKind.FOUNDATION,
}
