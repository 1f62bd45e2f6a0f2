"""Every address of the wing; each subject brings its own."""

from campaigns.plans.urls import urlpatterns as plans

app_name = "campaigns"
urlpatterns = [*plans]
