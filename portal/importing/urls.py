from django.urls import path

from portal.importing import views

app_name = "importing"
urlpatterns = [
    path("", views.BatchList.as_view(), name="list"),
    path("new/", views.Upload.as_view(), name="new"),
    path("templates/<slug:key>/", views.TemplateDownload.as_view(), name="template"),
    path("<int:batch_pk>/sheet/", views.SheetStep.as_view(), name="sheet"),
    path("<int:batch_pk>/mapping/", views.MappingStep.as_view(), name="mapping"),
    path("<int:batch_pk>/names/", views.NamesStep.as_view(), name="names"),
    path("<int:batch_pk>/preview/", views.Preview.as_view(), name="preview"),
    path("<int:batch_pk>/errors/", views.ErrorDownload.as_view(), name="errors"),
    path("<int:batch_pk>/commit/", views.Commit.as_view(), name="commit"),
    path("<int:batch_pk>/absences/", views.Absences.as_view(), name="absences"),
    path("<int:batch_pk>/overwrite/", views.Overwrite.as_view(), name="overwrite"),
    path("<int:batch_pk>/result/", views.Result.as_view(), name="result"),
    path("<int:batch_pk>/undo/", views.UndoBatch.as_view(), name="undo"),
]
