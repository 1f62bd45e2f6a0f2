"""Every address of the portal, one include per room."""

from django.urls import include, path

from portal import health

urlpatterns = [
    path("", include("portal.home.urls")),
    path("", include("portal.accounts.urls")),
    path("", include("portal.memberships.urls")),
    path("", include("portal.notices.urls")),
    path("audit/", include("portal.audit.urls")),
    path("imports/", include("portal.importing.urls")),
    path("exports/", include("portal.exporting.urls")),
    path("export-requests/", include("portal.privacy.urls")),
    path("jobs/", include("portal.jobs.urls")),
    path("", include("portal.reporting.urls")),
    path("", include("portal.publishing.urls")),
    path("", include("associations.urls")),
    path("", include("partybuilding.urls")),
    path("", include("supervision.urls")),
    path("", include("campaigns.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = "portal.screens.errors.bad_request"
handler403 = "portal.screens.errors.permission_denied"
handler404 = "portal.screens.errors.not_found"
handler500 = "portal.screens.errors.server_error"
