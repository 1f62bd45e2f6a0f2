from django.urls import path

from supervision.reviews import desk, steps, views

urlpatterns = [
    path("reviews/", views.ReviewQueue.as_view(), name="reviews"),
    path("reviews/batch/", steps.BatchPage.as_view(), name="review_batch"),
    path("reviews/<int:inspection_pk>/", desk.ReviewPage.as_view(), name="review"),
    path("reviews/<int:inspection_pk>/remarks/", desk.SaveRemarks.as_view(), name="review_remarks"),
    path("reviews/<int:inspection_pk>/return/", steps.ReturnPage.as_view(), name="review_return"),
    path("reviews/<int:inspection_pk>/record/", steps.RecordPage.as_view(), name="review_record"),
    path("reviews/<int:inspection_pk>/reconsider/", steps.ReconsiderPage.as_view(), name="review_reconsider"),
    path("reviews/<int:inspection_pk>/urge/", steps.UrgePage.as_view(), name="review_urge"),
    path("reviews/<int:inspection_pk>/history/", steps.HistoryPage.as_view(), name="review_history"),
    path("reviews/<int:inspection_pk>/reveal/", steps.AnswerReveal.as_view(), name="review_reveal"),
]
