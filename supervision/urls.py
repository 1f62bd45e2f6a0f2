"""Every address of the wing; each subject brings its own."""

from supervision.inspections.urls import urlpatterns as inspections

app_name = "supervision"
urlpatterns = [*inspections]
