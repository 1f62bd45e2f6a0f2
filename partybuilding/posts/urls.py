from django.urls import path

from partybuilding.posts import views

urlpatterns = [
    path("cross-appointments/", views.CrossList.as_view(), name="cross"),
    path("cross-appointments/matrix/", views.CrossMatrix.as_view(), name="cross_matrix"),
]
