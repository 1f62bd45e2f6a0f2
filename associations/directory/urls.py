from django.urls import path

from associations.directory import views

urlpatterns = [
    path("departments/", views.DepartmentList.as_view(), name="departments"),
    path("departments/names/<slug:key>/", views.DepartmentNames.as_view(), name="department_names"),
    path("departments/new/", views.DepartmentNew.as_view(), name="department_new"),
    path("departments/<int:department_pk>/", views.DepartmentDetail.as_view(), name="department"),
    path("departments/<int:department_pk>/edit/", views.DepartmentEdit.as_view(), name="department_edit"),
    path("departments/<int:department_pk>/close/", views.DepartmentClose.as_view(), name="department_close"),
    path("departments/<int:department_pk>/names/new/", views.AliasNew.as_view(), name="alias_new"),
    path(
        "departments/<int:department_pk>/names/<int:department_name_pk>/remove/",
        views.AliasRemove.as_view(),
        name="alias_remove",
    ),
]
