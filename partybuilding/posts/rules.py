"""Cross-appointment (双向进入、交叉任职, R-081). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from associations.governance.enums import Post
from partybuilding.posts.enums import CrossState
from portal.regulations.rules import add_months

# 会长、副会长、秘书长、监事长: what the strict metric asks of a secretary.
LEADING = (
    Post.PRESIDENT,
    Post.EXECUTIVE_PRESIDENT,
    Post.VICE_PRESIDENT,
    Post.SECRETARY_GENERAL,
    Post.CHIEF_SUPERVISOR,
)
# Who only lends a name is not in the management.
OUTSIDE = (Post.HONORARY,)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What is registered of one association with an own organisation."""

    has_team: bool
    has_officers: bool
    crossing_count: int
    secretary_posts: Collection[str]


def cross_state(overlap: Overlap) -> CrossState:
    """How one association stands; nothing is concluded where one of the two registers is empty."""
    if any(post in LEADING for post in overlap.secretary_posts):
        return CrossState.STRICT
    if overlap.crossing_count:
        return CrossState.CROSSED
    return CrossState.NONE if overlap.has_team and overlap.has_officers else CrossState.UNKNOWN


def attended_since(on: date, months: int) -> date:
    """From which day on an attendance of a management meeting answers the question (R-081)."""
    return add_months(on, -months)


def is_apart(has_secretary: bool, secretary_holds_post: bool, has_attended: bool) -> bool:
    """Whether the secretary holds no post and has attended no management meeting of late: to be warned of (R-081)."""
    return has_secretary and not secretary_holds_post and not has_attended
