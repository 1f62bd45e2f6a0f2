from django.urls import path

from portal.reporting import compare_views, review_views, schedule_views, views

app_name = "reporting"

urlpatterns = [
    path("reports/", views.ReportCentre.as_view(), name="centre"),
    path("reports/runs/", views.RunList.as_view(), name="runs"),
    path("reports/runs/<int:run_pk>/", views.RunPage.as_view(), name="run"),
    path("reports/runs/<int:run_pk>/rows/<str:key>/", views.RunRows.as_view(), name="run_rows"),
    path("reports/runs/<int:run_pk>/lock/", views.RunLock.as_view(), name="run_lock"),
    path("reports/runs/<int:run_pk>/send/", review_views.RunSend.as_view(), name="run_send"),
    path("reports/runs/<int:run_pk>/give-back/", review_views.RunGiveBack.as_view(), name="run_give_back"),
    path("reports/runs/<int:run_pk>/compare/", compare_views.RunCompare.as_view(), name="compare"),
    path("reports/runs/<int:run_pk>/new-version/", views.RunNewVersion.as_view(), name="run_new_version"),
    path("reports/runs/<int:run_pk>/retry/", views.RunRetry.as_view(), name="run_retry"),
    path("reports/runs/<int:run_pk>/files/<str:format>/", views.RunFile.as_view(), name="run_file"),
    path("reports/schedules/", schedule_views.ScheduleList.as_view(), name="schedules"),
    path("reports/schedules/<int:schedule_pk>/stop/", schedule_views.ScheduleStop.as_view(), name="schedule_stop"),
    path("reports/<str:key>/new/", views.RunNew.as_view(), name="run_new"),
    path("reports/<str:key>/schedule/", schedule_views.ScheduleNew.as_view(), name="schedule_new"),
]
