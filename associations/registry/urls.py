from django.urls import path

from associations.registry import views

urlpatterns = [
    path("associations/", views.AssociationList.as_view(), name="associations"),
    path("associations/new/", views.AssociationNew.as_view(), name="association_new"),
    path("associations/<int:association_pk>/", views.AssociationDetail.as_view(), name="association"),
    path("associations/<int:association_pk>/edit/", views.AssociationEdit.as_view(), name="association_edit"),
    path("associations/<int:association_pk>/counts/new/", views.CountNew.as_view(), name="count_new"),
    path("associations/<int:association_pk>/grades/new/", views.GradeNew.as_view(), name="grade_new"),
    path("associations/<int:association_pk>/names/new/", views.NameNew.as_view(), name="name_new"),
    path(
        "associations/<int:association_pk>/names/<int:association_name_pk>/remove/",
        views.NameRemove.as_view(),
        name="name_remove",
    ),
    path("associations/<int:association_pk>/assignments/new/", views.AssignmentNew.as_view(), name="assignment_new"),
    path(
        "associations/<int:association_pk>/assignments/<int:assignment_pk>/end/",
        views.AssignmentEnd.as_view(),
        name="assignment_end",
    ),
]
