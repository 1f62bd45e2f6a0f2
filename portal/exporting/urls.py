from django.urls import path

from portal.exporting import views

app_name = "exporting"
urlpatterns = [
    path("", views.ExportList.as_view(), name="list"),
    path("new/", views.NewExport.as_view(), name="new"),
    path("<int:export_pk>/", views.ExportPage.as_view(), name="export"),
    path("<int:export_pk>/file/", views.ExportFile.as_view(), name="file"),
]
