"""Every address of the portal, one include per room."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.home.urls")),
    path("", include("portal.accounts.urls")),
]

handler400 = "portal.screens.errors.bad_request"
handler403 = "portal.screens.errors.permission_denied"
handler404 = "portal.screens.errors.not_found"
handler500 = "portal.screens.errors.server_error"
