from django.urls import path

from campaigns.collecting import views

urlpatterns = [
    path("campaigns/<int:campaign_pk>/collections/", views.CollectionList.as_view(), name="collections"),
    path("campaigns/<int:campaign_pk>/collections/new/", views.CollectionNew.as_view(), name="collection_new"),
    path("campaigns/collections/<int:collection_pk>/", views.ReportList.as_view(), name="collection"),
    path("campaigns/collections/<int:collection_pk>/edit/", views.CollectionEdit.as_view(), name="collection_edit"),
    path(
        "campaigns/collections/<int:collection_pk>/remove/", views.CollectionRemove.as_view(), name="collection_remove"
    ),
    path(
        "campaigns/collections/<int:collection_pk>/urging/", views.CollectionUrging.as_view(), name="collection_urging"
    ),
    path("campaigns/collections/<int:collection_pk>/together/", views.Together.as_view(), name="collection_together"),
    path("campaigns/unit-reports/<int:unit_report_pk>/", views.ReportDetail.as_view(), name="unit_report"),
    path(
        "campaigns/unit-reports/<int:unit_report_pk>/submit/", views.ReportSubmit.as_view(), name="unit_report_submit"
    ),
    path(
        "campaigns/unit-reports/<int:unit_report_pk>/return/", views.ReportReturn.as_view(), name="unit_report_return"
    ),
    path("campaigns/unit-reports/<int:unit_report_pk>/file/", views.ReportFile.as_view(), name="unit_report_file"),
]
