"""How an annual filing moves. The chain is the track's: a stage that an association does not have is left out.

R-031 and `roles.md`: the supervising unit gives its first-review opinion, the committee clears the Party block, the
registrar concludes; nobody else can, the department included. A returned filing goes back to whom it came from.
"""

from dataclasses import dataclass

from portal.access.decisions import ALLOWED, Decision
from portal.access.roles import ASSOCIATION, Role
from portal.workflow.transitions import SYSTEM, Transition
from supervision.inspections.enums import EDITABLE, STAGE_STATES, UNDER_REVIEW, InspectionState, Stage

State = InspectionState
HOLDER = {
    Stage.SUPERVISOR: Role.SUPERVISING_UNIT,
    Stage.COMMITTEE: Role.PARTY_COMMITTEE,
    Stage.REGISTRAR: Role.REGISTRAR,
}


@dataclass(frozen=True)
class SubmitFacts:
    """What decides about handing in. `blockers` are the sentences that the check page shows."""

    is_open: bool
    closed_text: str = ""
    blockers: tuple[str, ...] = ()
    is_elsewhere: bool = False  # the round is filed in the registrar's own system


@dataclass(frozen=True)
class ReviewFacts:
    """What decides about a reviewer's step. None in a field: not asked yet, only whether the step is open at all."""

    remark_count: int | None = None
    comment: str | None = None
    conclusion: str | None = None
    number: str | None = None
    reason: str | None = None
    is_submitted: bool | None = None
    is_by_account: bool | None = None


def may_submit(facts: SubmitFacts) -> Decision:
    """The round is filed here, the window is open (or an extension holds) and nothing blocks."""
    if facts.is_elsewhere:
        return Decision(
            False, "本批次在登记管理机关的系统报送，不在这里提交。请导出填报内容，报送后回来登记报送日期和受理编号。"
        )
    return _may_hand_in(facts)


def may_file_elsewhere(facts: SubmitFacts) -> Decision:
    """The same for a round that is filed in the registrar's own system."""
    if not facts.is_elsewhere:
        return Decision(False, "本批次在本系统报送，不能登记为已在别处报送。请返回核对页，核对后提交。")
    return _may_hand_in(facts)


def _may_hand_in(facts: SubmitFacts) -> Decision:
    if not facts.is_open:
        return Decision(False, facts.closed_text)
    if facts.blockers:
        return Decision(False, facts.blockers[0])
    return ALLOWED


def may_return(facts: ReviewFacts) -> Decision:
    """A return names at least one field, or says in general what is to be mended."""
    if facts.remark_count == 0 and facts.comment is not None and not facts.comment.strip():
        return Decision(False, "退回时没有写明要改什么。请在有问题的项目旁写出意见，或填写总体意见。")
    return ALLOWED


def may_go_on(facts: ReviewFacts) -> Decision:
    """Remarks that were written and not sent would be lost to the association: send them back or set them aside."""
    if facts.remark_count:
        text = (
            f"有 {facts.remark_count} 条意见还没有发出，通过后社会组织看不到这些意见。请退回补正，或删去意见后再办理。"
        )
        return Decision(False, text)
    return ALLOWED


def may_conclude(facts: ReviewFacts) -> Decision:
    """Anything but 合格 is given with its reason, and no remark is left behind."""
    if not (going_on := may_go_on(facts)):
        return going_on
    if facts.conclusion is not None and not facts.conclusion:
        return Decision(False, "还没有选择年检结论。请在合格、基本合格、不合格中选择一项。")
    if facts.conclusion not in (None, "passed") and facts.reason is not None and not facts.reason.strip():
        return Decision(False, "结论不是「合格」的，须写明理由。请填写主要问题和依据。")
    return ALLOWED


def may_record(facts: ReviewFacts) -> Decision:
    """A conclusion that was made elsewhere is recorded with the number of its document."""
    if facts.number is not None and not facts.number.strip():
        return Decision(False, "录入结论须有文号，现在文号是空的。请对照登记管理机关的文书填写。")
    return may_conclude(facts)


def may_amend(facts: ReviewFacts) -> Decision:
    """What was copied from a document may have been copied wrongly; what the registrar decided here is reconsidered."""
    if facts.is_by_account:
        return Decision(
            False, "这份结论由登记管理机关在本系统作出，不能更正文字。确需改变的，请登记管理机关撤回结论重新审查。"
        )
    return may_record(facts)


def may_reconsider(facts: ReviewFacts) -> Decision:
    """Only what was handed in here can go back to the registrar's desk, and with a reason."""
    if facts.is_submitted is False:
        return Decision(False, "这份年检没有在本系统报送，没有材料可以重新审查。录入的结论有误的，请更正结论。")
    return may_with_reason(facts)


def may_with_reason(facts: ReviewFacts) -> Decision:
    """An exception is made with its reason in words."""
    if facts.reason is not None and not facts.reason.strip():
        return Decision(False, "没有填写理由。请写明依据或情况说明。")
    return ALLOWED


def _of(*states: str) -> frozenset[str]:
    return frozenset(str(one) for one in states)


def _roles(*roles: str) -> frozenset[str]:
    return frozenset(str(one) for one in roles)


FILERS = frozenset(str(one) for one in ASSOCIATION)

START = Transition(
    name="start",
    sources=_of(State.NOT_STARTED),
    target=State.DRAFTING,
    roles=FILERS,
    label="开始填报",
    stamps={"started_at": "now"},
)
SUBMIT = {
    stage: Transition(
        name=f"submit_to_{stage}",
        sources=_of(*EDITABLE),
        target=STAGE_STATES[stage],
        roles=FILERS,
        label="提交年检材料",
        guard=may_submit,
        stamps={"submitted_at": "now"},
    )
    for stage in Stage
}
FILE_ELSEWHERE = Transition(
    name="file_elsewhere",
    sources=_of(*EDITABLE),
    target=State.FILED_ELSEWHERE,
    roles=FILERS,
    label="登记已在登记管理机关系统报送",
    guard=may_file_elsewhere,
    stamps={"submitted_at": "now"},
)
# From a stage to the next one that the association has.
FORWARD = {
    (Stage.SUPERVISOR, Stage.COMMITTEE): Transition(
        name="agree_to_committee",
        sources=_of(State.WITH_SUPERVISOR),
        target=State.WITH_COMMITTEE,
        roles=_roles(Role.SUPERVISING_UNIT),
        label="出具初审意见",
        guard=may_go_on,
    ),
    (Stage.SUPERVISOR, Stage.REGISTRAR): Transition(
        name="agree_to_registrar",
        sources=_of(State.WITH_SUPERVISOR),
        target=State.WITH_REGISTRAR,
        roles=_roles(Role.SUPERVISING_UNIT),
        label="出具初审意见",
        guard=may_go_on,
    ),
    (Stage.COMMITTEE, Stage.REGISTRAR): Transition(
        name="clear_to_registrar",
        sources=_of(State.WITH_COMMITTEE),
        target=State.WITH_REGISTRAR,
        roles=_roles(Role.PARTY_COMMITTEE),
        label="通过党建内容",
        guard=may_go_on,
    ),
}
RETURN = {
    stage: Transition(
        name=f"return_from_{stage}",
        sources=_of(STAGE_STATES[stage]),
        target=State.RETURNED,
        roles=_roles(HOLDER[stage]),
        label="退回补正",
        guard=may_return,
        stamps={"returned_at": "now"},
    )
    for stage in Stage
}
CONCLUDE = Transition(
    name="conclude",
    sources=_of(State.WITH_REGISTRAR),
    target=State.CONCLUDED,
    roles=_roles(Role.REGISTRAR),
    label="作出年检结论",
    guard=may_conclude,
    stamps={"concluded_at": "now"},
)
# The conclusion with its document: by the registrar, or brought in by whoever keeps the register, never without number.
RECORD = Transition(
    name="record_conclusion",
    sources=_of(State.NOT_STARTED, State.DRAFTING, State.RETURNED, State.FILED_ELSEWHERE, *UNDER_REVIEW),
    target=State.CONCLUDED,
    roles=_roles(Role.REGISTRAR, Role.DEPARTMENT_ADMIN),
    label="录入年检结论",
    guard=may_record,
    stamps={"concluded_at": "now"},
)
RECONSIDER = Transition(
    name="reconsider",
    sources=_of(State.CONCLUDED),
    target=State.WITH_REGISTRAR,
    roles=_roles(Role.REGISTRAR),
    label="撤回结论重新审查",
    guard=may_reconsider,
)
AMEND = Transition(
    name="amend_conclusion",
    sources=_of(State.CONCLUDED),
    target=State.CONCLUDED,
    roles=_roles(Role.REGISTRAR, Role.DEPARTMENT_ADMIN),
    label="更正录入的年检结论",
    guard=may_amend,
)
EXEMPT = Transition(
    name="exempt",
    sources=_of(State.NOT_STARTED, State.DRAFTING),
    target=State.EXEMPTED,
    roles=_roles(Role.REGISTRAR, Role.DEPARTMENT_ADMIN, SYSTEM),
    label="列为不需填报",
    guard=may_with_reason,
)
REINSTATE = Transition(
    name="reinstate",
    sources=_of(State.EXEMPTED),
    target=State.NOT_STARTED,
    roles=_roles(Role.REGISTRAR, Role.DEPARTMENT_ADMIN),
    label="恢复填报",
    guard=may_with_reason,
)
# An association that had begun goes on where it was.
REINSTATE_BEGUN = Transition(
    name="reinstate_begun",
    sources=_of(State.EXEMPTED),
    target=State.DRAFTING,
    roles=_roles(Role.REGISTRAR, Role.DEPARTMENT_ADMIN),
    label="恢复填报",
    guard=may_with_reason,
)
TRANSITIONS = (
    START,
    *SUBMIT.values(),
    FILE_ELSEWHERE,
    *FORWARD.values(),
    *RETURN.values(),
    CONCLUDE,
    RECORD,
    RECONSIDER,
    AMEND,
    EXEMPT,
    REINSTATE,
    REINSTATE_BEGUN,
)


STAGE_OF_STATE = {str(state): stage for stage, state in STAGE_STATES.items()}
STAGE_OF_ROLE = {str(role): stage for stage, role in HOLDER.items()}


def next_stage(stage: Stage, stages: tuple[Stage, ...]) -> Stage | None:
    """The stage after `stage` among those that a filing has; none after the registrar's."""
    rest = stages[stages.index(stage) + 1 :]
    return rest[0] if rest else None
