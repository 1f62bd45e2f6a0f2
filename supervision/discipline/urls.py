from django.urls import path

from supervision.discipline import views

urlpatterns = [
    path("inspections/filings/", views.AllFilings.as_view(), name="all_filings"),
    path("inspections/<int:round_pk>/", views.RoundProgress.as_view(), name="round"),
    path("inspections/<int:round_pk>/filings/", views.FilingList.as_view(), name="round_filings"),
    path("inspections/<int:round_pk>/urging/", views.Urging.as_view(), name="urging"),
    path("inspections/filings/<int:inspection_pk>/calls/new/", views.CallNew.as_view(), name="call_new"),
]
