"""The portal as the web server calls it."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_started
from django.db import close_old_connections

from portal.wsgi import application


@pytest.fixture
def _no_closing() -> Iterator[None]:
    """The connection of the tests is not the server's to close; Django's test client does the same."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


@pytest.mark.usefixtures("_no_closing")
def test_wsgi_application_answers() -> None:
    started: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80"}
    body = application(
        environ | {"wsgi.url_scheme": "http", "wsgi.input": io.BytesIO()}, lambda *args: started.append(args[0])
    )
    assert (started, b"".join(body)) == (["200 OK"], b"ok\n")
