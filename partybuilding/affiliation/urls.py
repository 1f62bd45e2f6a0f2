from django.urls import path

from partybuilding.affiliation import views

urlpatterns = [path("coverage/affiliation/", views.AffiliationList.as_view(), name="affiliation")]
