"""Every address of the wing; each subject brings its own."""

from campaigns.methods.urls import urlpatterns as methods
from campaigns.plans.urls import urlpatterns as plans

app_name = "campaigns"
urlpatterns = [*plans, *methods]
