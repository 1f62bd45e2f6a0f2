"""Where the pages of the wing stand: two entries of the bar, each with the row of its pages.

A new list of the wing is one line here: its name in two to six characters, its URL name, who may open it, and the
section it stands under. `order` places it in the row; leave gaps.
"""

from partybuilding.closing.transitions import CLOSERS
from partybuilding.commissions.views import LEADERS
from partybuilding.coverage.board import RECONCILERS
from partybuilding.members.models import ROSTER
from portal.access.roles import WORKSPACE, Role
from portal.screens.navigation import NavEntry

COVERAGE = "coverage"
PARTY = "party"
# Lists that the list of decisions leads to.
DELIBERATION = tuple(f"/party-organizations/{name}/" for name in ("interactions", "agreements", "linkages"))

ENTRIES = (
    NavEntry("两个覆盖", "partybuilding:coverage", WORKSPACE, order=40, section=COVERAGE, own_label="总览"),
    NavEntry("变动名单", "partybuilding:coverage_changes", CLOSERS, order=15, under=COVERAGE),
    NavEntry("月报", "partybuilding:closes", CLOSERS, order=10, under=COVERAGE, also=("/censuses/",)),
    NavEntry("应建未建", "partybuilding:should_establish", WORKSPACE, order=20, under=COVERAGE),
    NavEntry(
        "未建原因",
        "partybuilding:not_built",
        WORKSPACE,
        order=30,
        under=COVERAGE,
        also=("/coverage/categories/",),
    ),
    NavEntry("党建信息库", "partybuilding:info_pool", WORKSPACE, order=40, under=COVERAGE),
    NavEntry("指导员", "partybuilding:instructors", WORKSPACE, order=50, under=COVERAGE),
    NavEntry("党建交接台", "associations:checklists", WORKSPACE, order=60, under=COVERAGE),
    NavEntry("五嵌入核查", "partybuilding:checks", WORKSPACE, order=70, under=COVERAGE),
    NavEntry("隶属核对", "partybuilding:affiliation", WORKSPACE, order=80, under=COVERAGE),
    NavEntry("主管单位", "partybuilding:unit_members", WORKSPACE, order=85, under=COVERAGE),
    NavEntry("目标完成情况", "partybuilding:targets", WORKSPACE, order=90, under=COVERAGE),
    NavEntry("两年党员数核对", "partybuilding:reconciliation", RECONCILERS, order=100, under=COVERAGE),
    NavEntry("组织生活", "partybuilding:life", frozenset({Role.BRANCH_SECRETARY}), order=35),
    NavEntry("党组织", "partybuilding:organizations", WORKSPACE, order=50, section=PARTY),
    NavEntry("党员名册", "partybuilding:party_members", ROSTER & WORKSPACE, order=10, under=PARTY, also=("/care/",)),
    NavEntry("党员发展", "partybuilding:candidates", ROSTER & WORKSPACE, order=13, under=PARTY),
    NavEntry("交叉任职", "partybuilding:cross", ROSTER & WORKSPACE, order=15, under=PARTY),
    NavEntry("双培双推", "partybuilding:cultivations", ROSTER & WORKSPACE, order=16, under=PARTY),
    NavEntry("教育培训", "partybuilding:trainings", ROSTER & WORKSPACE, order=17, under=PARTY),
    NavEntry("任期与换届", "partybuilding:terms", WORKSPACE, order=20, under=PARTY),
    NavEntry("组织生活", "partybuilding:life", ROSTER & WORKSPACE, order=30, under=PARTY),
    NavEntry("学习教育", "partybuilding:study", ROSTER & WORKSPACE, order=31, under=PARTY),
    NavEntry("民主评议", "partybuilding:member_reviews", ROSTER & WORKSPACE, order=32, under=PARTY),
    NavEntry("述职评议", "partybuilding:duty_reports", ROSTER & WORKSPACE, order=33, under=PARTY),
    NavEntry("作用发挥", "partybuilding:role_effects", ROSTER & WORKSPACE, order=34, under=PARTY),
    NavEntry("书记名册", "partybuilding:secretaries", ROSTER & WORKSPACE, order=21, under=PARTY),
    NavEntry("议事决策", "partybuilding:decisions", ROSTER & WORKSPACE, order=40, also=DELIBERATION, under=PARTY),
    NavEntry("年度对照", "partybuilding:duties", ROSTER & WORKSPACE, order=50, under=PARTY),
    NavEntry("年度对照", "partybuilding:unit_duties", frozenset({Role.SUPERVISING_UNIT}), order=50, under=PARTY),
    NavEntry("党（工）委", "partybuilding:commissions", LEADERS, order=60, also=("/party-meetings/",), under=PARTY),
    NavEntry("党建会议", "partybuilding:meetings", WORKSPACE - LEADERS, order=60, under=PARTY),
)
