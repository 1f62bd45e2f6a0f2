from django.urls import path

from partybuilding.cultivation import views

ONE = "cultivations/<int:cultivation_pk>"

urlpatterns = [
    path("cultivations/", views.CultivationList.as_view(), name="cultivations"),
    path(f"{ONE}/", views.CultivationDetail.as_view(), name="cultivation"),
    path(f"{ONE}/edit/", views.CultivationEdit.as_view(), name="cultivation_edit"),
    path(f"{ONE}/end/", views.CultivationEnd.as_view(), name="cultivation_end"),
    path(f"{ONE}/reveal/", views.CultivationReveal.as_view(), name="cultivation_reveal"),
    path(f"{ONE}/join/", views.CultivationJoin.as_view(), name="cultivation_join"),
    path(
        "party-organizations/<int:organization_pk>/cultivations/new/",
        views.CultivationNew.as_view(),
        name="cultivation_new",
    ),
]
