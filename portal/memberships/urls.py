from django.urls import path

from portal.memberships import views

app_name = "memberships"
urlpatterns = [path("account/membership/", views.SwitchMembership.as_view(), name="switch")]
