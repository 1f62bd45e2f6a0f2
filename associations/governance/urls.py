from django.urls import path

from associations.governance import contact_views, views

ONE = "associations/<int:association_pk>"

urlpatterns = [
    path("officers/", views.OfficerList.as_view(), name="officers"),
    path("officers/<int:officer_pk>/", views.OfficerDetail.as_view(), name="officer"),
    path("officers/<int:officer_pk>/edit/", views.OfficerEdit.as_view(), name="officer_edit"),
    path("officers/<int:officer_pk>/end/", views.OfficerEnd.as_view(), name="officer_end"),
    path("officers/<int:officer_pk>/reveal/", views.OfficerReveal.as_view(), name="officer_reveal"),
    path("officers/<int:officer_pk>/join/", views.OfficerJoin.as_view(), name="officer_join"),
    path(f"{ONE}/officers/new/", views.OfficerNew.as_view(), name="officer_new"),
    path("contacts/", contact_views.ContactList.as_view(), name="contacts"),
    path("contacts/<int:contact_pk>/", contact_views.ContactDetail.as_view(), name="contact"),
    path("contacts/<int:contact_pk>/edit/", contact_views.ContactEdit.as_view(), name="contact_edit"),
    path("contacts/<int:contact_pk>/end/", contact_views.ContactEnd.as_view(), name="contact_end"),
    path("contacts/<int:contact_pk>/reveal/", contact_views.ContactReveal.as_view(), name="contact_reveal"),
    path("contacts/<int:contact_pk>/join/", contact_views.ContactJoin.as_view(), name="contact_join"),
    path(f"{ONE}/contacts/new/", contact_views.ContactNew.as_view(), name="contact_new"),
    path("member-units/", contact_views.MemberUnitList.as_view(), name="member_units"),
    path("member-units/<int:member_unit_pk>/edit/", contact_views.MemberUnitEdit.as_view(), name="member_unit_edit"),
    path("member-units/<int:member_unit_pk>/end/", contact_views.MemberUnitEnd.as_view(), name="member_unit_end"),
    path(f"{ONE}/member-units/new/", contact_views.MemberUnitNew.as_view(), name="member_unit_new"),
]
