"""The pages of the portal, each with the role that sees most of it and the way to it: for pictures and for axe.

`path` is where it starts; `then` are links or buttons (CSS selectors, or `text=…`) followed one after the other.
`arrange` makes first what pages need before they have anything to show.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from playwright.sync_api import Browser, Page, ViewportSize

from portal.importing.identifiers import check_character
from scripts.parts.browser import WIDTHS
from tests.workbooks import city_office

Accounts = dict[str, tuple[str, str]]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WAIT = 120_000
SUBMIT = "main form button[type=submit]"
PICK = "table.list tbody input[name=pk]"
BULK = ".bulk-bar button"
RESULT = "#results tbody a"
FIRST_ROW = "table.list tbody td.card-title a"
SECOND_ROW = "table.list tbody tr:nth-child(2) td.card-title a"
DUTY = (FIRST_ROW, "main td a[href*='/duties/']:not([href*='/new/'])")
# The units are chosen in the first column; their methods begin in the fifth.
METHOD_CELL = "table.list tbody tr:first-child td:nth-child({}) a"
FILING_PART = ".filing-tasks li:nth-child({}) a"
FILING_SAVE = ".filing-actions button[value=continue]"

# The demonstration stands on the day it is loaded; what is reported once a year is there for the year before.
LAST_YEAR = datetime.now(tz=UTC).year - 1


@dataclass(frozen=True)
class PageVisit:
    name: str
    role: str
    path: str
    then: tuple[str, ...] = ()
    fill: tuple[tuple[str, str], ...] = ()
    again: bool = False  # drawn by the templates of another page here: looked at for pictures and with --all


PAGES = (
    PageVisit("login", "", "/login/"),
    PageVisit("login-wrong", "", "/login/", ("main button[type=submit]",)),
    PageVisit("not-found", "department_admin", "/no-such-page/"),
    PageVisit("home-department", "department_admin", "/"),
    PageVisit("home-committee", "party_committee", "/"),
    PageVisit("home-filer", "association_filer", "/"),
    PageVisit("home-auditor", "auditor", "/"),
    PageVisit("account", "department_admin", "/account/"),
    PageVisit("password", "department_admin", "/account/password/"),
    PageVisit("accounts", "department_admin", "/accounts/", again=True),
    PageVisit("account-new", "department_admin", "/accounts/new/", again=True),
    PageVisit(
        "account-hand-over", "department_admin", "/accounts/?role=association_filer", (FIRST_ROW, "main .page-head a")
    ),
    PageVisit("account-resets", "department_admin", "/accounts/resets/", again=True),
    PageVisit("account-reset", "department_admin", "/accounts/resets/", (FIRST_ROW,)),
    PageVisit("account-slips", "department_admin", "/accounts/slips/", (FIRST_ROW,)),
    PageVisit("activate", "", "/activate/"),
    PageVisit("reset", "", "/reset/"),
    PageVisit("exports", "department_admin", "/exports/", again=True),
    PageVisit("export-new", "department_admin", "/exports/new/?path=/associations/&format=xlsx"),
    PageVisit("export-requests", "department_admin", "/export-requests/", again=True),
    PageVisit("export-request-new", "department_admin", "/export-requests/new/", again=True),
    PageVisit("tasks", "party_committee", "/tasks/", again=True),
    PageVisit("task", "party_committee", "/tasks/", (FIRST_ROW,)),
    PageVisit("messages", "party_committee", "/messages/"),
    PageVisit("audit", "auditor", "/audit/"),
    PageVisit("audit-event", "auditor", "/audit/", ("table.list tbody a",)),
    PageVisit("reports", "department_admin", "/reports/"),
    PageVisit("report-runs", "department_admin", "/reports/runs/"),
    PageVisit("report-run", "department_admin", "/reports/runs/", (FIRST_ROW,)),
    PageVisit("report-schedules", "department_admin", "/reports/schedules/", again=True),
    PageVisit("report-schedule-new", "department_admin", "/reports/", ("main a.btn-secondary",), again=True),
    PageVisit("report-rows", "department_admin", "/reports/runs/1/?lists=stored", (".figure a",)),
    PageVisit("report-lock", "department_admin", "/reports/runs/1/lock/"),
    PageVisit("report-compare", "department_admin", "/reports/runs/3/compare/"),
    PageVisit("closes", "department_admin", "/closes/", again=True),
    PageVisit("coverage-changes", "department_admin", "/coverage/changes/"),
    PageVisit("unit-members", "department_admin", "/coverage/units/", again=True),
    PageVisit("follow-up", "department_admin", "/associations/", (PICK, BULK), again=True),
    PageVisit("close-new", "department_admin", "/closes/new/", again=True),
    PageVisit("close", "department_admin", "/closes/", (FIRST_ROW,)),
    PageVisit("close-urging", "department_admin", "/closes/", (FIRST_ROW, "main .page-head a")),
    PageVisit("close-corrections", "department_admin", "/closes/2/corrections/new/", again=True),
    PageVisit("close-correct", "department_admin", "/closes/corrections/of/1/"),
    PageVisit("close-correct-fact", "department_admin", "/closes/corrections/of/1/?fact=register", again=True),
    PageVisit("close-unit", "party_committee", "/closes/", (FIRST_ROW, FIRST_ROW)),
    PageVisit("close-confirm", "party_committee", "/closes/", (FIRST_ROW, FIRST_ROW, "main a[href$='/confirm/']")),
    PageVisit("close-unit-city", "regional_office", "/closes/", (FIRST_ROW, FIRST_ROW), again=True),
    PageVisit("close-unit-report", "party_committee", "/reports/close_unit/new/", again=True),
    PageVisit("close-call", "department_admin", "/closes/units/72/calls/new/", again=True),
    PageVisit("close-contact", "department_admin", "/closes/units/72/contact/", again=True),
    PageVisit("categories", "department_admin", "/coverage/categories/"),
    PageVisit("category-decide", "department_admin", "/coverage/categories/", (PICK, BULK), again=True),
    PageVisit("censuses", "department_admin", "/censuses/", again=True),
    PageVisit("census-new", "department_admin", "/censuses/new/", again=True),
    PageVisit("census", "department_admin", "/censuses/", (FIRST_ROW,)),
    PageVisit("census-rows", "department_admin", "/censuses/1/rows/", again=True),
    PageVisit("census-differences", "department_admin", "/censuses/1/differences/"),
    PageVisit("census-urging", "department_admin", "/censuses/1/urging/", again=True),
    PageVisit("census-close", "department_admin", "/censuses/1/close/", again=True),
    PageVisit("census-unit", "party_committee", "/censuses/1/", (RESULT,)),
    PageVisit("census-row", "party_committee", "/censuses/1/", (RESULT, RESULT)),
    PageVisit("census-row-differs", "department_admin", "/censuses/1/differences/", (FIRST_ROW,), again=True),
    PageVisit(
        "census-contact", "party_committee", "/censuses/1/", (FIRST_ROW, "main a[href$='/contact/']"), again=True
    ),
    PageVisit("report-review", "department_admin", "/reports/runs/3/send/", again=True),
    PageVisit("associations", "department_admin", "/associations/"),
    PageVisit("associations-filtered", "department_admin", "/associations/?q=茶", again=True),
    PageVisit("association", "department_admin", "/associations/", (FIRST_ROW,)),
    PageVisit("association-party", "department_admin", "/associations/", (FIRST_ROW, ".tabs li:nth-child(2) a")),
    PageVisit("association-filer", "association_filer", "/associations/", again=True),
    PageVisit("evaluations", "department_admin", "/evaluations/", again=True),
    PageVisit("evaluation-new", "department_admin", "/evaluations/new/", again=True),
    PageVisit("evaluation", "department_admin", "/evaluations/", (FIRST_ROW,)),
    PageVisit("evaluation-indicators", "department_admin", "/evaluations/2/indicators/", again=True),
    PageVisit("evaluation-apply", "department_admin", "/evaluations/2/applications/new/", again=True),
    PageVisit("evaluation-announce", "department_admin", "/evaluations/2/announce/", again=True),
    PageVisit("library", "department_admin", "/library/"),
    PageVisit("library-new", "department_admin", "/library/new/", again=True),
    PageVisit("library-document", "association_filer", "/library/", (FIRST_ROW,)),
    PageVisit("library-replace", "department_admin", "/library/1/replace/", again=True),
    PageVisit("library-end", "department_admin", "/library/1/end/", again=True),
    PageVisit("association-new", "department_admin", "/associations/new/"),
    PageVisit("association-wrong", "department_admin", "/associations/new/", (SUBMIT,)),
    PageVisit("association-edit", "department_admin", "/associations/1/edit/", again=True),
    PageVisit("association-count", "department_admin", "/associations/1/counts/new/", again=True),
    PageVisit("association-grade", "department_admin", "/associations/1/grades/new/", again=True),
    PageVisit("association-name", "department_admin", "/associations/1/names/new/", again=True),
    PageVisit("association-assignment", "department_admin", "/associations/1/assignments/new/", again=True),
    PageVisit("association-officers", "department_admin", "/associations/1/?tab=officers"),
    PageVisit("association-contacts", "department_admin", "/associations/1/?tab=contacts", again=True),
    PageVisit("association-units", "department_admin", "/associations/1/?tab=member_units", again=True),
    PageVisit("officers", "department_admin", "/officers/", again=True),
    PageVisit("officer", "department_admin", "/officers/", (FIRST_ROW,)),
    PageVisit("officer-new", "department_admin", "/associations/1/officers/new/", again=True),
    PageVisit("officer-wrong", "department_admin", "/associations/1/officers/new/", (SUBMIT,), again=True),
    PageVisit("officer-edit", "department_admin", "/officers/1/edit/", again=True),
    PageVisit("officer-end", "department_admin", "/officers/1/end/"),
    PageVisit("officer-reveal", "department_admin", "/officers/1/reveal/"),
    PageVisit("officer-join", "department_admin", "/officers/1/join/"),
    PageVisit("contacts", "department_admin", "/contacts/", again=True),
    PageVisit("contact", "department_admin", "/contacts/", (FIRST_ROW,), again=True),
    PageVisit("contact-new", "department_admin", "/associations/1/contacts/new/", again=True),
    PageVisit("member-units", "department_admin", "/member-units/", again=True),
    PageVisit("member-unit-new", "department_admin", "/associations/1/member-units/new/", again=True),
    PageVisit("party-members", "department_admin", "/party-members/", again=True),
    PageVisit("party-member", "department_admin", "/party-members/", (FIRST_ROW,), again=True),
    PageVisit("party-member-new", "department_admin", "/party-organizations/1/members/new/", again=True),
    PageVisit("transfers", "department_admin", "/party-members/transfers/", again=True),
    PageVisit("transfer", "party_committee", "/party-members/transfers/?state=underway", (FIRST_ROW,)),
    PageVisit("transfer-new", "department_admin", "/party-members/1/transfer/", again=True),
    PageVisit("transfer-wrong", "department_admin", "/party-members/1/transfer/", (SUBMIT,), again=True),
    PageVisit("transfer-in", "department_admin", "/party-organizations/1/transfers/in/", again=True),
    PageVisit("floating", "department_admin", "/party-members/floating/", again=True),
    PageVisit("probation", "department_admin", "/party-members/probation/", again=True),
    PageVisit("probationary-member", "department_admin", "/party-members/probation/", (FIRST_ROW,)),
    PageVisit("candidates", "department_admin", "/party-members/candidates/", again=True),
    PageVisit("candidate", "department_admin", "/party-members/candidates/?standing=target", (FIRST_ROW,)),
    PageVisit("candidate-new", "department_admin", "/party-organizations/1/candidates/new/", again=True),
    PageVisit("party-development", "department_admin", "/party-organizations/1/?tab=development"),
    PageVisit("member-comparison", "department_admin", "/party-members/comparison/", again=True),
    PageVisit("member-numbers", "department_admin", "/party-members/numbers/"),
    PageVisit("party-numbers", "department_admin", "/party-organizations/1/?tab=numbers"),
    PageVisit("member-return", "department_admin", "/party-organizations/1/returns/new/", again=True),
    PageVisit("cross", "department_admin", "/cross-appointments/", again=True),
    PageVisit("cross-matrix", "department_admin", "/cross-appointments/matrix/"),
    PageVisit("party-cross", "department_admin", "/party-organizations/1/?tab=cross"),
    PageVisit("cultivations", "department_admin", "/cultivations/", again=True),
    PageVisit("cultivation", "department_admin", "/cultivations/", (FIRST_ROW,), again=True),
    PageVisit("party-cultivation", "department_admin", "/party-organizations/1/?tab=cultivation"),
    PageVisit("trainings", "department_admin", "/trainings/", again=True),
    PageVisit("training", "department_admin", "/trainings/?audience=secretary", (FIRST_ROW,)),
    PageVisit("training-attend", "department_admin", "/trainings/1/attend/", again=True),
    PageVisit("training-hours", "department_admin", "/trainings/hours/", again=True),
    PageVisit("training-rotation", "department_admin", "/trainings/secretaries/", again=True),
    PageVisit("academies", "department_admin", "/trainings/academies/", again=True),
    PageVisit("party-training", "department_admin", "/party-organizations/1/?tab=training"),
    PageVisit("care", "party_committee", "/care/", again=True),
    PageVisit("care-record", "party_committee", "/care/", (FIRST_ROW,), again=True),
    PageVisit("member-hardship", "department_admin", "/party-members/1/hardship/", again=True),
    PageVisit("care-reveal", "party_committee", "/care/?kind=funding", (FIRST_ROW, "main .page-head a")),
    PageVisit("party-care", "department_admin", "/party-organizations/1/?tab=care"),
    PageVisit("party-secretary", "department_admin", "/party-organizations/1/?tab=secretary"),
    PageVisit("secretary-new", "department_admin", "/party-organizations/1/secretary/new/", again=True),
    PageVisit("departments", "department_admin", "/departments/", again=True),
    PageVisit("department", "department_admin", "/departments/", (FIRST_ROW,)),
    PageVisit("department-new", "department_admin", "/departments/new/", again=True),
    PageVisit("department-close", "department_admin", "/departments/1/close/", again=True),
    PageVisit("filings", "association_filer", "/filings/"),
    PageVisit("filing-tasks", "association_filer", "/filings/", (FIRST_ROW,)),
    PageVisit("filing-section", "association_filer", "/filings/", (FIRST_ROW, FILING_PART.format(1))),
    PageVisit("filing-rows", "association_filer", "/filings/", (FIRST_ROW, FILING_PART.format(3))),
    PageVisit("filing-party", "association_filer", "/filings/", (FIRST_ROW, FILING_PART.format(5))),
    PageVisit("filing-wrong", "association_filer", "/filings/", (FIRST_ROW, FILING_PART.format(7), FILING_SAVE)),
    PageVisit("filing-statement", "association_filer", "/filings/", (FIRST_ROW, FILING_PART.format(8))),
    PageVisit("filing-files", "association_filer", "/filings/", (FIRST_ROW, FILING_PART.format(9))),
    PageVisit("filing-check", "association_filer", "/filings/", (FIRST_ROW, "main a[href$='/check/']")),
    PageVisit("filing-concluded", "association_filer", "/filings/", (SECOND_ROW,)),
    PageVisit("filing-receipt", "association_filer", "/filings/", (SECOND_ROW, "main a[href*='/receipts/']")),
    PageVisit("party-organizations", "department_admin", "/party-organizations/", again=True),
    PageVisit("party-organization", "department_admin", "/party-organizations/", (FIRST_ROW,)),
    PageVisit("party-organization-new", "party_committee", "/party-organizations/new/", again=True),
    PageVisit("party-organization-wrong", "party_committee", "/party-organizations/new/", (SUBMIT,), again=True),
    PageVisit("party-organization-edit", "department_admin", "/party-organizations/1/edit/", again=True),
    PageVisit("party-organization-dissolve", "department_admin", "/party-organizations/1/dissolve/", again=True),
    PageVisit("campaigns", "department_admin", "/campaigns/", again=True),
    PageVisit("campaign", "department_admin", "/campaigns/1/"),
    PageVisit("campaign-new", "department_admin", "/campaigns/new/", again=True),
    PageVisit("campaign-wrong", "department_admin", "/campaigns/new/", (SUBMIT,), again=True),
    PageVisit("campaign-edit", "department_admin", "/campaigns/1/edit/", again=True),
    PageVisit("campaign-close", "department_admin", "/campaigns/1/close/", again=True),
    PageVisit("campaign-step-extend", "department_admin", "/campaigns/steps/3/extend/", again=True),
    PageVisit("campaign-units", "party_committee", "/campaigns/1/units/", again=True),
    PageVisit("campaign-unit", "department_admin", "/campaigns/1/units/", (FIRST_ROW,)),
    PageVisit("awards", "department_admin", "/campaigns/1/awards/", again=True),
    PageVisit("award-round", "department_admin", "/campaigns/awards/2/"),
    PageVisit("award-decided", "department_admin", "/campaigns/awards/1/", again=True),
    PageVisit("award-plan", "department_admin", "/campaigns/awards/3/", again=True),
    PageVisit("award-new", "department_admin", "/campaigns/1/awards/new/", again=True),
    PageVisit("award-open", "department_admin", "/campaigns/awards/3/open/", again=True),
    PageVisit("award-decide", "department_admin", "/campaigns/awards/2/decide/", again=True),
    PageVisit(
        "award-nomination", "department_admin", "/campaigns/awards/2/", ("main td.card-title a[href*=nominations]",)
    ),
    PageVisit("award-honour", "department_admin", "/campaigns/nominations/1/", again=True),
    PageVisit("award-certificate", "department_admin", "/campaigns/nominations/1/certificate/", again=True),
    PageVisit(
        "award-honours",
        "department_admin",
        "/campaigns/awards/1/",
        ("main td.card-title a[href*=nominations]",),
        again=True,
    ),
    PageVisit("publications", "department_admin", "/publications/", again=True),
    PageVisit("publication", "department_admin", "/publications/2/"),
    PageVisit("publication-new", "department_admin", "/publications/new/", again=True),
    PageVisit("objection", "department_admin", "/objections/2/"),
    PageVisit("objection-conclude", "department_admin", "/objections/2/investigate/", again=True),
    PageVisit("public", "", "/public/"),
    PageVisit("public-notice", "", "/public/2/"),
    PageVisit("public-special", "", "/public/7/", again=True),
    PageVisit("public-object", "", "/public/2/object/"),
    PageVisit("public-object-wrong", "", "/public/2/object/", (SUBMIT,), again=True),
    PageVisit("public-receipt", "", "/public/objections/"),
    PageVisit("public-topic", "", "/public/topics/1/"),
    PageVisit("campaign-own", "branch_secretary", "/campaigns/", again=True),
    PageVisit("campaign-guidance", "department_admin", "/campaigns/1/?tab=guidance"),
    PageVisit("campaign-schedule", "department_admin", "/campaigns/1/schedule/"),
    PageVisit("campaign-entries", "department_admin", "/campaigns/1/entries/", again=True),
    PageVisit("campaign-entry", "department_admin", "/campaigns/1/entries/", (FIRST_ROW,)),
    PageVisit("campaign-collections", "department_admin", "/campaigns/1/collections/", again=True),
    PageVisit("campaign-collection", "department_admin", "/campaigns/collections/1/", again=True),
    PageVisit("campaign-collection-new", "department_admin", "/campaigns/1/collections/new/", (SUBMIT,), again=True),
    PageVisit("campaign-together", "department_admin", "/campaigns/collections/1/together/"),
    PageVisit("campaign-unit-report", "department_admin", "/campaigns/unit-reports/1/"),
    PageVisit("campaign-points", "department_admin", "/campaigns/1/points/", again=True),
    PageVisit("campaign-point", "department_admin", "/campaigns/1/points/", (FIRST_ROW,)),
    PageVisit("campaign-draw", "department_admin", "/campaigns/1/inspections/", (FIRST_ROW,)),
    PageVisit("campaign-inspection-new", "department_admin", "/campaigns/1/inspections/new/", (SUBMIT,), again=True),
    PageVisit("campaign-notices", "department_admin", "/campaigns/1/notices/", again=True),
    PageVisit("campaign-notice", "department_admin", "/campaigns/1/notices/", (FIRST_ROW,)),
    PageVisit("campaign-grades", "department_admin", "/campaigns/1/grades/", again=True),
    PageVisit("campaign-report-parts", "department_admin", "/campaigns/1/report/", again=True),
    PageVisit("campaign-report-part", "department_admin", "/campaigns/1/report/1/", again=True),
    PageVisit("campaign-progress", "department_admin", "/campaigns/1/progress/"),
    PageVisit("campaign-matrix", "department_admin", "/campaigns/1/progress/units/", again=True),
    PageVisit("campaign-urging", "department_admin", "/campaigns/1/progress/urging/?method=2", again=True),
    PageVisit("campaign-unit-methods", "department_admin", "/campaigns/1/progress/units/", (FIRST_ROW,)),
    PageVisit("campaign-method", "department_admin", "/campaigns/1/progress/units/?done=1", (METHOD_CELL.format(5),)),
    PageVisit(
        "campaign-review",
        "department_admin",
        "/campaigns/1/progress/units/?done=2",
        (METHOD_CELL.format(6),),
        again=True,
    ),
    PageVisit(
        "campaign-appraisal",
        "department_admin",
        "/campaigns/1/progress/units/?done=4",
        (METHOD_CELL.format(8),),
        again=True,
    ),
    PageVisit("vote", "", "/vote/"),
    PageVisit("vote-wrong", "", "/vote/", ("main button[type=submit]",), again=True),
    PageVisit("voted", "", "/vote/done/", again=True),
    PageVisit("affiliation", "department_admin", "/coverage/affiliation/", again=True),
    PageVisit("member-reviews", "department_admin", "/appraisal/reviews/", again=True),
    PageVisit("member-review", "department_admin", "/party-organizations/21/?tab=appraisal", (FIRST_ROW,)),
    PageVisit("member-review-new", "department_admin", "/party-organizations/21/reviews/new/?by=name"),
    PageVisit("duty-reports", "department_admin", "/appraisal/duty/", again=True),
    PageVisit("duty-report-new", "department_admin", "/party-organizations/21/duty/new/", again=True),
    PageVisit("committee-duty", "department_admin", "/appraisal/duty/committees/", again=True),
    PageVisit(
        "committee-report",
        "department_admin",
        f"/appraisal/duty/committees/?progress=rated&year={LAST_YEAR}",
        (FIRST_ROW,),
    ),
    PageVisit("role-effects", "department_admin", "/appraisal/role-effect/", again=True),
    PageVisit("appraisal-tab", "department_admin", "/party-organizations/21/?tab=appraisal"),
    PageVisit("study", "department_admin", "/life/study/"),
    PageVisit("study-tab", "department_admin", "/party-organizations/1/?tab=study"),
    PageVisit("study-problems", "department_admin", "/life/problems/", again=True),
    PageVisit("study-problem-new", "department_admin", "/party-organizations/1/problems/new/", again=True),
    PageVisit("pioneers", "department_admin", "/life/pioneers/", again=True),
    PageVisit("programme-new", "department_admin", "/life/programmes/new/", again=True),
    PageVisit("life-board", "department_admin", "/life/"),
    PageVisit("life-urging", "department_admin", "/life/urging/"),
    PageVisit("life-urge", "department_admin", "/life/branches/?standing=behind", (PICK, BULK)),
    PageVisit("life-branches", "department_admin", "/life/branches/", again=True),
    PageVisit("life-records", "department_admin", "/life/records/", again=True),
    PageVisit("life-record", "department_admin", "/life/records/", (FIRST_ROW,)),
    PageVisit("life-edit", "department_admin", "/life/records/", (FIRST_ROW, "main .page-head a"), again=True),
    PageVisit("life-tab", "department_admin", "/party-organizations/1/?tab=life"),
    PageVisit("life-choose", "department_admin", "/party-organizations/1/life/new/"),
    PageVisit("life-new", "department_admin", "/party-organizations/1/life/new/?kind=study", again=True),
    PageVisit("life-wrong", "department_admin", "/party-organizations/1/life/new/?kind=study", (SUBMIT,), again=True),
    PageVisit("party-group-new", "department_admin", "/party-organizations/1/groups/new/", again=True),
    PageVisit("party-terms", "department_admin", "/party-organizations/terms/", again=True),
    PageVisit("party-term", "department_admin", "/party-organizations/1/?tab=term"),
    PageVisit("party-election-new", "department_admin", "/party-organizations/1/elections/new/", again=True),
    PageVisit(
        "party-election-wrong", "department_admin", "/party-organizations/1/elections/new/", (SUBMIT,), again=True
    ),
    PageVisit("party-extension-new", "department_admin", "/party-organizations/1/extensions/new/", again=True),
    PageVisit("decisions", "department_admin", "/party-organizations/decisions/", again=True),
    PageVisit("decision", "department_admin", "/party-organizations/decisions/", (FIRST_ROW,)),
    PageVisit("deliberation", "department_admin", "/party-organizations/1/?tab=deliberation"),
    PageVisit("decision-guide", "department_admin", "/party-organizations/decisions/guide/"),
    PageVisit("decision-new", "department_admin", "/party-organizations/1/decisions/new/", again=True),
    PageVisit("decision-wrong", "department_admin", "/party-organizations/1/decisions/new/", (SUBMIT,), again=True),
    PageVisit("interactions", "department_admin", "/party-organizations/interactions/", again=True),
    PageVisit("interaction", "department_admin", "/party-organizations/interactions/", (FIRST_ROW,), again=True),
    PageVisit("interaction-new", "department_admin", "/party-organizations/1/interactions/new/", again=True),
    PageVisit("agreements", "department_admin", "/party-organizations/agreements/", again=True),
    PageVisit("agreement-scan", "department_admin", "/party-organizations/agreements/1/scan/new/", again=True),
    PageVisit("agreement-new", "department_admin", "/party-organizations/1/agreements/new/", again=True),
    PageVisit("duties", "department_admin", "/party-organizations/duties/", again=True),
    PageVisit("duties-units", "department_admin", "/party-organizations/duties/units/", again=True),
    PageVisit("duties-tab", "department_admin", "/party-organizations/1/?tab=duties"),
    PageVisit("duties-new", "department_admin", "/party-organizations/3/duties/new/?code=systems"),
    PageVisit("duty", "department_admin", "/party-organizations/duties/", DUTY),
    PageVisit(
        "duty-confirm",
        "department_admin",
        "/party-organizations/duties/",
        (*DUTY, ".page-head a[href$='/confirm/']"),
        again=True,
    ),
    PageVisit(
        "duty-return",
        "department_admin",
        "/party-organizations/duties/",
        (*DUTY, ".page-head a[href$='/return/']"),
        again=True,
    ),
    PageVisit("commissions", "department_admin", "/commissions/", again=True),
    PageVisit("commission-desk", "department_admin", "/commissions/", (FIRST_ROW,)),
    PageVisit("commission-profile", "department_admin", "/departments/1/commission/", again=True),
    PageVisit("commission-member-new", "department_admin", "/departments/1/commission/members/new/", again=True),
    PageVisit("commission-rule-new", "department_admin", "/departments/1/commission/rules/new/", again=True),
    PageVisit("party-meetings", "department_admin", "/party-meetings/", again=True),
    PageVisit("party-meeting", "department_admin", "/party-meetings/?kind=committee", (FIRST_ROW,)),
    PageVisit(
        "party-meeting-item",
        "department_admin",
        "/party-meetings/?kind=committee",
        (FIRST_ROW, "main td a[href*='/items/']"),
        again=True,
    ),
    PageVisit("party-meeting-new", "department_admin", "/departments/1/party-meetings/new/", again=True),
    PageVisit("secretaries", "department_admin", "/party-organizations/secretaries/", again=True),
    PageVisit("linkages", "department_admin", "/party-organizations/linkages/", again=True),
    PageVisit("linkage-new", "department_admin", "/party-organizations/1/linkages/new/", again=True),
    PageVisit("party-organization-cover", "department_admin", "/party-organizations/1/covered/new/", again=True),
    PageVisit("group-new", "department_admin", "/associations/1/groups/new/", again=True),
    PageVisit("coverage", "department_admin", "/coverage/"),
    PageVisit("should-establish", "department_admin", "/coverage/should-establish/", again=True),
    PageVisit("checklists", "department_admin", "/checklists/", again=True),
    PageVisit("checklist", "department_admin", "/checklists/", (FIRST_ROW,)),
    PageVisit("checklist-step", "department_admin", "/checklists/1/steps/1/", again=True),
    PageVisit("checklist-close", "department_admin", "/checklists/1/close/", again=True),
    PageVisit("association-checks", "registrar", "/associations/1/?tab=embedding"),
    PageVisit("checks", "department_admin", "/coverage/checks/", again=True),
    PageVisit("check-new", "registrar", "/associations/1/checks/evaluation/new/", again=True),
    PageVisit("targets", "department_admin", "/coverage/targets/"),
    PageVisit("reconciliation", "department_admin", "/coverage/reconciliation/", again=True),
    PageVisit("precedence", "department_admin", "/precedence/", again=True),
    PageVisit("not-built", "department_admin", "/coverage/not-built/", again=True),
    PageVisit("info-pool", "department_admin", "/coverage/info-pool/", again=True),
    PageVisit("association-establishment", "department_admin", "/associations/1/?tab=establishment"),
    PageVisit("founding-new", "department_admin", "/associations/1/founding/new/", again=True),
    PageVisit("deferral-new", "department_admin", "/associations/1/deferral/new/", again=True),
    PageVisit("bulk-assign", "department_admin", "/coverage/should-establish/", (PICK, BULK)),
    PageVisit("instructors", "department_admin", "/instructors/", again=True),
    PageVisit("instructor", "department_admin", "/instructors/", (FIRST_ROW,)),
    PageVisit("instructor-new", "department_admin", "/instructors/new/", again=True),
    PageVisit("reviews", "registrar", "/reviews/"),
    PageVisit("review", "registrar", "/reviews/", (FIRST_ROW,)),
    PageVisit("review-changed", "registrar", "/reviews/", (FIRST_ROW, "text=只看变动")),
    PageVisit("review-return", "registrar", "/reviews/", (FIRST_ROW, "button[value=return]")),
    PageVisit("review-batch", "registrar", "/reviews/", (PICK, BULK)),
    PageVisit(
        "review-watched", "department_admin", "/reviews/?queue=unit&state=with_registrar", (FIRST_ROW,), again=True
    ),
    PageVisit("review-urge", "department_admin", "/reviews/?queue=unit&state=with_registrar", (FIRST_ROW, "text=催办")),
    PageVisit("review-history", "department_admin", "/reviews/?queue=done", (FIRST_ROW, "text=办理经过")),
    PageVisit(
        "review-record",
        "department_admin",
        "/reviews/?queue=unit&state=with_registrar",
        (FIRST_ROW, "text=录入已有文号的结论"),
    ),
    PageVisit("association-inspections", "department_admin", "/associations/1/?tab=inspections"),
    PageVisit("rounds", "department_admin", "/inspections/", again=True),
    PageVisit("round-new", "department_admin", "/inspections/new/"),
    PageVisit("round-wrong", "department_admin", "/inspections/new/", (SUBMIT,), again=True),
    PageVisit("round", "department_admin", "/inspections/2/"),
    PageVisit("round-edit", "department_admin", "/inspections/2/edit/", again=True),
    PageVisit("round-close", "department_admin", "/inspections/2/close/", again=True),
    PageVisit("round-filings", "department_admin", "/inspections/2/filings/?figure=overdue", again=True),
    PageVisit("round-urging", "department_admin", "/inspections/2/urging/?ahead=7"),
    PageVisit("round-call", "department_admin", "/inspections/2/urging/?ahead=7", ("text=登记通话",)),
    PageVisit("round-exempt", "department_admin", "/inspections/filings/1/exempt/", again=True),
    PageVisit("imports", "department_admin", "/imports/", again=True),
    PageVisit("import-upload", "department_admin", "/imports/new/"),
    PageVisit("import-sheet", "department_admin", "/imports/1/sheet/"),
    PageVisit("import-mapping", "department_admin", "/imports/1/mapping/"),
    PageVisit("import-preview", "department_admin", "/imports/1/preview/"),
    PageVisit("import-preview-new", "department_admin", "/imports/1/preview/?show=new", again=True),
    PageVisit("import-names", "department_admin", "/imports/1/names/"),
    PageVisit("import-commit", "department_admin", "/imports/1/commit/"),
    PageVisit("import-result", "department_admin", "/imports/2/result/"),
    PageVisit("import-undo", "department_admin", "/imports/2/undo/"),
    PageVisit("import-absences", "department_admin", "/imports/3/absences/"),
    PageVisit("import-overwrite", "department_admin", "/imports/3/overwrite/"),
)


def signed_in(browser: Browser, base: str, accounts: Accounts, role: str, width: str) -> Page:
    """A page in which the demonstration account of a role has signed in; nobody, when the role is empty."""
    size = ViewportSize(width=WIDTHS[width][0], height=WIDTHS[width][1])
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    page = context.new_page()
    if role:
        page.goto(f"{base}/login/")
        page.get_by_label("用户名").fill(accounts[role][0])
        page.get_by_label("密码").fill(accounts[role][1])
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"{base}/")
    return page


def go(page: Page, base: str, visit: PageVisit) -> None:
    """Walk to the page."""
    page.goto(base + visit.path)
    for selector, value in visit.fill:
        page.fill(selector, value)
    for selector in visit.then:
        page.locator(selector).first.click(timeout=10_000)
        page.wait_for_load_state()


def arrange(browser: Browser, base: str, accounts: Accounts) -> None:
    """A finished report, batches that wait at their preview (1), are written (2), lack records (3), if none."""
    page = signed_in(browser, base, accounts, "department_admin", "desk")
    page.goto(f"{base}/reports/runs/")
    if not page.locator(FIRST_ROW).count():
        page.goto(f"{base}/reports/")
        page.locator("main a.btn-primary").first.click()
        page.click("main form button[type=submit]")
        page.wait_for_selector(".figures", timeout=WAIT)
    page.goto(f"{base}/imports/")
    if not page.locator(FIRST_ROW).count():
        upload(page, base, 7100)
        upload(page, base, 7200)
        upload(page, base, 7300, full_list="长沙市")
        page.goto(f"{base}/imports/2/commit/")
        page.click(SUBMIT)
        page.wait_for_selector("text=撤销", timeout=WAIT)
    page.context.close()
    begin_filing(browser, base, accounts)


def begin_filing(browser: Browser, base: str, accounts: Accounts) -> None:
    """This year's filing of the demonstration's association, begun."""
    page = signed_in(browser, base, accounts, "association_filer", "desk")
    button = page.get_by_role("button", name="开始填报")
    if button.count():
        button.first.click()
        page.wait_for_selector(".filing-tasks", timeout=WAIT)
    page.context.close()


def upload(page: Page, base: str, first: int, *, full_list: str = "") -> None:
    """A workbook as a city office sends it, up to its preview."""
    codes = [f"51430100{first + number:09d}" for number in range(8)]
    content = city_office([code + check_character(code) for code in codes])
    page.goto(f"{base}/imports/new/")
    page.locator("input[name=kind][value=associations]").check()
    page.fill("input[name=full_list]", full_list)
    page.set_input_files("input[name=file]", {"name": "长沙市名录.xlsx", "mimeType": XLSX, "buffer": content})
    page.click(SUBMIT)
    page.wait_for_url("**/sheet/", timeout=WAIT)
    page.click(SUBMIT)
    page.wait_for_url("**/mapping/", timeout=WAIT)
    page.click(SUBMIT)
    page.wait_for_url("**/preview/", timeout=WAIT)
    page.wait_for_selector("a[href$='/commit/']", timeout=WAIT)
