from django.urls import path

from portal.publishing import public_views, views

app_name = "publishing"
urlpatterns = [
    path("public/", public_views.PublicIndex.as_view(), name="index"),
    path("public/objections/", public_views.PublicReceipt.as_view(), name="receipt"),
    path("public/topics/<int:topic_pk>/", public_views.PublicTopic.as_view(), name="topic"),
    path("public/<int:publication_pk>/", public_views.PublicPage.as_view(), name="public"),
    path("public/<int:publication_pk>/document/", public_views.PublicDocument.as_view(), name="document"),
    path("public/<int:publication_pk>/object/", public_views.PublicObject.as_view(), name="object"),
    path("publications/", views.PublicationList.as_view(), name="publications"),
    path("publications/new/", views.PublicationNew.as_view(), name="publication_new"),
    path("publications/<int:publication_pk>/", views.PublicationDetail.as_view(), name="publication"),
    path("publications/<int:publication_pk>/edit/", views.PublicationEdit.as_view(), name="publication_edit"),
    path("publications/<int:publication_pk>/issue/", views.PublicationIssue.as_view(), name="publication_issue"),
    path(
        "publications/<int:publication_pk>/document/", views.PublicationDocument.as_view(), name="publication_document"
    ),
    path(
        "publications/<int:publication_pk>/withdraw/", views.PublicationWithdraw.as_view(), name="publication_withdraw"
    ),
    path("objections/<int:objection_pk>/", views.ObjectionDetail.as_view(), name="objection"),
    path(
        "objections/<int:objection_pk>/investigate/", views.ObjectionInvestigate.as_view(), name="objection_investigate"
    ),
    path("objections/<int:objection_pk>/conclude/", views.ObjectionConclude.as_view(), name="objection_conclude"),
]
