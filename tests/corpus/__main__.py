"""``python -m tests.corpus`` writes the corpus anew into ``tests/files/import``."""

import os

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    from tests.corpus.store import write

    write()
