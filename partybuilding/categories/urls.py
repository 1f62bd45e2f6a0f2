from django.urls import path

from partybuilding.categories import views

urlpatterns = [
    path("coverage/categories/", views.CategoryList.as_view(), name="categories"),
    path("coverage/categories/decide/", views.CategoryDecide.as_view(), name="category_decide"),
]
