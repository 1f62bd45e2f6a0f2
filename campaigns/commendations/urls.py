from django.urls import path

from campaigns.commendations import kind_views, nomination_views, views

urlpatterns = [
    path("campaigns/<int:campaign_pk>/awards/", views.RoundList.as_view(), name="award_rounds"),
    path("campaigns/<int:campaign_pk>/awards/new/", views.RoundNew.as_view(), name="award_round_new"),
    path("campaigns/awards/<int:award_round_pk>/", views.RoundDetail.as_view(), name="award_round"),
    path("campaigns/awards/<int:award_round_pk>/edit/", views.RoundEdit.as_view(), name="award_round_edit"),
    path("campaigns/awards/<int:award_round_pk>/basis/", views.BasisFile.as_view(), name="award_basis"),
    path("campaigns/awards/<int:award_round_pk>/open/", views.RoundOpen.as_view(), name="award_round_open"),
    path(
        "campaigns/awards/<int:award_round_pk>/publicise/", views.RoundPublicise.as_view(), name="award_round_publicise"
    ),
    path("campaigns/awards/<int:award_round_pk>/return/", views.RoundReturn.as_view(), name="award_round_return"),
    path("campaigns/awards/<int:award_round_pk>/decide/", views.RoundDecide.as_view(), name="award_round_decide"),
    path("campaigns/awards/<int:award_round_pk>/cancel/", views.RoundCancel.as_view(), name="award_round_cancel"),
    path("campaigns/awards/<int:award_round_pk>/kinds/new/", kind_views.KindNew.as_view(), name="award_kind_new"),
    path("campaigns/award-kinds/<int:award_kind_pk>/edit/", kind_views.KindEdit.as_view(), name="award_kind_edit"),
    path(
        "campaigns/award-kinds/<int:award_kind_pk>/remove/", kind_views.KindRemove.as_view(), name="award_kind_remove"
    ),
    path(
        "campaigns/award-kinds/<int:award_kind_pk>/distribute/",
        kind_views.Distribute.as_view(),
        name="award_distribute",
    ),
    path("campaigns/award-kinds/<int:award_kind_pk>/quotas/", kind_views.Quotas.as_view(), name="award_quotas"),
    path("campaigns/quotas/<int:quota_pk>/nominate/", nomination_views.NominationNew.as_view(), name="nomination_new"),
    path("campaigns/nominations/<int:nomination_pk>/", nomination_views.NominationDetail.as_view(), name="nomination"),
    path(
        "campaigns/nominations/<int:nomination_pk>/choose/",
        nomination_views.NominationChoose.as_view(),
        name="nomination_choose",
    ),
    path(
        "campaigns/nominations/<int:nomination_pk>/drop/",
        nomination_views.NominationDrop.as_view(),
        name="nomination_drop",
    ),
    path(
        "campaigns/nominations/<int:nomination_pk>/take-back/",
        nomination_views.NominationTakeBack.as_view(),
        name="nomination_take_back",
    ),
    path(
        "campaigns/nominations/<int:nomination_pk>/assess/",
        nomination_views.NominationAssess.as_view(),
        name="nomination_assess",
    ),
    path(
        "campaigns/nominations/<int:nomination_pk>/recuse/",
        nomination_views.NominationRecuse.as_view(),
        name="nomination_recuse",
    ),
    path(
        "campaigns/nominations/<int:nomination_pk>/certificate/",
        nomination_views.Certificate.as_view(),
        name="certificate",
    ),
    path(
        "campaigns/nominations/<int:nomination_pk>/certificate/file/",
        nomination_views.CertificateFile.as_view(),
        name="certificate_file",
    ),
    path(
        "campaigns/nominations/<int:nomination_pk>/revoke/",
        nomination_views.NominationRevoke.as_view(),
        name="nomination_revoke",
    ),
]
