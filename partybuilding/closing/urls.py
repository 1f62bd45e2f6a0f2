from django.urls import path

from partybuilding.closing import views

urlpatterns = [
    path("closes/", views.CloseList.as_view(), name="closes"),
    path("closes/new/", views.CloseNew.as_view(), name="close_new"),
    path("closes/<int:close_pk>/", views.ClosePage.as_view(), name="close"),
    path("closes/units/<int:close_unit_pk>/", views.UnitPage.as_view(), name="close_unit"),
    path("closes/units/<int:close_unit_pk>/confirm/", views.UnitConfirm.as_view(), name="close_unit_confirm"),
]
