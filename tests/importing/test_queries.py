"""Wizard pages cost the same however long the file is: counts and one page of rows, never the file."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.importing.models import ImportBatch
from tests.workbooks import association_row, table

PAGES = ("sheet", "mapping", "preview", "preview/?show=new", "preview/?show=rejected", "preview/?show=new&page=2")
MOST = 15


def count(client, path):
    """The queries of one page; the first page of a session costs a few more, so it is asked for before."""
    client.get("/imports/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_a_batch(run_import, personas, sign_in, page):
    client = sign_in(personas.department_admin)
    found = []
    for rows in (1, 70):
        good = [association_row(f"{rows}之{number}协会") for number in range(rows)]
        run_import(table([*good, *(association_row("坏", "1") for _ in range(rows))]))
        batch = ImportBatch.objects.order_by("-pk")[0]
        path = f"/imports/{batch.pk}/{page}" + ("" if "?" in page else "/")
        found.append(count(client, path))
    assert found[1] <= MOST
    assert found[1] == found[0]


def test_list_of_batches(run_import, personas, sign_in):
    client = sign_in(personas.department_admin)
    run_import(table([association_row("甲协会")]))
    one = count(client, "/imports/")
    for number in range(6):
        run_import(table([association_row(f"{number}协会")]))
    assert count(client, "/imports/") == one <= MOST
