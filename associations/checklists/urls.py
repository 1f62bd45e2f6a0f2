from django.urls import path

from associations.checklists import views

urlpatterns = [
    path("checklists/", views.ChecklistList.as_view(), name="checklists"),
    path("checklists/<int:checklist_pk>/", views.ChecklistDetail.as_view(), name="checklist"),
    path("checklists/<int:checklist_pk>/close/", views.ChecklistClose.as_view(), name="checklist_close"),
    path(
        "checklists/<int:checklist_pk>/steps/<int:checklist_step_pk>/",
        views.StepRecord.as_view(),
        name="checklist_step",
    ),
    path("associations/<int:association_pk>/checklists/new/", views.ChecklistOpen.as_view(), name="checklist_new"),
]
