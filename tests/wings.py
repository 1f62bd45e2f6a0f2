"""What the tests of the wings share: the moment they act in, and the parameters of the rule book."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import enter_parameters, make_region, shipped_parameters
from tests.personas import Province

NOW = datetime(2026, 6, 30, 9, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def now() -> datetime:
    """Nine o'clock of 2026-06-30 in Shanghai."""
    return NOW


@pytest.fixture
def parameters(province: Province) -> None:
    """All dated parameters of the project; those of places need them."""
    assert province.hunan
    make_region("320000", "江苏省")
    make_region("340100", "合肥市", make_region("340000", "安徽省"))
    enter_parameters(shipped_parameters())


def query_count(client: Client, url: str) -> int:
    """How many queries a page asks; the first visit, which may note the session's activity, is not counted."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
