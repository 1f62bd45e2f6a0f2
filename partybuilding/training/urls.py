from django.urls import path

from partybuilding.training import views

ONE = "trainings/<int:training_session_pk>"

urlpatterns = [
    path("trainings/", views.TrainingList.as_view(), name="trainings"),
    path("trainings/new/", views.TrainingNew.as_view(), name="training_new"),
    path("trainings/hours/", views.HoursList.as_view(), name="training_hours"),
    path("trainings/secretaries/", views.SecretaryRotation.as_view(), name="secretary_rotation"),
    path("trainings/leaders/", views.LeaderRotation.as_view(), name="leader_rotation"),
    path("trainings/academies/", views.AcademyList.as_view(), name="academies"),
    path("trainings/academies/new/", views.AcademyNew.as_view(), name="academy_new"),
    path(f"{ONE}/", views.TrainingDetail.as_view(), name="training"),
    path(f"{ONE}/edit/", views.TrainingEdit.as_view(), name="training_edit"),
    path(f"{ONE}/attend/", views.TrainingAttend.as_view(), name="training_attend"),
    path(
        f"{ONE}/attendances/<int:training_attendance_pk>/remove/",
        views.AttendanceRemove.as_view(),
        name="attendance_remove",
    ),
    path(
        "party-organizations/<int:organization_pk>/trainings/new/",
        views.OwnTrainingNew.as_view(),
        name="own_training_new",
    ),
]
