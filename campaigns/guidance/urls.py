from django.urls import path

from campaigns.guidance import inspection_views, notice_views, point_views, schedule_views

urlpatterns = [
    path("campaigns/<int:campaign_pk>/points/", point_views.PointList.as_view(), name="points"),
    path("campaigns/units/<int:unit_pk>/point/", point_views.PointNew.as_view(), name="point_new"),
    path("campaigns/points/<int:contact_point_pk>/", point_views.PointDetail.as_view(), name="point"),
    path("campaigns/points/<int:contact_point_pk>/visits/new/", point_views.VisitNew.as_view(), name="visit_new"),
    path("campaigns/points/<int:contact_point_pk>/end/", point_views.PointEnd.as_view(), name="point_end"),
    path(
        "campaigns/<int:campaign_pk>/inspections/",
        inspection_views.InspectionList.as_view(),
        name="campaign_inspections",
    ),
    path(
        "campaigns/<int:campaign_pk>/inspections/new/",
        inspection_views.InspectionNew.as_view(),
        name="campaign_inspection_new",
    ),
    path(
        "campaigns/inspections/<int:campaign_inspection_pk>/",
        inspection_views.InspectionDetail.as_view(),
        name="campaign_inspection",
    ),
    path(
        "campaigns/inspections/<int:campaign_inspection_pk>/close/",
        inspection_views.InspectionClose.as_view(),
        name="campaign_inspection_close",
    ),
    path(
        "campaigns/inspections/units/<int:inspected_unit_pk>/", inspection_views.FindingEdit.as_view(), name="finding"
    ),
    path("campaigns/<int:campaign_pk>/notices/", notice_views.NoticeList.as_view(), name="notices"),
    path("campaigns/units/<int:unit_pk>/notices/new/", notice_views.NoticeNew.as_view(), name="notice_new"),
    path("campaigns/notices/<int:rectification_notice_pk>/", notice_views.NoticeDetail.as_view(), name="notice"),
    path(
        "campaigns/notices/<int:rectification_notice_pk>/answer/",
        notice_views.NoticeAnswer.as_view(),
        name="notice_answer",
    ),
    path(
        "campaigns/notices/<int:rectification_notice_pk>/judge/",
        notice_views.NoticeJudge.as_view(),
        name="notice_judge",
    ),
    path(
        "campaigns/notices/<int:rectification_notice_pk>/file/", notice_views.NoticeFile.as_view(), name="notice_file"
    ),
    path("campaigns/<int:campaign_pk>/schedule/", schedule_views.Schedule.as_view(), name="schedule"),
    path("campaigns/<int:campaign_pk>/report/", schedule_views.ReportParts.as_view(), name="report_parts"),
    path(
        "campaigns/<int:campaign_pk>/report/<int:part_number>/",
        schedule_views.ReportPartEdit.as_view(),
        name="report_part",
    ),
]
