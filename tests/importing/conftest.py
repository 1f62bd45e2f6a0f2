"""How tests of imports run one: through the services, as a person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from portal.access.actor import Actor, acting_as
from portal.importing import services
from portal.importing.models import ImportBatch
from tests.personas import Personas, Province


@pytest.fixture
def run_import(province: Province, personas: Personas) -> Callable[..., ImportBatch]:
    """Upload, read, check and, with ``commit``, write; as the department's administrator by default."""
    assert province.changsha

    def run(
        content: bytes,
        kind: str = "associations",
        name: str = "名录.xlsx",
        *,
        actor: Actor | None = None,
        commit: bool = False,
        given: dict[str, Any] | None = None,
        **options: Any,
    ) -> ImportBatch:
        actor = actor or personas.department_admin.actor
        now = timezone.now()
        with acting_as(actor):
            batch = services.upload(content, kind=kind, name=name, actor=actor, now=now, **options)
            batch = services.read(batch, actor=actor, now=now, given=given)
            if batch.state == "refused":
                return batch
            batch = services.start(batch, actor=actor, version=batch.version, now=now)
            batch = services.stage(batch, actor=actor, now=now)
            if commit and batch.state == "previewed":
                batch = services.confirm(batch, actor=actor, version=batch.version, now=now)
                batch = services.commit(batch, actor=actor, now=now)
        return batch

    return run
