"""What may be published, how long a notice lasts, and what becomes of objections (R-116, R-117). Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from portal.access.decisions import ALLOWED, Decision
from portal.gates import Finding, Level
from portal.publishing.enums import PublicationKind, PublicationState
from portal.regulations.rules import Deadline, WorkCalendar

THREE_NO = "three_no"
DAY = timedelta(days=1)
FEWEST_PIECES = 2
# 中办发〔2010〕12号: what a basis document is known by; half-width brackets are what people type.
DOCUMENT_NUMBER = re.compile(r"[〔\[［(（]\s*(?:19|20)\d{2}\s*[〕\]］)）]\s*第?\s*\d+\s*号")
# What a text that praises or ranks speaks of; such a text goes out on a basis or not at all.
AWARD_WORDS = re.compile(r"评比|达标|表彰|评选|颁奖|授牌|创建示范|示范点|榜单|十佳|百强")
ISO_DATE = re.compile(r"(?<!\d)(?:19|20)\d{2}-\d{1,2}-\d{1,2}(?!\d)")
LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")
MOBILE = re.compile(r"(?<!\d)1[3-9]\d(?:[\s-]?\d){8}(?!\d)")
IDENTITY = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?![\dXx])")


def has_document_number(text: str) -> bool:
    """Whether a line names a document by its number, which is what makes it a basis (C-01, R-162)."""
    return DOCUMENT_NUMBER.search(text) is not None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def line_problem(texts: Iterable[str]) -> str:
    """Why a line of a public notice may not go out: name, organisation, post and reason, no numbers (R-117, R-183)."""
    for text in texts:
        found = LONG_NUMBER.search(_plain(text)) or ISO_DATE.search(_plain(text))
        if found:
            return (
                f"公示内容含有号码或日期「{found.group()[:4]}…」。公示只列姓名、单位、职务和事由，"
                "不得含身份证号、电话和出生日期。请删去后再提交。"
            )
    return ""


def text_problem(text: str) -> str:
    """Why a text may not go out: it carries a mobile number or an identity number."""
    plain = _plain(text)
    for pattern, label in ((IDENTITY, "身份证号"), (MOBILE, "手机号码")):
        found = pattern.search(plain)
        if found:
            return f"正文含有{label}「{found.group()[:3]}…」，不能公开。请删去；需要留联系方式的，填办公电话。"
    return ""


def text_findings(publication: Any, on: date) -> list[Finding]:
    """R-116, third of 三个不得: no publicity for an award without approval. Reads `title`, `body`, `basis`."""
    text = f"{getattr(publication, 'title', '')}\n{getattr(publication, 'body', '')}"
    word = AWARD_WORDS.search(text)
    basis = str(getattr(publication, "basis", ""))
    if word is None or has_document_number(basis):
        return [Finding(Level.OK, "R-116", "没有违反「三个不得」的内容。")]
    return [
        Finding(
            Level.BLOCK,
            "R-116",
            f"内容涉及「{word.group()}」，没有登记批准或依据文件的文号，按「三个不得」不得宣传。"
            "请填写依据文件及文号；没有批准的，不得发布。",
        )
    ]


def publicity_end(calendar: WorkCalendar, published_on: date, working_days: int) -> Deadline:
    """The last day of a notice: so many working days, counted from the day after it appeared (R-117, R-005)."""
    return calendar.add_working_days(published_on, working_days)


def first_decision_day(last_day: date) -> date:
    """Decisions are taken after the last day of the notice: published 2026-06-01, not before 2026-06-09 (R-117)."""
    return last_day + DAY


@dataclass(frozen=True, slots=True)
class PieceFacts:
    """One text that a special issue gathers."""

    title: str
    is_public: bool
    is_of_topic: bool


def gathering_problem(kind: str, pieces: Sequence[PieceFacts]) -> str:
    """Why a special issue cannot stand: it gathers texts of its topic that are out, two at least; "" when it can.
    Nothing else gathers anything (C-29)."""
    if kind != PublicationKind.SPECIAL:
        return "只有专刊收录文章。请改选类别，或不选收录文章。" if pieces else ""
    for one in pieces:
        if not one.is_public:
            return f"收录的《{one.title}》没有发布或已撤下。请去掉，或先发布。"
        if not one.is_of_topic:
            return f"收录的《{one.title}》不属于所选专题。请去掉，或改选专题。"
    if len(pieces) < FEWEST_PIECES:
        return f"专刊收录至少 {FEWEST_PIECES} 篇已发布的文章，现有 {len(pieces)} 篇。请选择。"
    return ""


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """What is asked before something is published; `problems` are those of its texts and of the gate."""

    is_holder: bool
    is_editor: bool
    kind: str
    line_count: int
    problems: Sequence[str] = field(default_factory=tuple)


def may_issue(facts: IssueFacts) -> Decision:
    """Whoever wrote it does not sign it: editor and issuer are two persons (W-02)."""
    if not facts.is_holder:
        return Decision(False, "由编写单位签发，您不能签发。请联系编写单位。")
    if facts.is_editor:
        return Decision(False, "责编与签发须是两个人：本稿由您编写，不能由您签发。请同单位的其他人签发。")
    if facts.kind == PublicationKind.NOTICE and not facts.line_count:
        return Decision(False, "公示没有公示对象，不能发布。请先确定名单。")
    if facts.problems:
        return Decision(False, facts.problems[0])
    return ALLOWED


@dataclass(frozen=True, slots=True)
class WithdrawFacts:
    is_holder: bool
    reason: str | None


def may_withdraw(facts: WithdrawFacts) -> Decision:
    """The body that published takes it down, with a reason; `reason` None: not asked yet."""
    if not facts.is_holder:
        return Decision(False, "由发布单位撤下，您不能撤下。请联系发布单位。")
    if facts.reason is not None and not facts.reason.strip():
        return Decision(False, "撤下须写明原因。请填写。")
    return ALLOWED


def may_object(kind: str, state: str, ends_on: date | None, today: date) -> Decision:
    """The public objects to a notice while it lasts, its last day included (R-117)."""
    if kind != PublicationKind.NOTICE or state != PublicationState.PUBLISHED or ends_on is None:
        return Decision(False, "这项内容不在公示中，不能提出异议。")
    if today > ends_on:
        return Decision(
            False, f"公示已于 {ends_on.isoformat()} 结束，今天不能再提出异议。有新情况的，请向公示单位反映。"
        )
    return ALLOWED


@dataclass(frozen=True, slots=True)
class ObjectionFacts:
    """What is asked before an objection moves; `finding` and `result` None: not asked yet."""

    is_holder: bool
    is_editor: bool
    finding: str | None = None
    result: str | None = None


def may_investigate(facts: ObjectionFacts) -> Decision:
    """The body that published looks into objections, but not the person who drew up the list."""
    if not facts.is_holder:
        return Decision(False, "异议由公示单位核查，您不能办理。")
    if facts.is_editor:
        return Decision(False, "公示名单由您编写，异议应由同单位的其他人核查。")
    return ALLOWED


def may_conclude(facts: ObjectionFacts) -> Decision:
    """An objection ends with what was found and what was answered (R-117: objection, investigation, result)."""
    allowed = may_investigate(facts)
    if not allowed:
        return allowed
    if facts.finding is not None and not facts.finding.strip():
        return Decision(False, "还没有写明核查情况，不能作出结论。请填写。")
    if facts.result is not None and not facts.result.strip():
        return Decision(False, "还没有写明答复内容，不能作出结论。请填写。")
    return ALLOWED
