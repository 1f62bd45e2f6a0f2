"""The parameters of the rule book, as the portal enters them."""

import pytest
from django.conf import settings

from portal.home.management.commands.load_reference import parameter_rows
from portal.regulations.services import load_parameters
from tests.personas import Province


@pytest.fixture
def parameters(province: Province) -> None:
    """All dated parameters of the project; the one of Jiangsu needs its province."""
    from tests.factories import make_region

    make_region("320000", "江苏省")
    load_parameters(parameter_rows(settings.BASE_DIR / "fixtures" / "reference"))
