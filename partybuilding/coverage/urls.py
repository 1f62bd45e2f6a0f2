from django.urls import path

from partybuilding.coverage import board, bulk_views, reconciling_views, target_views, unit_views, views

urlpatterns = [
    path("coverage/", board.CoverageBoard.as_view(), name="coverage"),
    path("coverage/follow-up/", bulk_views.BulkFollowUp.as_view(), name="bulk_follow_up"),
    path("coverage/guide/", bulk_views.BulkGuide.as_view(), name="bulk_guide"),
    path("coverage/units/", unit_views.UnitMembers.as_view(), name="unit_members"),
    path("coverage/targets/", target_views.TargetBoard.as_view(), name="targets"),
    path("coverage/reconciliation/", reconciling_views.Reconciliation.as_view(), name="reconciliation"),
    path(
        "associations/<int:association_pk>/instructors/new/", views.InstructorAssign.as_view(), name="instructor_assign"
    ),
    path("instructors/", views.InstructorList.as_view(), name="instructors"),
    path("instructors/new/", views.InstructorNew.as_view(), name="instructor_new"),
    path("instructors/<int:instructor_pk>/", views.InstructorDetail.as_view(), name="instructor"),
    path("instructors/<int:instructor_pk>/reveal/", views.InstructorReveal.as_view(), name="instructor_reveal"),
    path("instructors/<int:instructor_pk>/join/", views.InstructorJoin.as_view(), name="instructor_join"),
    path("instructors/<int:instructor_pk>/edit/", views.InstructorEdit.as_view(), name="instructor_edit"),
    path(
        "instructors/<int:instructor_pk>/assignments/<int:instructor_assignment_pk>/end/",
        views.InstructorEnd.as_view(),
        name="instructor_end",
    ),
]
