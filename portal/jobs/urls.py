from django.urls import path

from portal.jobs import views

app_name = "jobs"
urlpatterns = [path("<int:job_pk>/", views.JobScreen.as_view(), name="job")]
