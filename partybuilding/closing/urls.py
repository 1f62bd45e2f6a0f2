from django.urls import path

from partybuilding.closing import correction_views as corrections
from partybuilding.closing import movement_views, views
from partybuilding.closing import urging_views as urging

urlpatterns = [
    path("coverage/changes/", movement_views.ChangeList.as_view(), name="coverage_changes"),
    path("closes/", views.CloseList.as_view(), name="closes"),
    path("closes/new/", views.CloseNew.as_view(), name="close_new"),
    path("closes/<int:close_pk>/", views.ClosePage.as_view(), name="close"),
    path("closes/<int:close_pk>/urging/", urging.CloseUrging.as_view(), name="close_urging"),
    path("closes/units/<int:close_unit_pk>/calls/new/", urging.UnitCallNew.as_view(), name="unit_call_new"),
    path("closes/units/<int:close_unit_pk>/contact/", urging.UnitContact.as_view(), name="unit_contact"),
    path("closes/<int:close_pk>/corrections/new/", corrections.CorrectionMany.as_view(), name="close_corrections"),
    path("closes/corrections/<int:correction_pk>/file/", corrections.CorrectionFile.as_view(), name="correction_file"),
    path("closes/corrections/of/<int:association_pk>/", corrections.CorrectionNew.as_view(), name="close_correct"),
    path("closes/units/<int:close_unit_pk>/", views.UnitPage.as_view(), name="close_unit"),
    path("closes/units/<int:close_unit_pk>/confirm/", views.UnitConfirm.as_view(), name="close_unit_confirm"),
]
