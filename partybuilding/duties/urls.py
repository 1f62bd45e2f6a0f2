from django.urls import path

from partybuilding.duties import views

BOARD = "party-organizations/duties"
ONE = f"{BOARD}/<int:yearly_check_pk>"
urlpatterns = [
    path(f"{BOARD}/", views.OrganizationBoard.as_view(), name="duties"),
    path(f"{BOARD}/units/", views.UnitBoard.as_view(), name="unit_duties"),
    path(
        "party-organizations/<int:organization_pk>/duties/new/", views.OrganizationCheckNew.as_view(), name="duty_new"
    ),
    path("departments/<int:department_pk>/duties/new/", views.UnitCheckNew.as_view(), name="unit_duty_new"),
    path(f"{ONE}/", views.CheckDetail.as_view(), name="duty"),
    path(f"{ONE}/edit/", views.CheckEdit.as_view(), name="duty_edit"),
    path(f"{ONE}/confirm/", views.CheckConfirm.as_view(), name="duty_confirm"),
    path(f"{ONE}/return/", views.CheckReturn.as_view(), name="duty_return"),
]
