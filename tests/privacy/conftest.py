"""Personal numbers come into these tests the way they come into the portal: by an import."""

from tests.importing.conftest import run_import

__all__ = ["run_import"]
