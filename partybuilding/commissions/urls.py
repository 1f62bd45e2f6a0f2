from django.urls import path

from partybuilding.commissions import views

ONE = "departments/<int:department_pk>"
MEETING = "party-meetings/<int:meeting_pk>"
urlpatterns = [
    path("commissions/", views.CommitteeList.as_view(), name="commissions"),
    path(f"{ONE}/commission/", views.ProfileEdit.as_view(), name="commission_profile"),
    path(f"{ONE}/commission/members/new/", views.SeatNew.as_view(), name="seat_new"),
    path(f"{ONE}/commission/members/<int:commission_member_pk>/end/", views.SeatEnd.as_view(), name="seat_end"),
    path(f"{ONE}/commission/rules/new/", views.RuleNew.as_view(), name="commission_rule_new"),
    path(f"{ONE}/commission/rules/<int:commission_rule_pk>/end/", views.RuleEnd.as_view(), name="commission_rule_end"),
    path("party-meetings/", views.MeetingList.as_view(), name="meetings"),
    path(f"{ONE}/party-meetings/new/", views.MeetingNew.as_view(), name="meeting_new"),
    path(f"{MEETING}/", views.MeetingDetail.as_view(), name="meeting"),
    path(f"{MEETING}/edit/", views.MeetingEdit.as_view(), name="meeting_edit"),
    path(f"{MEETING}/items/<int:agenda_item_pk>/", views.ItemDecide.as_view(), name="meeting_item"),
]
