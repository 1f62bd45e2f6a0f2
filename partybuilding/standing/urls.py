from django.urls import path

from partybuilding.standing import views

MEMBER = "party-members/<int:party_member_pk>"

urlpatterns = [
    path("party-members/probation/", views.ProbationList.as_view(), name="probation"),
    path(f"{MEMBER}/convert/", views.Convert.as_view(), name="member_convert"),
    path(f"{MEMBER}/extend/", views.Extend.as_view(), name="member_extend"),
    path(f"{MEMBER}/lose/", views.Lose.as_view(), name="member_lose"),
    path(f"{MEMBER}/find/", views.Find.as_view(), name="member_find"),
    path(f"{MEMBER}/restore/", views.Restore.as_view(), name="member_restore"),
]
