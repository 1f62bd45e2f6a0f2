from django.urls import path

from partybuilding.life import board, study_views, urging_views, views

OWN = "party-organizations/<int:organization_pk>/"
urlpatterns = [
    path("life/", board.LifeBoard.as_view(), name="life"),
    path("life/urging/", urging_views.LifeUrging.as_view(), name="life_urging"),
    path("life/branches/urge/", urging_views.BulkUrge.as_view(), name="life_urge"),
    path("life/branches/", views.BranchList.as_view(), name="life_branches"),
    path("life/study/", study_views.StudyBoard.as_view(), name="study"),
    path("life/programmes/new/", study_views.ProgrammeNew.as_view(), name="programme_new"),
    path("life/programmes/<int:study_programme_pk>/edit/", study_views.ProgrammeEdit.as_view(), name="programme_edit"),
    path("life/problems/", study_views.ProblemList.as_view(), name="study_problems"),
    path("life/pioneers/", study_views.PioneerList.as_view(), name="pioneers"),
    path(OWN + "problems/new/", study_views.ProblemNew.as_view(), name="problem_new"),
    path(
        OWN + "problems/<int:study_problem_pk>/rectify/", study_views.ProblemRectify.as_view(), name="problem_rectify"
    ),
    path(OWN + "pioneers/new/", study_views.PioneerNew.as_view(), name="pioneer_new"),
    path(OWN + "pioneers/<int:pioneer_record_pk>/end/", study_views.PioneerEnd.as_view(), name="pioneer_end"),
    path("life/records/", views.RecordList.as_view(), name="life_records"),
    path("life/records/<int:life_record_pk>/", views.RecordDetail.as_view(), name="life_record"),
    path("life/records/<int:life_record_pk>/edit/", views.RecordEdit.as_view(), name="life_edit"),
    path("life/records/<int:life_record_pk>/remove/", views.RecordRemove.as_view(), name="life_remove"),
    path("life/files/<int:life_file_pk>/", views.RecordFile.as_view(), name="life_file"),
    path(OWN + "life/new/", views.RecordNew.as_view(), name="life_new"),
    path(OWN + "groups/new/", views.GroupNew.as_view(), name="party_group_new"),
    path(OWN + "groups/<int:party_group_pk>/end/", views.GroupEnd.as_view(), name="party_group_end"),
]
