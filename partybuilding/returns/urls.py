from django.urls import path

from partybuilding.returns import views

urlpatterns = [
    path("party-members/comparison/", views.Comparison.as_view(), name="comparison"),
    path("party-members/numbers/", views.MemberNumbers.as_view(), name="member_numbers"),
    path("party-organizations/<int:organization_pk>/returns/new/", views.ReturnNew.as_view(), name="return_new"),
]
