from django.urls import path

from campaigns.ledgers import rating_views, views

urlpatterns = [
    path("campaigns/<int:campaign_pk>/entries/", views.EntryList.as_view(), name="entries"),
    path("campaigns/units/<int:unit_pk>/entries/new/<str:kind>/", views.EntryNew.as_view(), name="entry_new"),
    path("campaigns/entries/<int:entry_pk>/", views.EntryDetail.as_view(), name="entry"),
    path("campaigns/entries/<int:entry_pk>/edit/", views.EntryEdit.as_view(), name="entry_edit"),
    path("campaigns/entries/<int:entry_pk>/finish/", views.EntryFinish.as_view(), name="entry_finish"),
    path("campaigns/entries/<int:entry_pk>/withdraw/", views.EntryWithdraw.as_view(), name="entry_withdraw"),
    path("campaigns/entries/<int:entry_pk>/return/", views.EntryReturn.as_view(), name="entry_return"),
    path("campaigns/entries/<int:entry_pk>/promote/", views.EntryPromote.as_view(), name="entry_promote"),
    path("campaigns/entries/<int:entry_pk>/file/", views.EntryFile.as_view(), name="entry_file"),
    path("campaigns/units/<int:unit_pk>/self-rating/", rating_views.SelfRate.as_view(), name="self_rating"),
    path("campaigns/<int:campaign_pk>/grades/", rating_views.GradedList.as_view(), name="graded"),
    path(
        "campaigns/<int:campaign_pk>/grades/apply/",
        rating_views.ApplicationNew.as_view(),
        name="application_new",
    ),
]
