"""The association's side, under /filings/."""

from django.urls import path

from supervision.inspections import handing_views, section_views, views

ONE = "filings/<int:inspection_pk>/"
SECTION = f"{ONE}sections/<slug:section>/"
RECEIPT = "filings/receipts/<uuid:submission_pk>/"
FILE = "filings/files/<int:attachment_pk>/"

urlpatterns = [
    path("filings/", views.FilingList.as_view(), name="filings"),
    path(ONE, views.FilingOverview.as_view(), name="filing"),
    path(f"{ONE}start/", views.FilingStart.as_view(), name="filing_start"),
    path(f"{ONE}repeat/", views.FilingRepeat.as_view(), name="filing_repeat"),
    path(SECTION, section_views.SectionScreen.as_view(), name="filing_section"),
    path(f"{SECTION}unlock/", section_views.SectionUnlock.as_view(), name="filing_unlock"),
    path(f"{ONE}check/", handing_views.FilingCheck.as_view(), name="filing_check"),
    path(f"{ONE}sign/", handing_views.FilingSign.as_view(), name="filing_sign"),
    path(f"{ONE}submit/", handing_views.FilingSubmit.as_view(), name="filing_submit"),
    path(f"{ONE}elsewhere/", handing_views.FilingElsewhere.as_view(), name="filing_elsewhere"),
    path(f"{ONE}documents/", handing_views.FilingDocument.as_view(), name="filing_document"),
    path(RECEIPT, handing_views.ReceiptScreen.as_view(), name="receipt"),
    path(f"{RECEIPT}documents/", handing_views.ReceiptDocument.as_view(), name="receipt_document"),
    path("filings/papers/<int:paper_pk>/", handing_views.PaperFile.as_view(), name="filing_paper"),
    path(FILE, handing_views.FilingFile.as_view(), name="filing_file"),
    path(f"{FILE}preview/", handing_views.FilingPreview.as_view(), name="filing_preview"),
]
