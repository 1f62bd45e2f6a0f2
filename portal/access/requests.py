"""What history and logs keep about the request in hand: its number, its address, its path."""

from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class RequestFacts:
    """`request_id` is also the reference number that a person is shown."""

    request_id: str
    address: str
    method: str
    path: str


request_facts: ContextVar[RequestFacts | None] = ContextVar("portal_request", default=None)


def was_cut_off(request: HttpRequest) -> bool:
    """Whether less of the body arrived than was announced. Django reads such a form as one with empty fields.

    A server that notices the broken line raises by itself; others, and proxies, only end the stream.
    """
    if request.method != "POST":
        return False
    _ = request.POST  # read to its end
    stream = getattr(request, "_stream", None)
    limit, position = getattr(stream, "limit", None), getattr(stream, "_pos", None)
    return limit is not None and position is not None and 0 < position < limit
