"""The portal as the web server calls it."""

import io
from typing import Any

from portal.wsgi import application


def test_wsgi_application_answers() -> None:
    started: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80"}
    body = application(
        environ | {"wsgi.url_scheme": "http", "wsgi.input": io.BytesIO()}, lambda *args: started.append(args[0])
    )
    assert (started, b"".join(body)) == (["200 OK"], b"ok\n")
