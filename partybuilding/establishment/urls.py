from django.urls import path

from partybuilding.establishment import lists, views

urlpatterns = [
    path("coverage/should-establish/", lists.ShouldEstablishList.as_view(), name="should_establish"),
    path("coverage/should-establish/assign/", lists.BulkAssign.as_view(), name="bulk_assign"),
    path("coverage/should-establish/plan/", lists.BulkPlan.as_view(), name="bulk_plan"),
    path("coverage/not-built/", lists.NotBuiltList.as_view(), name="not_built"),
    path("coverage/info-pool/", lists.InfoPoolList.as_view(), name="info_pool"),
    path("coverage/info-pool/organiser/", lists.BulkOrganiser.as_view(), name="bulk_organiser"),
    path("associations/<int:association_pk>/founding/new/", views.FoundingNew.as_view(), name="founding_new"),
    path("associations/<int:association_pk>/deferral/new/", views.DeferralNew.as_view(), name="deferral_new"),
    path(
        "associations/<int:association_pk>/plans/<int:establishment_plan_pk>/withdraw/",
        views.PlanWithdraw.as_view(),
        name="plan_withdraw",
    ),
]
