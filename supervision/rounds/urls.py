from django.urls import path

from supervision.rounds import views

urlpatterns = [
    path("inspections/", views.RoundList.as_view(), name="rounds"),
    path("inspections/new/", views.RoundNew.as_view(), name="round_new"),
    path("inspections/<int:round_pk>/edit/", views.RoundEdit.as_view(), name="round_edit"),
    path("inspections/<int:round_pk>/open/", views.RoundOpen.as_view(), name="round_open"),
    path("inspections/<int:round_pk>/fill/", views.RoundFill.as_view(), name="round_fill"),
    path("inspections/<int:round_pk>/close/", views.RoundClose.as_view(), name="round_close"),
    path("inspections/<int:round_pk>/tracks/new/", views.TrackNew.as_view(), name="track_new"),
    path("inspections/tracks/<int:track_pk>/edit/", views.TrackEdit.as_view(), name="track_edit"),
    path("inspections/tracks/<int:track_pk>/remove/", views.TrackRemove.as_view(), name="track_remove"),
    path("inspections/filings/<int:inspection_pk>/extend/", views.Extend.as_view(), name="extend"),
    path("inspections/filings/<int:inspection_pk>/exempt/", views.Exempt.as_view(), name="exempt"),
    path("inspections/filings/<int:inspection_pk>/reinstate/", views.Reinstate.as_view(), name="reinstate"),
]
