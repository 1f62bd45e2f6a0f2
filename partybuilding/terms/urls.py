from django.urls import path

from partybuilding.terms import views

urlpatterns = [
    path("party-organizations/terms/", views.TermList.as_view(), name="terms"),
    path("party-organizations/<int:organization_pk>/elections/new/", views.ElectionNew.as_view(), name="election_new"),
    path(
        "party-organizations/<int:organization_pk>/extensions/new/",
        views.ExtensionNew.as_view(),
        name="extension_new",
    ),
]
