from django.urls import path

from partybuilding.appraisal import lists, urging, views

OWN = "party-organizations/<int:organization_pk>/"
REVIEW = "appraisal/reviews/<int:member_review_pk>/"
REPORT = "appraisal/reports/<int:yearly_report_pk>/"
urlpatterns = [
    path("appraisal/reviews/", lists.ReviewList.as_view(), name="member_reviews"),
    path("appraisal/duty/", lists.PaperList.as_view(), name="duty_reports"),
    path("appraisal/duty/committees/", lists.CommitteeDutyList.as_view(), name="committee_duty_reports"),
    path("appraisal/duty/committees/new/", views.CommitteeReportNew.as_view(), name="committee_report_new"),
    path("appraisal/role-effect/", lists.RoleEffectList.as_view(), name="role_effects"),
    path("appraisal/reviews/urge/", urging.ReviewUrge.as_view(), name="review_urge"),
    path("appraisal/duty/urge/", urging.DutyUrge.as_view(), name="duty_urge"),
    path("appraisal/role-effect/urge/", urging.EffectUrge.as_view(), name="effect_urge"),
    path(REVIEW, views.ReviewDetail.as_view(), name="member_review"),
    path(REVIEW + "edit/", views.ReviewEdit.as_view(), name="member_review_edit"),
    path(REPORT, views.ReportDetail.as_view(), name="yearly_report"),
    path(REPORT + "edit/", views.ReportEdit.as_view(), name="yearly_report_edit"),
    path(REPORT + "rate/", views.ReportRate.as_view(), name="yearly_report_rate"),
    path(REPORT + "return/", views.ReportReturn.as_view(), name="yearly_report_return"),
    path(OWN + "reviews/new/", views.ReviewNew.as_view(), name="member_review_new"),
    path(OWN + "duty/new/", views.PaperNew.as_view(), name="duty_report_new"),
    path(OWN + "role-effect/new/", views.RoleEffectNew.as_view(), name="role_effect_new"),
]
