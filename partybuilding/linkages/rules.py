"""Who stands at the two ends of a link of each level. No database, no clock."""

from partybuilding.linkages.enums import LinkLevel

# What a link names, by its level: (a seat on the committee, a Party member, a member unit). The branch is always there.
ENDS: dict[LinkLevel, tuple[bool, bool, bool]] = {
    LinkLevel.COMMITTEE_BRANCH: (True, False, False),
    LinkLevel.BRANCH_MEMBER: (False, True, False),
    LinkLevel.MEMBER_UNIT: (False, True, True),
}
NAMES = ("党委组成人员", "党员", "会员单位")


def ends_problem(level: str, has_seat: bool, has_member: bool, has_unit: bool) -> str:
    """Why what is named does not make a link of a level; empty if it does."""
    wanted, label = ENDS[LinkLevel(level)], LinkLevel(level).label
    given = (has_seat, has_member, has_unit)
    missing = [name for name, is_wanted, is_given in zip(NAMES, wanted, given, strict=True) if is_wanted > is_given]
    surplus = [name for name, is_wanted, is_given in zip(NAMES, wanted, given, strict=True) if is_given > is_wanted]
    if missing:
        return f"{label}没有填写{'、'.join(missing)}。请填写后再登记。"
    if surplus:
        return f"{label}不填写{'、'.join(surplus)}。请清空后再登记，或者改选层级。"
    return ""
