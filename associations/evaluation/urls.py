from django.urls import path

from associations.evaluation import views

urlpatterns = [
    path("evaluations/", views.BatchList.as_view(), name="evaluations"),
    path("evaluations/new/", views.BatchNew.as_view(), name="evaluation_new"),
    path("evaluations/<int:evaluation_batch_pk>/", views.BatchPage.as_view(), name="evaluation"),
    path(
        "evaluations/<int:evaluation_batch_pk>/indicators/",
        views.IndicatorsEdit.as_view(),
        name="evaluation_indicators",
    ),
    path(
        "evaluations/<int:evaluation_batch_pk>/applications/new/",
        views.ApplicationsNew.as_view(),
        name="evaluation_apply",
    ),
    path("evaluations/<int:evaluation_batch_pk>/announce/", views.Announce.as_view(), name="evaluation_announce"),
    path("evaluations/<int:evaluation_batch_pk>/results/", views.ResultsNew.as_view(), name="evaluation_results"),
]
