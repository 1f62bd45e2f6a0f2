"""What history and logs keep about the request in hand: its number, its address, its path."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address

from django.http import HttpRequest

from portal.env import Network


@dataclass(frozen=True)
class RequestFacts:
    """`request_id` is also the reference number that a person is shown."""

    request_id: str
    address: str
    method: str
    path: str


request_facts: ContextVar[RequestFacts | None] = ContextVar("portal_request", default=None)


def client_address(remote: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Whose request it is: the peer's address, or behind our own proxies what they say about the sender.

    Each proxy writes the address it saw behind those it was told (`X-Forwarded-For`), so the list is read from its end
    as long as the speaker is trusted; what anybody else wrote in front counts for nothing.
    """
    address = remote
    told = [part.strip() for part in forwarded.split(",") if part.strip()]
    while told and _is_in(address, trusted):
        named = told.pop()
        try:
            address = str(ip_address(named))
        except ValueError:
            break
    return address


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


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
