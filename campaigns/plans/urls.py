from django.urls import path

from campaigns.plans import part_views, unit_views, views

urlpatterns = [
    path("campaigns/", views.CampaignList.as_view(), name="campaigns"),
    path("campaigns/new/", views.CampaignNew.as_view(), name="campaign_new"),
    path("campaigns/<int:campaign_pk>/", views.CampaignDetail.as_view(), name="campaign"),
    path("campaigns/<int:campaign_pk>/edit/", views.CampaignEdit.as_view(), name="campaign_edit"),
    path("campaigns/<int:campaign_pk>/issue/", views.CampaignIssue.as_view(), name="campaign_issue"),
    path("campaigns/<int:campaign_pk>/close/", views.CampaignClose.as_view(), name="campaign_close"),
    path("campaigns/<int:campaign_pk>/phases/new/", part_views.PhaseNew.as_view(), name="phase_new"),
    path("campaigns/<int:campaign_pk>/steps/new/", part_views.StepNew.as_view(), name="step_new"),
    path("campaigns/<int:campaign_pk>/methods/new/", part_views.MethodNew.as_view(), name="method_new"),
    path("campaigns/<int:campaign_pk>/links/new/", part_views.LinkNew.as_view(), name="link_new"),
    path("campaigns/<int:campaign_pk>/steering/new/", part_views.SteeringNew.as_view(), name="steering_new"),
    path("campaigns/<int:campaign_pk>/units/", unit_views.UnitList.as_view(), name="units"),
    path("campaigns/phases/<int:phase_pk>/edit/", part_views.PhaseEdit.as_view(), name="phase_edit"),
    path("campaigns/phases/<int:phase_pk>/remove/", part_views.PhaseRemove.as_view(), name="phase_remove"),
    path("campaigns/steps/<int:step_pk>/edit/", part_views.StepEdit.as_view(), name="step_edit"),
    path("campaigns/steps/<int:step_pk>/remove/", part_views.StepRemove.as_view(), name="step_remove"),
    path("campaigns/steps/<int:step_pk>/extend/", part_views.StepExtend.as_view(), name="step_extend"),
    path("campaigns/methods/<int:method_pk>/edit/", part_views.MethodEdit.as_view(), name="method_edit"),
    path("campaigns/methods/<int:method_pk>/remove/", part_views.MethodRemove.as_view(), name="method_remove"),
    path("campaigns/steering/<int:steering_member_pk>/end/", part_views.SteeringEnd.as_view(), name="steering_end"),
    path("campaigns/units/<int:unit_pk>/", unit_views.UnitDetail.as_view(), name="unit"),
    path("campaigns/units/<int:unit_pk>/plan/", unit_views.PlanEdit.as_view(), name="plan_edit"),
    path("campaigns/units/<int:unit_pk>/plan/submit/", unit_views.PlanSubmit.as_view(), name="plan_submit"),
    path("campaigns/units/<int:unit_pk>/plan/review/", unit_views.PlanReview.as_view(), name="plan_review"),
    path("campaigns/units/<int:unit_pk>/plan/file/", unit_views.PlanFile.as_view(), name="plan_file"),
    path("campaigns/units/<int:unit_pk>/leave/", unit_views.UnitLeave.as_view(), name="unit_leave"),
]
