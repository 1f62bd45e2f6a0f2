"""`scripts/check` finds the tests of what changed."""

from scripts.parts.check import mirrored


def test_changed_files_name_the_tests_that_mirror_them() -> None:
    names = [
        "associations/registry/rules.py",
        "associations/apps.py",
        "portal/jobs/services.py",
        "templates/reporting/run.html",
        "tests/audit/test_pages.py",
        "tests/factories.py",
        "docs/operations.md",
        "tests/jobs/test_deleted_long_ago.py",
    ]
    assert mirrored(names) == [
        "tests/associations",
        "tests/associations/registry",
        "tests/audit/test_pages.py",
        "tests/jobs",
        "tests/reporting",
    ]


def test_nothing_changed_names_no_tests() -> None:
    assert mirrored([]) == []
