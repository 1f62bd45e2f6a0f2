"""What history and logs keep about the request in hand: its number, its address, its path."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestFacts:
    """`request_id` is also the reference number that a person is shown."""

    request_id: str
    address: str
    method: str
    path: str


request_facts: ContextVar[RequestFacts | None] = ContextVar("portal_request", default=None)
