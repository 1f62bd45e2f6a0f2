from django.urls import path

from partybuilding.organizations import group_views, views

urlpatterns = [
    path("party-organizations/", views.OrganizationList.as_view(), name="organizations"),
    path("party-organizations/new/", views.OrganizationNew.as_view(), name="organization_new"),
    path("party-organizations/<int:organization_pk>/", views.OrganizationDetail.as_view(), name="organization"),
    path("party-organizations/<int:organization_pk>/edit/", views.OrganizationEdit.as_view(), name="organization_edit"),
    path(
        "party-organizations/<int:organization_pk>/dissolve/",
        views.OrganizationDissolve.as_view(),
        name="organization_dissolve",
    ),
    path("party-organizations/<int:organization_pk>/covered/new/", views.CoverNew.as_view(), name="cover_new"),
    path(
        "party-organizations/<int:organization_pk>/covered/<int:covered_association_pk>/end/",
        views.CoverEnd.as_view(),
        name="cover_end",
    ),
    path("associations/<int:association_pk>/groups/new/", group_views.GroupNew.as_view(), name="group_new"),
    path(
        "associations/<int:association_pk>/groups/<int:group_organization_pk>/end/",
        group_views.GroupEnd.as_view(),
        name="group_end",
    ),
]
