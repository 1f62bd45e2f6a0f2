from django.urls import path

from partybuilding.deliberation import scan_views as scans
from partybuilding.deliberation import views

ONE = "party-organizations/<int:organization_pk>"
DECISIONS = "party-organizations/decisions"
INTERACTIONS = "party-organizations/interactions"
AGREEMENTS = "party-organizations/agreements"
urlpatterns = [
    path(f"{DECISIONS}/", views.DecisionList.as_view(), name="decisions"),
    path(f"{DECISIONS}/guide/", views.DecisionGuide.as_view(), name="decision_guide"),
    path(f"{ONE}/decisions/new/", views.DecisionNew.as_view(), name="decision_new"),
    path(f"{DECISIONS}/<int:major_decision_pk>/", views.DecisionDetail.as_view(), name="decision"),
    path(f"{DECISIONS}/<int:major_decision_pk>/edit/", views.DecisionEdit.as_view(), name="decision_edit"),
    path(f"{DECISIONS}/<int:major_decision_pk>/scan/", scans.DecisionScan.as_view(), name="decision_scan"),
    path(f"{DECISIONS}/<int:major_decision_pk>/scan/new/", scans.DecisionScanNew.as_view(), name="decision_scan_new"),
    path(f"{INTERACTIONS}/", views.InteractionList.as_view(), name="interactions"),
    path(f"{ONE}/interactions/new/", views.InteractionNew.as_view(), name="interaction_new"),
    path(f"{INTERACTIONS}/<int:interaction_pk>/", views.InteractionDetail.as_view(), name="interaction"),
    path(f"{INTERACTIONS}/<int:interaction_pk>/edit/", views.InteractionEdit.as_view(), name="interaction_edit"),
    path(f"{AGREEMENTS}/", views.AgreementList.as_view(), name="agreements"),
    path(f"{ONE}/agreements/new/", views.AgreementNew.as_view(), name="agreement_new"),
    path(f"{AGREEMENTS}/<int:agreement_pk>/", views.AgreementDetail.as_view(), name="agreement"),
    path(f"{AGREEMENTS}/<int:agreement_pk>/end/", views.AgreementEnd.as_view(), name="agreement_end"),
    path(f"{AGREEMENTS}/<int:agreement_pk>/scan/", scans.AgreementScan.as_view(), name="agreement_scan"),
    path(f"{AGREEMENTS}/<int:agreement_pk>/scan/new/", scans.AgreementScanNew.as_view(), name="agreement_scan_new"),
]
