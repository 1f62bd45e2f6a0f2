from django.urls import path

from campaigns.ballots import public_views, views

UNIT_METHOD = "campaigns/units/<int:unit_pk>/methods/<int:method_number>/"

urlpatterns = [
    path("vote/", public_views.Vote.as_view(), name="vote"),
    path("vote/done/", public_views.Voted.as_view(), name="voted"),
    path(f"{UNIT_METHOD}paper/new/", views.PaperNew.as_view(), name="paper_new"),
    path("campaigns/papers/<int:paper_count_pk>/withdraw/", views.PaperWithdraw.as_view(), name="paper_withdraw"),
    path("campaigns/papers/<int:paper_count_pk>/file/", views.PaperFile.as_view(), name="paper_file"),
    path(f"{UNIT_METHOD}ballots/new/", views.BallotNew.as_view(), name="ballot_new"),
    path("campaigns/ballots/<int:ballot_pk>/", views.BallotPage.as_view(), name="ballot"),
    path("campaigns/ballots/<int:ballot_pk>/print/", views.BallotPrint.as_view(), name="ballot_print"),
    path("campaigns/ballots/<int:ballot_pk>/cancel/", views.BallotCancel.as_view(), name="ballot_cancel"),
]
