from django.urls import path

from partybuilding.care import views

ONE = "care/<uuid:care_record_pk>"

urlpatterns = [
    path("care/", views.CareList.as_view(), name="care_records"),
    path(f"{ONE}/", views.CareDetail.as_view(), name="care_record"),
    path(f"{ONE}/reveal/", views.CareReveal.as_view(), name="care_reveal"),
    path(f"{ONE}/remove/", views.CareRemove.as_view(), name="care_remove"),
    path("party-members/<int:party_member_pk>/hardship/", views.MemberHardship.as_view(), name="member_hardship"),
    path("party-organizations/<int:organization_pk>/care/new/", views.CareNew.as_view(), name="care_new"),
]
