from django.urls import path

from partybuilding.secretaries import views

urlpatterns = [path("party-organizations/secretaries/", views.SecretaryList.as_view(), name="secretaries")]
