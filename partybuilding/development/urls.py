from django.urls import path

from partybuilding.development import views

ONE = "party-members/candidates/<int:candidate_pk>"

urlpatterns = [
    path("party-members/candidates/", views.CandidateList.as_view(), name="candidates"),
    path(f"{ONE}/", views.CandidateDetail.as_view(), name="candidate"),
    path(f"{ONE}/edit/", views.CandidateEdit.as_view(), name="candidate_edit"),
    path(f"{ONE}/stage/", views.CandidateStage.as_view(), name="candidate_stage"),
    path(f"{ONE}/end/", views.CandidateClose.as_view(), name="candidate_end"),
    path(f"{ONE}/reveal/", views.CandidateReveal.as_view(), name="candidate_reveal"),
    path(f"{ONE}/join/", views.CandidateJoin.as_view(), name="candidate_join"),
    path(
        "party-organizations/<int:organization_pk>/candidates/new/", views.CandidateNew.as_view(), name="candidate_new"
    ),
]
