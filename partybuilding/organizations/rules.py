"""What the rule book says of a Party organisation: its kind by size, its mode, how it covers (R-070…R-073). Pure."""

from dataclasses import dataclass

from partybuilding.organizations.enums import Cover, EstablishmentMode, OrganizationKind


def cover_of(kind: str, mode: str) -> Cover:
    """How one Party organisation covers an association, by its kind and its mode of establishment (R-073).

    A temporary organisation covers nothing; a functional one only where the parameter counts it; a joint branch is
    never an own organisation.
    """
    if kind == OrganizationKind.TEMPORARY_BRANCH or mode == EstablishmentMode.TEMPORARY:
        return Cover.NONE
    if kind == OrganizationKind.FUNCTIONAL_BRANCH or mode == EstablishmentMode.FUNCTIONAL:
        return Cover.FUNCTIONAL
    if kind != OrganizationKind.JOINT_BRANCH and mode == EstablishmentMode.INDIVIDUAL:
        return Cover.OWN
    return Cover.SHARED


_MODES_OF_KIND = {
    OrganizationKind.JOINT_BRANCH: {
        EstablishmentMode.JOINT,
        EstablishmentMode.ATTACHED,
        EstablishmentMode.REGIONAL,
        EstablishmentMode.INDUSTRY,
    },
    OrganizationKind.FUNCTIONAL_BRANCH: {EstablishmentMode.FUNCTIONAL},
    OrganizationKind.TEMPORARY_BRANCH: {EstablishmentMode.TEMPORARY},
}
_SPECIAL_MODES = {EstablishmentMode.FUNCTIONAL, EstablishmentMode.TEMPORARY}


def combination_problem(kind: str, mode: str, covered_count: int) -> str:
    """Why kind, mode of establishment and the number of covered associations do not go together; empty if they do."""
    kind_label, mode_label = OrganizationKind(kind).label, EstablishmentMode(mode).label
    allowed = _MODES_OF_KIND.get(OrganizationKind(kind), set(EstablishmentMode) - _SPECIAL_MODES)
    if mode not in allowed:
        names = "、".join(one.label for one in EstablishmentMode if one in allowed)
        return f"{kind_label}的组建方式应为{names}，现在填的是{mode_label}。请改选其中一项。"
    if mode == EstablishmentMode.INDIVIDUAL and covered_count > 1:
        return f"单独组建的党组织只覆盖一家社会组织，现在选了{covered_count}家。请只保留一家，或改为联合组建。"
    return ""


def initiator_problem(mode: str, initiator: str) -> str:
    """Why a unit that initiated the association does not go with a mode; empty if it does (P-16)."""
    if not initiator or mode in (EstablishmentMode.JOINT, EstablishmentMode.ATTACHED):
        return ""
    return (
        f"发起人单位只在依托发起人单位联合组建、挂靠组建时填写，现在的组建方式是{EstablishmentMode(mode).label}。"
        "请清空发起人单位，或者改选组建方式。"
    )


# 党委 — 党总支 — 党支部: a kind stands below a higher one; every kind of branch is a branch.
_RANKS = {OrganizationKind.COMMITTEE: 3, OrganizationKind.GENERAL_BRANCH: 2}


def parent_problem(kind: str, parent_kind: str) -> str:
    """Why an organisation of a kind cannot stand below one of another kind; empty if it can (R-070)."""
    below, above = OrganizationKind(kind), OrganizationKind(parent_kind)
    if _RANKS.get(above, 1) > _RANKS.get(below, 1):
        return ""
    if below == OrganizationKind.COMMITTEE:
        return "社会组织党委由综合（行业）党委直接领导，不在其他党组织之下。请把上级党组织留空。"
    fitting = "党委" if below == OrganizationKind.GENERAL_BRANCH else "党委或党总支"
    return f"{below.label}的上级应为{fitting}，现在选的是{above.label}。请另选上级党组织。"


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark of a rule: `warn` is shown and recorded, `info` only shown. A rule that forbids raises `Refused`."""

    rule: str
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class OrganizationRules:
    """The parameters of setting up Party organisations in force on a day (R-070…R-073)."""

    should_establish_member_count: int
    general_branch_member_count: int
    committee_member_count: int
    branch_committee_member_count: int
    joint_association_limit: int


def suggested_kind(full_member_count: int, rules: OrganizationRules) -> OrganizationKind | None:
    """R-070: the kind of organisation for a number of full members; None below the number for one of its own."""
    if full_member_count >= rules.committee_member_count:
        return OrganizationKind.COMMITTEE
    if full_member_count >= rules.general_branch_member_count:
        return OrganizationKind.GENERAL_BRANCH
    if full_member_count >= rules.should_establish_member_count:
        return OrganizationKind.BRANCH
    return None


_SIZED = {OrganizationKind.BRANCH, OrganizationKind.GENERAL_BRANCH, OrganizationKind.COMMITTEE}


@dataclass(frozen=True, slots=True)
class OrganizationFacts:
    """What R-070…R-073 read of a Party organisation.

    `eligible_industry_count`: covered industry associations with enough members for an organisation of their own.
    """

    kind: str
    establishment_mode: str
    full_member_count: int | None = None
    covered_count: int = 0
    eligible_industry_count: int = 0


def organization_findings(facts: OrganizationFacts, rules: OrganizationRules) -> list[Finding]:
    """What the rule book remarks on a Party organisation (R-070…R-073). Remarks, never refusals."""
    found = []
    number = facts.full_member_count
    if number is not None and facts.kind in _SIZED:
        kind = suggested_kind(number, rules)
        if kind is None:
            found.append(
                Finding(
                    "R-070",
                    "warn",
                    f"正式党员{number}名，不足{rules.should_establish_member_count}名，一般不单独成立党组织。"
                    "请核对人数，或改为联合组建。",
                )
            )
        elif kind != facts.kind:
            found.append(
                Finding(
                    "R-070",
                    "warn",
                    f"正式党员{number}名，按规定一般设{kind.label}，现在填的是{OrganizationKind(facts.kind).label}。"
                    "请核对类别，或在备注中写明原因。",
                )
            )
    needs_committee = number is not None and number >= rules.branch_committee_member_count
    if needs_committee and facts.kind == OrganizationKind.BRANCH:
        found.append(Finding("R-071", "info", f"正式党员{number}名，应当设支部委员会。请一并安排选举。"))
    if facts.covered_count > rules.joint_association_limit:
        found.append(
            Finding(
                "R-072",
                "warn",
                f"覆盖社会组织{facts.covered_count}家，一般不超过{rules.joint_association_limit}家。"
                "请考虑分设联合党支部。",
            )
        )
    if facts.eligible_industry_count and cover_of(facts.kind, facts.establishment_mode) != Cover.OWN:
        found.append(
            Finding(
                "R-073",
                "warn",
                f"所覆盖的社会组织中有{facts.eligible_industry_count}家行业协会商会已具备单独组建条件。"
                "凡符合条件的行业协会商会应当单独组建，请安排单独成立党组织。",
            )
        )
    return found
