from django.urls import path

from supervision.discipline import views

urlpatterns = [
    path("inspections/<int:round_pk>/", views.RoundProgress.as_view(), name="round"),
    path("inspections/<int:round_pk>/filings/", views.FilingList.as_view(), name="round_filings"),
]
