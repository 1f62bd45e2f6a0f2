"""The states an import batch moves through, as data (workflow.apply moves it)."""

from portal.access.roles import DEPARTMENT, Role
from portal.importing.enums import BatchState as S
from portal.workflow.transitions import SYSTEM, Transition

# Whoever keeps the register brings in every kind; the registrar what it decides (a kind names its own `importers`).
KEEPERS = frozenset({*DEPARTMENT, Role.REGIONAL_OFFICE})
IMPORTERS = KEEPERS | {Role.REGISTRAR}
BY_PERSON = frozenset(str(role) for role in IMPORTERS)

START = Transition("start", frozenset({S.UPLOADED, S.PREVIEWED}), S.STAGING, BY_PERSON, "开始校验")
PREVIEW = Transition(
    "preview", frozenset({S.STAGING}), S.PREVIEWED, BY_PERSON, "完成校验", stamps={"previewed_at": "now"}
)
REOPEN = Transition("reopen", frozenset({S.PREVIEWED, S.STAGING}), S.UPLOADED, BY_PERSON, "修改列对应")
REFUSE = Transition("refuse", frozenset({S.UPLOADED, S.STAGING}), S.REFUSED, BY_PERSON, "拒绝文件")
CONFIRM = Transition("confirm", frozenset({S.PREVIEWED}), S.COMMITTING, BY_PERSON, "确认写入")
COMMIT = Transition(
    "commit",
    frozenset({S.COMMITTING}),
    S.COMMITTED,
    BY_PERSON,
    "写入",
    stamps={"committed_at": "now", "committed_by_id": "user"},
)
RECHECK = Transition("recheck", frozenset({S.COMMITTING}), S.STAGING, BY_PERSON, "重新校验")
BY_SYSTEM = frozenset({SYSTEM})
STOP = Transition("stop", frozenset({S.STAGING}), S.UPLOADED, BY_SYSTEM, "校验中断")
RETURN = Transition("return", frozenset({S.COMMITTING}), S.PREVIEWED, BY_SYSTEM, "写入中断")
UNDO = Transition(
    "undo",
    frozenset({S.COMMITTED}),
    S.UNDONE,
    BY_PERSON,
    "撤销导入",
    stamps={"undone_at": "now", "undone_by_id": "user"},
)
EXPIRE = Transition("expire", frozenset({S.UPLOADED, S.STAGING, S.PREVIEWED}), S.EXPIRED, BY_SYSTEM, "过期")

TRANSITIONS = (START, PREVIEW, REOPEN, REFUSE, CONFIRM, COMMIT, RECHECK, STOP, RETURN, UNDO, EXPIRE)
