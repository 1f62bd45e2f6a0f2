from django.urls import path

from partybuilding.embedding import views

urlpatterns = [
    path("coverage/checks/", views.CheckList.as_view(), name="checks"),
    path("associations/<int:association_pk>/checks/<str:stage>/new/", views.CheckNew.as_view(), name="check_new"),
]
