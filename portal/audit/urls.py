from django.urls import path

from portal.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.AuditEventList.as_view(), name="event_list"),
    path("<int:event_pk>/", views.AuditEventDetail.as_view(), name="event"),
    path("access/", views.AccessEventList.as_view(), name="access_list"),
    path("access/<int:access_event_pk>/", views.AccessEventDetail.as_view(), name="access"),
]
