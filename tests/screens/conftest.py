"""The pages of tests/screens/pages.py are the whole site."""

from typing import Any

import pytest

from tests.screens import pages
from tests.wings import parameters

__all__ = ["parameters"]


@pytest.fixture
def site(settings: Any) -> None:
    settings.ROOT_URLCONF = pages.URLS
