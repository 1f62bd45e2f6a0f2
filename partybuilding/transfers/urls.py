from django.urls import path

from partybuilding.transfers import views

ONE = "party-members/transfers/<int:member_transfer_pk>"

urlpatterns = [
    path("party-members/transfers/", views.TransferList.as_view(), name="transfers"),
    path(f"{ONE}/", views.TransferDetail.as_view(), name="transfer"),
    path(f"{ONE}/receive/", views.TransferReceive.as_view(), name="transfer_receive"),
    path(f"{ONE}/return/", views.TransferReturn.as_view(), name="transfer_return"),
    path(f"{ONE}/withdraw/", views.TransferWithdraw.as_view(), name="transfer_withdraw"),
    path("party-members/<int:party_member_pk>/transfer/", views.TransferNew.as_view(), name="transfer_new"),
    path("party-organizations/<int:organization_pk>/transfers/all/", views.TransferAll.as_view(), name="transfer_all"),
    path("party-organizations/<int:organization_pk>/transfers/in/", views.TransferIn.as_view(), name="transfer_in"),
]
