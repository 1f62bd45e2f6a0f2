"""Handing a stored file to a browser."""

from django.http import FileResponse

from portal.files.models import StoredFile
from portal.files.services import open_file
from portal.files.uploads import PICTURES, SHOWN_INLINE


def download(stored: StoredFile, as_name: str = "") -> FileResponse:
    """The file as an attachment. The caller has already reached the record that the file belongs to."""
    response = FileResponse(
        open_file(stored), as_attachment=True, filename=as_name or stored.name, content_type=stored.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def shown(stored: StoredFile) -> FileResponse:
    """A picture or PDF opened in the page's own window; anything else is handed over as an attachment."""
    if stored.media_type not in SHOWN_INLINE:
        return download(stored)
    response = FileResponse(open_file(stored), filename=stored.name, content_type=stored.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    if stored.media_type in PICTURES:
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    else:
        # A document may stand in a frame of our own pages, beside what it proves; nowhere else.
        response["X-Frame-Options"] = "SAMEORIGIN"
        response["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'self'"
    return response
