from django.urls import path

from associations.library import views

urlpatterns = [
    path("library/", views.Library.as_view(), name="library"),
    path("library/new/", views.DocumentNew.as_view(), name="library_new"),
    path("library/<int:library_document_pk>/", views.DocumentPage.as_view(), name="library_document"),
    path("library/<int:library_document_pk>/file/", views.DocumentFile.as_view(), name="library_file"),
    path("library/<int:library_document_pk>/replace/", views.DocumentReplace.as_view(), name="library_replace"),
    path("library/<int:library_document_pk>/end/", views.DocumentEnd.as_view(), name="library_end"),
]
