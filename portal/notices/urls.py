from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [
    path("tasks/", views.TaskList.as_view(), name="task_list"),
    path("tasks/<int:task_pk>/", views.TaskDetail.as_view(), name="task"),
    path("tasks/<int:task_pk>/close/", views.TaskClose.as_view(), name="task_close"),
    path("tasks/<int:task_pk>/cancel/", views.TaskCancel.as_view(), name="task_cancel"),
    path("messages/", views.Inbox.as_view(), name="inbox"),
    path("messages/read/", views.MarkRead.as_view(), name="mark_read"),
]
