"""The WSGI application that the web server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

# What is loaded by now lives as long as the process: the collector need not walk it again. And a page of figures makes
# some 20,000 small objects that go with it, so looking for garbage every 700 of them cost up to 60 ms a page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
