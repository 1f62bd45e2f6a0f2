"""Which roles may call a view, and by which methods. Deny by default: a view without a policy is refused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from portal.access.roles import EVERYONE

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Policy:
    """`roles` may use `methods`; `is_public` needs no sign-in, `needs_membership` an active membership."""

    roles: frozenset[str] = field(default_factory=frozenset)
    methods: frozenset[str] = frozenset({"GET"})
    is_public: bool = False
    needs_membership: bool = True

    def __init__(
        self,
        roles: Iterable[str] = (),
        methods: Iterable[str] = ("GET",),
        *,
        is_public: bool = False,
        needs_membership: bool = True,
    ) -> None:
        object.__setattr__(self, "roles", frozenset(str(role) for role in roles))
        object.__setattr__(self, "methods", frozenset(methods))
        object.__setattr__(self, "is_public", is_public)
        object.__setattr__(self, "needs_membership", needs_membership)

    @classmethod
    def public(cls, methods: Iterable[str] = ("GET",)) -> "Policy":
        """For anybody, signed in or not."""
        return cls((), methods, is_public=True, needs_membership=False)

    @classmethod
    def signed_in(cls, methods: Iterable[str] = ("GET",), *, needs_membership: bool = True) -> "Policy":
        """For every role; `needs_membership=False` also lets in a user whose memberships have all ended."""
        return cls(EVERYONE, methods, needs_membership=needs_membership)

    def accepts(self, method: str) -> bool:
        """Whether the method is declared; HEAD goes with GET."""
        return ("GET" if method == "HEAD" else method) in self.methods


def policy(value: Policy) -> Callable[[F], F]:
    """Give a function view its policy."""

    def give(view: F) -> F:
        view.policy = value  # type: ignore[attr-defined]
        return view

    return give


def policy_of(view: Any) -> Policy | None:
    """The policy of a view function or of the class behind it."""
    found = getattr(view, "policy", None) or getattr(getattr(view, "view_class", None), "policy", None)
    return found if isinstance(found, Policy) else None


def keeps_text(view: Any) -> bool:
    """Whether what a person typed on this page is kept when the session ended meanwhile (`kept`)."""
    return bool(getattr(getattr(view, "view_class", view), "keeps_text", False))
