from django.urls import path

from partybuilding.life import board, urging_views, views

OWN = "party-organizations/<int:organization_pk>/"
urlpatterns = [
    path("life/", board.LifeBoard.as_view(), name="life"),
    path("life/urging/", urging_views.LifeUrging.as_view(), name="life_urging"),
    path("life/branches/urge/", urging_views.BulkUrge.as_view(), name="life_urge"),
    path("life/branches/", views.BranchList.as_view(), name="life_branches"),
    path("life/records/", views.RecordList.as_view(), name="life_records"),
    path("life/records/<int:life_record_pk>/", views.RecordDetail.as_view(), name="life_record"),
    path("life/records/<int:life_record_pk>/edit/", views.RecordEdit.as_view(), name="life_edit"),
    path("life/records/<int:life_record_pk>/remove/", views.RecordRemove.as_view(), name="life_remove"),
    path("life/files/<int:life_file_pk>/", views.RecordFile.as_view(), name="life_file"),
    path(OWN + "life/new/", views.RecordNew.as_view(), name="life_new"),
    path(OWN + "groups/new/", views.GroupNew.as_view(), name="party_group_new"),
    path(OWN + "groups/<int:party_group_pk>/end/", views.GroupEnd.as_view(), name="party_group_end"),
]
