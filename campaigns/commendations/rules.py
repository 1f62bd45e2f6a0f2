"""Quotas, vetoes and the gates of a commendation (R-112, R-115, R-115a, R-116, R-117, R-191). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from campaigns.commendations.enums import GOOD_APPRAISALS, Appraisal
from campaigns.plans.enums import Target
from partybuilding.appraisal.enums import Rating
from portal.access.decisions import ALLOWED, Decision
from portal.gates import Finding, Level
from portal.publishing.rules import first_decision_day, has_document_number

MOST = 100
FOREIGN = "这次评选由其他单位组织，您不能办理。请联系组织单位。"


def largest_remainder(total: int, bases: Mapping[int, int]) -> dict[int, int]:
    """Distribute `total` places by `bases`, so that they add up (R-115a): 10 over 120/80/50 gives 5/3/2.

    Equal remainders: the larger base first, then the smaller key. Nothing to go by gives nobody a place.
    """
    whole = sum(bases.values())
    if whole == 0:
        return dict.fromkeys(bases, 0)
    shares = {key: Fraction(total * base, whole) for key, base in bases.items()}
    found = {key: int(share) for key, share in shares.items()}
    order = sorted(bases, key=lambda key: (found[key] - shares[key], -bases[key], key))
    for key in order[: total - sum(found.values())]:
        found[key] += 1
    return found


def quota_problem(title: str, total: int, given: int) -> str:
    """Why the places of a kind do not hold together; "" when they add up (R-115a)."""
    if given == total:
        return ""
    return f"「{title}」名额共 {total} 个，已分配 {given} 个，不相等。请调整各单位名额或总名额。"


@dataclass(frozen=True, slots=True)
class OpenFacts:
    """What is asked before a round opens: its basis, its kinds with their places, and the guard of 三个不得."""

    is_runner: bool
    is_running: bool
    basis_title: str
    basis_number: str
    has_basis_file: bool
    kind_count: int
    problems: Sequence[str] = field(default_factory=tuple)


def basis_problem(title: str, number: str, *, has_file: bool) -> str:
    """Why a round has no basis: it needs the document's title, its number and the document itself (R-116)."""
    if not title.strip() or not has_document_number(number):
        return (
            "没有登记表彰的依据文件或文号，按「三个不得」不能开展评选表彰。"
            "请登记保留项目目录或党内表彰依据文件及文号，例如 湘办发〔2026〕8号。"
        )
    if not has_file:
        return "没有上传依据文件，不能开展评选表彰。请上传依据文件的扫描件。"
    return ""


def may_open(facts: OpenFacts) -> Decision:
    """No basis, no round (R-116); no round without kinds, and none whose places do not add up (R-115a)."""
    if not facts.is_runner:
        return Decision(False, FOREIGN)
    if not facts.is_running:
        return Decision(False, "活动没有在开展中，不能开始评选。")
    problem = basis_problem(facts.basis_title, facts.basis_number, has_file=facts.has_basis_file)
    if problem:
        return Decision(False, problem)
    if not facts.kind_count:
        return Decision(False, "还没有登记表彰类别。请至少登记一个类别及名额。")
    if facts.problems:
        return Decision(False, facts.problems[0])
    return ALLOWED


def declared_vetoes(target: str, appraisal: str, *, dues_paid: bool | None, no_discipline: bool | None) -> list[str]:
    """R-115 for persons, as the recommending unit states it: appraised 优秀 or 合格, dues paid, under no discipline.
    Of who is honoured by a mass organisation only the last is asked: it need not be a Party member (C-45)."""
    if target in (Target.ORGANIZATION, Target.GROUP):
        return []
    found = []
    is_in_party = target != Target.GROUP_MEMBER
    if is_in_party and appraisal not in GOOD_APPRAISALS:
        label = Appraisal(appraisal).label if appraisal else "没有登记"
        found.append(f"最近一次民主评议结果是「{label}」，须为优秀或合格。")
    if is_in_party and not dues_paid:
        found.append("没有确认按时足额交纳党费。请核对后再推荐。")
    if not no_discipline:
        found.append("没有确认不在受处分、处理期间。请核对后再推荐。")
    return found


def years_problem(started_on: date | None, on: date, years: int) -> str:
    """R-115: a Party worker has so many years in Party work; "" when the years are full."""
    if started_on is None:
        return f"没有登记从事党务工作的起始日期，推荐党务工作者须满 {years} 年。请补登任职日期。"
    full = on.year - started_on.year - ((on.month, on.day) < (started_on.month, started_on.day))
    if full >= years:
        return ""
    return f"从 {started_on.isoformat()} 起从事党务工作，不满 {years} 年，不能推荐。"


def blocks(findings: Sequence[Finding]) -> list[str]:
    """The texts of the findings that stop somebody."""
    return [one.text for one in findings if one.level == Level.BLOCK]


@dataclass(frozen=True, slots=True)
class NominateFacts:
    """What is asked before a unit recommends somebody."""

    is_own: bool
    is_open: bool
    due_on: date
    today: date
    unit_left: bool
    is_of_unit: bool
    is_twice: bool
    quota: int
    used: int
    recommended_on: date | None
    first_day: date
    participant_count: int
    support_count: int
    vetoes: Sequence[str] = field(default_factory=tuple)


def may_nominate(facts: NominateFacts) -> Decision:
    """A unit recommends its own, within its places, in time, after the masses did (C-22), and nobody under a veto."""
    if not facts.is_own:
        return Decision(False, "由各单位推荐，您不能代为推荐。请联系该单位。")
    if not facts.is_open:
        return Decision(False, "这次评选不在推荐阶段，不能推荐。")
    if facts.today > facts.due_on:
        return Decision(False, f"推荐截止 {facts.due_on.isoformat()}，今天不能再推荐。")
    if facts.unit_left:
        return Decision(False, "本单位已退出活动，不能推荐。")
    if not facts.is_of_unit:
        return Decision(False, "推荐对象不属于本单位，或没有参加这项活动。各单位只能推荐本单位参加活动的对象。")
    if facts.is_twice:
        return Decision(False, "这个对象在同一类别中已经推荐。")
    if facts.used >= facts.quota:
        return Decision(False, f"本单位这一类别名额 {facts.quota} 个，已用 {facts.used} 个，不能再推荐。")
    problem = recommendation_problem(facts)
    if problem:
        return Decision(False, problem)
    return Decision(False, facts.vetoes[0]) if facts.vetoes else ALLOWED


def recommendation_problem(facts: NominateFacts) -> str:
    """Why the masses have not taken part as they must before a recommendation (C-22); "" when they have."""
    if facts.recommended_on is None or not facts.participant_count:
        return "评选表彰要请群众参与推荐。请先组织群众推荐，登记推荐日期和参与人数。"
    if not facts.first_day <= facts.recommended_on <= facts.today:
        return (
            f"群众推荐日期 {facts.recommended_on.isoformat()} 不在评选开始（{facts.first_day.isoformat()}）到今天之间。"
            "请核对日期。"
        )
    if not 1 <= facts.support_count <= facts.participant_count:
        return f"参与推荐 {facts.participant_count} 人，同意 {facts.support_count} 人，两个数不符。请核对。"
    return ""


@dataclass(frozen=True, slots=True)
class AssessFacts:
    """What is asked before somebody scores a recommendation; `values` None: not asked yet."""

    is_runner: bool
    is_open: bool
    has_criteria: bool
    is_nominator: bool
    is_own: bool
    is_recused: bool
    meets_preconditions: bool | None = None
    values: Sequence[int] | None = None
    comment: str = ""


def may_assess(facts: AssessFacts) -> Decision:
    """Scoring is for those who run the campaign and stand apart from the recommendation; conditions first (C-42)."""
    if not facts.is_runner:
        return Decision(False, FOREIGN)
    if not facts.is_open:
        return Decision(False, "这次评选不在推荐阶段，不能评分。")
    if not facts.has_criteria:
        return Decision(False, "这一类别没有评分标准，不必评分。")
    if facts.is_nominator or facts.is_own:
        return Decision(False, "您是推荐人或推荐单位的人员，应当回避，不能评分。请其他人评分。")
    if facts.is_recused:
        return Decision(False, "您已登记回避，不能对这个对象评分。")
    if facts.meets_preconditions is False and not facts.comment.strip():
        return Decision(False, "认为不符合基本条件的，须写明说明。请填写。")
    if facts.values is not None and not all(0 <= one <= MOST for one in facts.values):
        return Decision(False, f"每条标准按 0 至 {MOST} 分评分。请核对。")
    return ALLOWED


def mean_score(scores: Sequence[Sequence[int]]) -> Fraction | None:
    """The mean of the means of those who scored, exact; None while nobody has."""
    means = [Fraction(sum(one), len(one)) for one in scores if one]
    return sum(means, Fraction(0)) / len(means) if means else None


# Equal otherwise, who comes first: lower is earlier.
PREFERRED, FOUNDED, NOT_FOUNDED = range(3)


def tie_rank(*, is_founded: bool, rating: str) -> int:
    """R-115, tie-break: a Party organisation that stands and whose role effect was rated 好 comes first, then one that
    stands, then none. It orders those who are equal and decides nothing (R-191)."""
    if not is_founded:
        return NOT_FOUNDED
    return PREFERRED if rating == Rating.GOOD else FOUNDED


def tie_words(rank: int, rating: str) -> str:
    """What the list says of the tie-break, with the rating it rests on."""
    if rank == NOT_FOUNDED:
        return "没有党组织"
    label = f"作用发挥{Rating(rating).label}" if rating else "作用发挥未评议"
    return f"优先（已建党组织，{label}）" if rank == PREFERRED else f"已建党组织，{label}"


def advised_order(score: Fraction | None, rank: int) -> tuple[Fraction, int]:
    """Better scores first, who has none last; equal scores by the tie-break."""
    return (-score if score is not None else Fraction(1), rank)


def scoring_problems(*, has_criteria: bool, assessments: Sequence[tuple[bool, Sequence[int]]]) -> list[str]:
    """Why scoring keeps somebody off the list: nobody has scored, or somebody finds the conditions unmet (C-42)."""
    if not has_criteria:
        return []
    if not assessments:
        return ["这一类别按标准评分，还没有人评分，不能列入名单。请先评分。"]
    unmet = sum(not meets for meets, _values in assessments)
    if unmet:
        return [f"{unmet} 名评分人认为不符合基本条件，不能列入名单。请核实，由评分人修改意见或不列入。"]
    return []


@dataclass(frozen=True, slots=True)
class ChooseFacts:
    """What is asked before a nomination is put on the list, or taken off it; `reason` None: not asked yet."""

    is_runner: bool
    is_open: bool
    chosen: int
    total: int
    reason: str | None = None
    vetoes: Sequence[str] = field(default_factory=tuple)


def may_choose(facts: ChooseFacts) -> Decision:
    """Whoever runs the campaign draws up the list, in words of his own: a computed order only advises (R-191)."""
    if not facts.is_runner:
        return Decision(False, FOREIGN)
    if not facts.is_open:
        return Decision(False, "这次评选不在推荐阶段，不能调整拟表彰名单。")
    if facts.chosen >= facts.total:
        return Decision(False, f"这一类别名额 {facts.total} 个，拟表彰名单已满，不能再列入。")
    if facts.vetoes:
        return Decision(False, facts.vetoes[0])
    return _with_reason(facts.reason, "列入拟表彰名单须写明理由。请填写。")


def may_drop(facts: ChooseFacts) -> Decision:
    """A nomination is left out with a reason, also while the list stands for publicity; nobody is added then."""
    if not facts.is_runner:
        return Decision(False, FOREIGN)
    return _with_reason(facts.reason, "不列入须写明理由。请填写。")


def _with_reason(reason: str | None, text: str) -> Decision:
    return Decision(False, text) if reason is not None and not reason.strip() else ALLOWED


@dataclass(frozen=True, slots=True)
class PublicityFacts:
    """What is asked before the list is shown to the public."""

    is_runner: bool
    chosen: int
    problems: Sequence[str] = field(default_factory=tuple)


def may_publicise(facts: PublicityFacts) -> Decision:
    """A list goes before the public when it names somebody and nobody on it is under a veto (R-115, R-117)."""
    if not facts.is_runner:
        return Decision(False, FOREIGN)
    if not facts.chosen:
        return Decision(False, "拟表彰名单是空的，不能公示。请先列入拟表彰对象。")
    return Decision(False, facts.problems[0]) if facts.problems else ALLOWED


@dataclass(frozen=True, slots=True)
class DecideFacts:
    """What is asked before anybody is commended; `reason` and `document_number` None: not asked yet."""

    is_runner: bool
    today: date
    is_published: bool
    ends_on: date | None
    open_objections: int
    chosen: int
    problems: Sequence[str] = field(default_factory=tuple)
    document_number: str | None = None
    reason: str | None = None


def may_decide(facts: DecideFacts) -> Decision:
    """R-117, R-191: after the last day of publicity, with no objection open, by a named person who says why."""
    if not facts.is_runner:
        return Decision(False, FOREIGN)
    if not facts.is_published or facts.ends_on is None:
        return Decision(False, "拟表彰名单还没有公示（或公示已撤下），不能作出决定。请先签发公示。")
    first = first_decision_day(facts.ends_on)
    if facts.today < first:
        return Decision(False, f"公示到 {facts.ends_on.isoformat()} 结束，{first.isoformat()} 起才能作出决定。")
    if facts.open_objections:
        return Decision(False, f"还有 {facts.open_objections} 件异议没有核查结论，不能作出决定。请先办结异议。")
    if facts.problems:
        return Decision(False, facts.problems[0])
    if not facts.chosen:
        return Decision(False, "拟表彰名单是空的，不能作出决定。")
    if facts.document_number is not None and not has_document_number(facts.document_number):
        return Decision(False, "表彰决定须有文号，例如 湘社工〔2026〕30号。请填写。")
    return _with_reason(facts.reason, "表彰决定须写明理由。请填写。")


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """What is asked before a list goes back, a round ends without result, or an honour is taken back."""

    is_runner: bool
    reason: str | None = None
    document_number: str | None = None


def may_return(facts: ReturnFacts) -> Decision:
    if not facts.is_runner:
        return Decision(False, FOREIGN)
    return _with_reason(facts.reason, "须写明原因。请填写。")


def may_revoke(facts: ReturnFacts) -> Decision:
    """An honour is taken back by whoever gave it, by a document and for a reason."""
    if not facts.is_runner:
        return Decision(False, FOREIGN)
    if facts.document_number is not None and not has_document_number(facts.document_number):
        return Decision(False, "撤销表彰须有决定文号。请填写，例如 湘社工〔2026〕45号。")
    return _with_reason(facts.reason, "撤销表彰须写明原因。请填写。")


@dataclass(frozen=True, slots=True)
class TakeBackFacts:
    is_own: bool
    reason: str | None = None


def may_take_back(facts: TakeBackFacts) -> Decision:
    """A unit takes its own recommendation back, with a reason."""
    if not facts.is_own:
        return Decision(False, "由推荐单位撤回，您不能撤回。")
    return _with_reason(facts.reason, "撤回推荐须写明原因。请填写。")
