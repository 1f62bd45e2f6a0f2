from django.urls import path

from portal.privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.RequestList.as_view(), name="requests"),
    path("new/", views.RequestNew.as_view(), name="request_new"),
    path("<int:export_request_pk>/", views.RequestPage.as_view(), name="request"),
    path("<int:export_request_pk>/approve/", views.Approve.as_view(), name="request_approve"),
    path("<int:export_request_pk>/refuse/", views.Refuse.as_view(), name="request_refuse"),
]
