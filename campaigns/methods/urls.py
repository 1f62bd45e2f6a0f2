from django.urls import path

from campaigns.methods import board, views

urlpatterns = [
    path("campaigns/<int:campaign_pk>/progress/", board.ProgressBoard.as_view(), name="progress"),
    path("campaigns/<int:campaign_pk>/progress/units/", board.ProgressMatrix.as_view(), name="progress_units"),
    path("campaigns/units/<int:unit_pk>/methods/<int:method_number>/", views.UnitMethod.as_view(), name="unit_method"),
    path(
        "campaigns/units/<int:unit_pk>/methods/<int:method_number>/record/",
        views.MethodRecordNew.as_view(),
        name="method_record",
    ),
    path(
        "campaigns/units/<int:unit_pk>/methods/<int:method_number>/pledges/new/",
        views.PledgeNew.as_view(),
        name="pledge_new",
    ),
    path("campaigns/pledges/<int:pledge_pk>/change/", views.PledgeChange.as_view(), name="pledge_change"),
    path("campaigns/pledges/<int:pledge_pk>/rate/", views.PledgeRate.as_view(), name="pledge_rate"),
    path("campaigns/records/<int:method_record_pk>/withdraw/", views.MethodWithdraw.as_view(), name="method_withdraw"),
    path("campaigns/records/<int:method_record_pk>/file/", views.MethodFile.as_view(), name="method_file"),
]
