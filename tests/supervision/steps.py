"""Who may move a filing, from which state, to which: the table of roles.md as the tests read it."""

from portal.access.roles import Role
from portal.workflow.transitions import SYSTEM
from supervision.inspections.enums import InspectionState as State

FILERS = {Role.ASSOCIATION_FILER, Role.ASSOCIATION_SIGNER}
WRITING = {State.DRAFTING, State.RETURNED}
RECORDING = {Role.REGISTRAR, Role.DEPARTMENT_ADMIN}
UNIT, COMMITTEE, REGISTRAR = {Role.SUPERVISING_UNIT}, {Role.PARTY_COMMITTEE}, {Role.REGISTRAR}

# step: (from, who, to). Every other (state, step, role) is refused.
STEPS: dict[str, tuple[set[State], set[str], State]] = {
    "start": ({State.NOT_STARTED}, FILERS, State.DRAFTING),
    "submit_to_supervisor": (WRITING, FILERS, State.WITH_SUPERVISOR),
    "submit_to_committee": (WRITING, FILERS, State.WITH_COMMITTEE),
    "submit_to_registrar": (WRITING, FILERS, State.WITH_REGISTRAR),
    "file_elsewhere": (WRITING, FILERS, State.FILED_ELSEWHERE),
    "agree_to_committee": ({State.WITH_SUPERVISOR}, UNIT, State.WITH_COMMITTEE),
    "agree_to_registrar": ({State.WITH_SUPERVISOR}, UNIT, State.WITH_REGISTRAR),
    "clear_to_registrar": ({State.WITH_COMMITTEE}, COMMITTEE, State.WITH_REGISTRAR),
    "return_from_supervisor": ({State.WITH_SUPERVISOR}, UNIT, State.RETURNED),
    "return_from_committee": ({State.WITH_COMMITTEE}, COMMITTEE, State.RETURNED),
    "return_from_registrar": ({State.WITH_REGISTRAR}, REGISTRAR, State.RETURNED),
    "conclude": ({State.WITH_REGISTRAR}, REGISTRAR, State.CONCLUDED),
    "record_conclusion": (set(State) - {State.CONCLUDED, State.EXEMPTED}, RECORDING, State.CONCLUDED),
    "reconsider": ({State.CONCLUDED}, REGISTRAR, State.WITH_REGISTRAR),
    "amend_conclusion": ({State.CONCLUDED}, RECORDING, State.CONCLUDED),
    "exempt": ({State.NOT_STARTED, State.DRAFTING}, {*RECORDING, SYSTEM}, State.EXEMPTED),
    "reinstate": ({State.EXEMPTED}, RECORDING, State.NOT_STARTED),
    "reinstate_begun": ({State.EXEMPTED}, RECORDING, State.DRAFTING),
}
