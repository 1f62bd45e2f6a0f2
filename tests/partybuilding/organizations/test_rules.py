import pytest

from partybuilding.organizations.enums import Cover, EstablishmentMode, OrganizationKind
from partybuilding.organizations.rules import (
    OrganizationFacts,
    OrganizationRules,
    cover_of,
    initiator_problem,
    organization_findings,
    parent_problem,
    suggested_kind,
)

RULES = OrganizationRules(
    should_establish_member_count=3,
    general_branch_member_count=50,
    committee_member_count=100,
    branch_committee_member_count=7,
    joint_association_limit=5,
)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (0, None),
        (2, None),
        (3, OrganizationKind.BRANCH),
        (49, OrganizationKind.BRANCH),
        (50, OrganizationKind.GENERAL_BRANCH),
        (99, OrganizationKind.GENERAL_BRANCH),
        (100, OrganizationKind.COMMITTEE),
    ],
)
def test_suggested_kind_by_number_of_full_members(number: int, kind: str | None) -> None:
    assert suggested_kind(number, RULES) == kind


@pytest.mark.parametrize(
    ("kind", "mode", "cover"),
    [
        ("branch", "individual", Cover.OWN),
        ("general_branch", "individual", Cover.OWN),
        ("committee", "individual", Cover.OWN),
        ("joint_branch", "individual", Cover.SHARED),
        ("joint_branch", "joint", Cover.SHARED),
        ("branch", "attached", Cover.SHARED),
        ("branch", "regional", Cover.SHARED),
        ("branch", "industry", Cover.SHARED),
        ("functional_branch", "functional", Cover.FUNCTIONAL),
        ("branch", "functional", Cover.FUNCTIONAL),
        ("functional_branch", "individual", Cover.FUNCTIONAL),
        ("temporary_branch", "temporary", Cover.NONE),
        ("branch", "temporary", Cover.NONE),
        ("temporary_branch", "individual", Cover.NONE),
    ],
)
def test_cover_of_kind_and_mode(kind: str, mode: str, cover: Cover) -> None:
    assert cover_of(kind, mode) == cover


def rules_named(facts: OrganizationFacts) -> list[tuple[str, str]]:
    return [(finding.rule, finding.level) for finding in organization_findings(facts, RULES)]


def facts(**given: object) -> OrganizationFacts:
    defaults = {"kind": OrganizationKind.BRANCH, "establishment_mode": EstablishmentMode.INDIVIDUAL}
    return OrganizationFacts(**defaults | given)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (facts(full_member_count=5, covered_count=1), []),
        (facts(full_member_count=None, covered_count=1), []),
        (facts(full_member_count=2, covered_count=1), [("R-070", "warn")]),
        (facts(full_member_count=60, covered_count=1), [("R-070", "warn"), ("R-071", "info")]),
        (facts(full_member_count=6), []),
        (facts(full_member_count=7), [("R-071", "info")]),
        (facts(kind="joint_branch", establishment_mode="joint", full_member_count=2, covered_count=5), []),
        (facts(kind="joint_branch", establishment_mode="joint", covered_count=6), [("R-072", "warn")]),
        (facts(kind="joint_branch", establishment_mode="joint", eligible_industry_count=1), [("R-073", "warn")]),
        (facts(full_member_count=4, eligible_industry_count=1), []),
    ],
)
def test_organization_findings_remark_and_never_refuse(given: OrganizationFacts, found: list[tuple[str, str]]) -> None:
    assert rules_named(given) == found


def test_finding_of_size_names_the_number_and_the_remedy() -> None:
    text = organization_findings(facts(full_member_count=2), RULES)[0].text
    assert text == "正式党员2名，不足3名，一般不单独成立党组织。请核对人数，或改为联合组建。"


@pytest.mark.parametrize(
    ("kind", "parent", "said"),
    [
        ("branch", "general_branch", ""),
        ("branch", "committee", ""),
        ("joint_branch", "committee", ""),
        ("general_branch", "committee", ""),
        ("branch", "branch", "应为党委或党总支，现在选的是党支部"),
        ("branch", "joint_branch", "现在选的是联合党支部"),
        ("general_branch", "branch", "应为党委，现在选的是党支部"),
        ("general_branch", "general_branch", "应为党委"),
        ("committee", "committee", "请把上级党组织留空"),
        ("committee", "branch", "请把上级党组织留空"),
    ],
)
def test_levels_of_the_tree_inside_an_association(kind: str, parent: str, said: str) -> None:
    problem = parent_problem(kind, parent)
    assert said in problem
    assert bool(problem) == bool(said)


def test_an_initiator_goes_with_joint_and_attached_only() -> None:
    assert initiator_problem("joint", "湖南省工商业联合会") == initiator_problem("attached", "某单位") == ""
    assert initiator_problem("individual", "") == ""
    assert initiator_problem("individual", "某单位").startswith("发起人单位只在依托发起人单位联合组建、挂靠组建时填写")
