from django.urls import path

from partybuilding.floating import views

urlpatterns = [
    path("party-members/floating/", views.FloatingList.as_view(), name="floating"),
    path("party-members/<int:party_member_pk>/away/", views.FloatingNew.as_view(), name="floating_new"),
    path(
        "party-members/floating/<int:floating_member_pk>/contact/",
        views.FloatingContact.as_view(),
        name="floating_contact",
    ),
    path("party-members/floating/<int:floating_member_pk>/back/", views.FloatingBack.as_view(), name="floating_back"),
]
