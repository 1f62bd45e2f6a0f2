"""What a preview rests on, as one short text: the file, the mapping, what a person decided, the rules and parameters.

A batch keeps the text of its check. When it is another one at the commit, something moved in between, and the file is
checked again before anything is written.
"""

import datetime as dt
import hashlib
import inspect
import json
from functools import lru_cache
from pathlib import Path

from django.utils import timezone

from portal.importing import resource_for
from portal.importing.models import ImportBatch
from portal.importing.resources import ImportResource
from portal.regulations.models import Parameter

ENGINE = Path(__file__).resolve().parent


def of(batch: ImportBatch, now: dt.datetime) -> str:
    """The basis of a check of ``batch`` that begins now. Without an effective date of its own the day counts too."""
    day = batch.effective_on or timezone.localdate(now)
    rules = _rules(batch.kind)
    parameters = list(Parameter.objects.order_by("pk").values_list("code", "text", "region", "starts_on", "ends_on"))
    stands_on = [batch.file_sha256, batch.mapping, batch.given, batch.source, batch.full_list_scope, day, rules]
    text = json.dumps([*stands_on, parameters], default=str, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache
def _rules(kind: str) -> str:
    """The version of the rules: the declaration of the kind and the engine, parsers included, as they are installed."""
    digest = hashlib.sha256()
    declared = {inspect.getfile(one) for one in resource_for(kind).__mro__ if issubclass(one, ImportResource)}
    for path in sorted({*map(Path, declared), *ENGINE.glob("*.py"), *(ENGINE / "parsers").glob("*.py")}):
        digest.update(path.read_bytes())
    return digest.hexdigest()
