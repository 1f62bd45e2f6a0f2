from django.urls import path

from portal.memberships import reset_pages, views

app_name = "memberships"
urlpatterns = [
    path("account/membership/", views.SwitchMembership.as_view(), name="switch"),
    path("reset/", reset_pages.AskReset.as_view(), name="reset_ask"),
    path("reset/mine/", reset_pages.MyReset.as_view(), name="reset_mine"),
    path("accounts/", views.AccountList.as_view(), name="accounts"),
    path("accounts/new/", views.AccountNew.as_view(), name="account_new"),
    path("accounts/scopes/", views.ScopeNames.as_view(), name="scope_names"),
    path("accounts/slips/", views.SlipSheetList.as_view(), name="slip_sheets"),
    path("accounts/slips/new/", views.SlipsNew.as_view(), name="slips_new"),
    path("accounts/slips/<int:slip_sheet_pk>/", views.SlipSheetPage.as_view(), name="slips"),
    path("accounts/resets/", reset_pages.ResetList.as_view(), name="resets"),
    path("accounts/resets/<int:reset_request_pk>/", reset_pages.ConfirmReset.as_view(), name="reset_confirm"),
    path("accounts/resets/<int:reset_request_pk>/decline/", reset_pages.DeclineReset.as_view(), name="reset_decline"),
    path("accounts/<int:membership_pk>/", views.AccountPage.as_view(), name="account"),
    path("accounts/<int:membership_pk>/end/", views.AccountEnd.as_view(), name="account_end"),
    path("accounts/<int:membership_pk>/hand-over/", views.HandOver.as_view(), name="hand_over"),
]
