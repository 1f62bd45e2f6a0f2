from django.urls import path

from campaigns.urging import views

urlpatterns = [
    path("campaigns/<int:campaign_pk>/progress/urging/", views.MethodUrging.as_view(), name="method_urging"),
    path("campaigns/<int:campaign_pk>/progress/units/urge/", views.BulkUrge.as_view(), name="methods_urge"),
]
