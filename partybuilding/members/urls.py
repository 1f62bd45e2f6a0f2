from django.urls import path

from partybuilding.members import views

ONE = "party-organizations/<int:organization_pk>"
MEMBER = "party-members/<int:party_member_pk>"

urlpatterns = [
    path("party-members/", views.PartyMemberList.as_view(), name="party_members"),
    path(f"{MEMBER}/", views.PartyMemberDetail.as_view(), name="party_member"),
    path(f"{MEMBER}/edit/", views.PartyMemberEdit.as_view(), name="party_member_edit"),
    path(f"{MEMBER}/end/", views.PartyMemberEnd.as_view(), name="party_member_end"),
    path(f"{MEMBER}/reveal/", views.PartyMemberReveal.as_view(), name="party_member_reveal"),
    path(f"{MEMBER}/join/", views.PartyMemberJoin.as_view(), name="party_member_join"),
    path(f"{ONE}/members/new/", views.PartyMemberNew.as_view(), name="party_member_new"),
    path(f"{ONE}/secretary/new/", views.SecretaryNew.as_view(), name="secretary_new"),
    path(f"{ONE}/reveal/", views.OrganizationReveal.as_view(), name="organization_reveal"),
]
