from django.urls import path

from partybuilding.census import row_views as rows
from partybuilding.census import unit_views as units
from partybuilding.census import urging_views as urging
from partybuilding.census import views

urlpatterns = [
    path("censuses/", views.CensusList.as_view(), name="censuses"),
    path("censuses/new/", views.CensusNew.as_view(), name="census_new"),
    path("censuses/<int:census_pk>/", views.CensusPage.as_view(), name="census"),
    path("censuses/<int:census_pk>/rows/", rows.RowList.as_view(), name="census_rows"),
    path("censuses/<int:census_pk>/rows/follow-up/", rows.RowFollowUp.as_view(), name="census_follow_up"),
    path("censuses/<int:census_pk>/differences/", rows.DifferenceList.as_view(), name="census_differences"),
    path("censuses/<int:census_pk>/urging/", urging.CensusUrging.as_view(), name="census_urging"),
    path("censuses/<int:census_pk>/close/", views.CensusClose.as_view(), name="census_close"),
    path("censuses/rows/<int:census_row_pk>/", units.RowPage.as_view(), name="census_row"),
    path("censuses/units/<int:census_unit_pk>/", units.UnitPage.as_view(), name="census_unit"),
    path("censuses/units/<int:census_unit_pk>/agree/", units.RowsAgree.as_view(), name="census_agree"),
    path("censuses/units/<int:census_unit_pk>/confirm/", units.UnitConfirm.as_view(), name="census_confirm"),
    path("censuses/units/<int:census_unit_pk>/return/", units.UnitReturn.as_view(), name="census_return"),
    path("censuses/units/<int:census_unit_pk>/calls/new/", urging.CensusCallNew.as_view(), name="census_call_new"),
    path("censuses/units/<int:census_unit_pk>/contact/", urging.CensusContact.as_view(), name="census_contact"),
]
