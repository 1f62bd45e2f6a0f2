"""Handing a stored file to a browser."""

from django.http import FileResponse

from portal.files.models import StoredFile
from portal.files.services import open_file


def download(stored: StoredFile, as_name: str = "") -> FileResponse:
    """The file as an attachment. The caller has already reached the record that the file belongs to."""
    response = FileResponse(
        open_file(stored), as_attachment=True, filename=as_name or stored.name, content_type=stored.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
