"""What associations wrote into their annual reports: figures that agree with each other and with the year before."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from associations.registry.models import Association
from portal.filing.definition import Condition, Field, FieldType, Form, Operator
from portal.filing.reading import Answers, Raw
from portal.home.demonstration.world import SEED

SENTENCE = "本年度按照章程开展行业调研、业务培训、交流合作和公益服务，会员服务、内部治理和财务管理运转正常。"
SUPERIOR = "上级综合党委"
POSTS = ("legal_representative", "president", "secretary_general")


@dataclass(frozen=True)
class Bodies:
    """Names of the bodies that answer, as the register writes them."""

    supervisor: str
    committee: str
    registrar: str
    # legal_representative, president, secretary_general → who it is
    officers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Books:
    """The money of one year: it begins where the year before ended."""

    opening: int
    dues: int
    service: int
    government: int
    expense: int

    @property
    def income(self) -> int:
        return self.dues + self.service

    @property
    def closing(self) -> int:
        return self.opening + self.income - self.expense


def books(association: Association, year: int, first_year: int) -> Books:
    """The same for an association and year whenever it is asked."""
    dice = Random(f"{SEED}-{association.uscc}")  # noqa: S311  invented data, nothing secret
    opening, usual = dice.randint(20, 300) * 10_000, dice.randint(10, 120)
    share = dice.randint(35, 65)
    for _ in range(first_year, year + 1):
        income = usual * dice.randint(75, 125) * 100
        dues = income * share // 100
        service = income - dues
        made = Books(
            opening, dues, service, service * dice.randint(0, 60) // 100, income * dice.randint(85, 105) // 100
        )
        opening = max(made.closing, 10_000)
    return made


def typed(association: Association, form: Form, bodies: Bodies, money: Books, year: int, members: int) -> Answers:
    """The answers of a whole form, as somebody would have typed them; what is not shown is left out."""
    dice = Random(f"{SEED}-{association.uscc}-{year}")  # noqa: S311
    known = _known(association, bodies, money, year, members, dice)
    answers: Answers = {}
    for code, one in form.fields.items():
        if one.type is not FieldType.FILE and not one.is_personal and _is_shown(one, answers):
            answers[code] = known[code] if code in known else _usual(one, year)
    return {code: raw for code, raw in answers.items() if raw}


def _is_shown(one: Field, answers: Answers) -> bool:
    return all(condition_holds(condition, answers) for condition in one.shown_when)


def condition_holds(condition: Condition, answers: Answers) -> bool:
    """Whether a condition of the form holds over answers of this module's making."""
    raw = answers.get(condition.field, "")
    match condition.operator:
        case Operator.IS:
            return raw == condition.value
        case Operator.IN:
            return raw in condition.value
        case Operator.AT_LEAST:
            return bool(raw) and int(str(raw)) >= int(str(condition.value))
    raise ValueError(f"the demonstration does not know {condition.operator}")


def _usual(one: Field, year: int) -> Raw:
    """What most would answer."""
    match one.type:
        case FieldType.YES_NO:
            return "yes"
        case FieldType.CHOICE:
            return one.choices[0].code
        case FieldType.CHOICES:
            return [one.choices[0].code]
        case FieldType.DATE:
            return f"{year - 1}-03-18"
        case FieldType.INTEGER:
            return str(max(0, int(one.minimum or 0)))
        case FieldType.MONEY | FieldType.DECIMAL:
            return "0.00"
        case FieldType.LONG_TEXT:
            return (SENTENCE * (one.min_length // 40 + 1))[: one.max_length]
        case FieldType.PHONE:
            return "0731-84502000"
        case FieldType.ROWS:
            return []
    return "按章程办理" if not one.min_length else "按章程办理。" * one.min_length


def _money(amount: int) -> str:
    return f"{amount:,}.00"


def _known(
    association: Association, bodies: Bodies, money: Books, year: int, members: int, dice: Random
) -> dict[str, Raw]:
    staff = association.staff_count or 0
    full_time = min(association.full_time_staff_count or 0, staff)
    young, college = staff // 2, staff * 2 // 3
    officers, trainings = dice.randint(5, 15), dice.randint(0, 12)
    has_party = members >= 3 and dice.random() < 0.85
    seventy = 1 if dice.random() < 0.06 else 0
    established = association.established_on or date(year - 5, 3, 1)
    clause_on = association.charter_party_clause_on or established + timedelta(days=200)
    number = {
        "unit_member_count": association.unit_member_count or 0,
        "individual_member_count": association.individual_member_count or 0,
        "new_member_count": dice.randint(0, 12),
        "left_member_count": dice.randint(0, 4),
        "term_years": association.term_years or 5,
        "director_count": dice.randint(15, 60),
        "standing_director_count": dice.randint(5, 15),
        "supervisor_count": dice.randint(1, 3),
        "office_count": dice.randint(1, 4),
        "branch_count": dice.randint(0, 5),
        "staff_count": staff,
        "female_staff_count": staff // 2,
        "full_time_staff_count": full_time,
        "part_time_staff_count": staff - full_time,
        "insured_staff_count": full_time,
        "staff_under_36": young,
        "staff_36_50": staff - young,
        "staff_school": staff - college,
        "staff_college": college,
        "officer_count": officers,
        "female_officer_count": officers // 4,
        "over_seventy_count": seventy,
        "congress_count": 1,
        "council_meeting_count": dice.randint(2, 5),
        "standing_council_count": dice.randint(2, 6),
        "academic_count": dice.randint(0, 8),
        "training_count": trainings,
        "trainee_count": trainings * dice.randint(20, 60),
        "proposal_count": dice.randint(2, 9),
        "adopted_proposal_count": dice.randint(0, 2),
        "charity_project_count": dice.randint(0, 3),
        "charity_people_count": dice.randint(0, 500),
        "published_count": dice.randint(4, 60),
        "purchased_project_count": dice.randint(0, 3),
        "award_activity_count": 0,
        "party_member_count": members,
        "party_activity_count": dice.randint(4, 24),
        "party_lesson_count": dice.randint(2, 8),
        "service_people_count": dice.randint(100, 9000),
    }
    amounts = {
        "registered_fund": int(association.registered_fund or 0),
        "government_income": money.government,
        "wage_expense": money.expense // 5,
        "party_dues": members * 300,
        "party_fund": members * 800,
        "tax_paid": money.income // 100,
        **_statements(money),
    }
    return {
        **{code: str(value) for code, value in number.items()},
        **{code: _money(value) for code, value in amounts.items()},
        "association_name": association.name,
        "uscc": association.uscc,
        "registrar": bodies.registrar,
        "supervising_unit": bodies.supervisor,
        "registration_mode": association.get_registration_mode_display(),
        "industry_category": association.industry_category,
        "established_on": established.isoformat(),
        "domicile": association.domicile,
        **{post: bodies.officers.get(post, "") for post in POSTS},
        "industry_regulator": "",
        "last_conclusion": "passed",
        "term_started_on": (association.term_started_on or established).isoformat(),
        "contact_post": "办公室主任",
        "postcode": "410000",
        "email": "lianluo@example.cn",
        "auditor": "湖南诚信会计师事务所",
        "business_scope": "行业调研、业务培训、信息交流、咨询服务。",
        "has_changes": "no",
        "charges_beyond_dues": "no",
        "branch_management_fee": "no",
        "has_party_organization": "yes" if has_party else "no",
        "why_no_organization": "preparing" if members >= 3 else "few",
        "charter_party_clause_on": max(clause_on, established).isoformat(),
        "party_organization_name": f"中共{association.name}支部委员会",
        "party_established_on": max(date(year - 2, 7, 1), established).isoformat(),
        "party_superior": bodies.committee or SUPERIOR,
        "organization_planned_on": f"{year + 1}-12-31",
    }


def _statements(money: Books) -> dict[str, int]:
    change = money.income - money.expense
    fixed = money.opening // 4
    found = {
        "activity_dues_year": money.dues,
        "activity_service_year": money.service,
        "activity_income_year": money.income,
        "activity_business_year": money.expense - money.expense // 4,
        "activity_management_year": money.expense // 4,
        "activity_expense_year": money.expense,
        "activity_change_year": change,
        "cash_inflow_year": money.income,
        "cash_outflow_year": money.expense,
        "cash_operating_year": change,
        "cash_increase_year": change,
        "net_assets_begin": money.opening,
        "income_total": money.income,
        "expense_total": money.expense,
        "net_assets_change": change,
        "net_assets_end": money.closing,
    }
    for column, net in (("opening", money.opening), ("closing", money.closing)):
        found |= {
            f"balance_cash_{column}": net - fixed,
            f"balance_fixed_{column}": fixed,
            f"balance_assets_{column}": net,
            f"balance_unrestricted_{column}": net,
            f"balance_net_{column}": net,
        }
    return found
