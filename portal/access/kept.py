"""Text that somebody sent after the session had ended: kept sealed until the same browser signs in again."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from portal.privacy.sealing import SealBroken, seal, unseal

KEY = "kept_text"
PLACE = {"table": "session", "column": KEY}
LIMIT = 200_000
KEPT_FOR = timedelta(hours=12)
NEVER = frozenset({"csrfmiddlewaretoken"})


@dataclass(frozen=True)
class KeptText:
    """What was posted to `path`, and when."""

    data: QueryDict
    at: datetime


def keep_text(request: HttpRequest) -> bool:
    """Keep what the request posted; False when it is too large to be a person's typing. Files are not kept."""
    fields = {name: values for name, values in request.POST.lists() if name not in NEVER}
    text = json.dumps(fields, ensure_ascii=False)
    if len(text) > LIMIT:
        return False
    request.session[KEY] = {
        "path": request.path,
        "at": timezone.now().isoformat(),
        "text": seal(text, **PLACE, row=request.path),
    }
    return True


def kept_text(request: HttpRequest) -> KeptText | None:
    """What this browser sent to this page before it signed in again; none after twelve hours."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if not kept or kept.get("path") != request.path:
        return None
    at = datetime.fromisoformat(kept["at"])
    if timezone.now() - at > KEPT_FOR:
        return None
    try:
        fields = json.loads(unseal(kept["text"], **PLACE, row=request.path))
    except SealBroken:
        return None
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return KeptText(data, at)


def drop_kept_text(request: HttpRequest) -> None:
    """Forget it: it was saved, or the person chose so."""
    if request.session.get(KEY, {}).get("path") == request.path:
        del request.session[KEY]
