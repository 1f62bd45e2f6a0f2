from django.urls import path

from supervision.precedence import views

urlpatterns = [path("precedence/", views.PrecedenceList.as_view(), name="precedence")]
