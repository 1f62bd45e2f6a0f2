"""The pages of the portal, each with the role that sees most of it and the way to it: for pictures and for axe.

`path` is where it starts; `then` are links or buttons (CSS selectors, or `text=…`) followed one after the other.
"""

from dataclasses import dataclass

FIRST_ROW = "table.list tbody td.card-title a"


@dataclass(frozen=True)
class PageVisit:
    name: str
    role: str
    path: str
    then: tuple[str, ...] = ()
    fill: tuple[tuple[str, str], ...] = ()


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
    PageVisit("tasks", "department_admin", "/tasks/"),
    PageVisit("task", "department_admin", "/tasks/", (FIRST_ROW,)),
    PageVisit("messages", "party_committee", "/messages/"),
    PageVisit("audit", "auditor", "/audit/"),
    PageVisit("audit-event", "auditor", "/audit/", ("table.list tbody a",)),
    PageVisit("reports", "department_admin", "/reports/"),
    PageVisit("report-runs", "department_admin", "/reports/runs/"),
    PageVisit("report-run", "department_admin", "/reports/runs/", (FIRST_ROW,)),
    PageVisit("report-schedules", "department_admin", "/reports/schedules/"),
)
