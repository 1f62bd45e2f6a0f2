from django.urls import path

from partybuilding.linkages import views

ONE = "party-organizations/<int:organization_pk>/linkages"
urlpatterns = [
    path("party-organizations/linkages/", views.LinkList.as_view(), name="linkages"),
    path(f"{ONE}/new/", views.LinkNew.as_view(), name="linkage_new"),
    path(f"{ONE}/<int:linkage_pk>/end/", views.LinkEnd.as_view(), name="linkage_end"),
]
