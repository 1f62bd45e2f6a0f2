"""The browser that tests and pictures use: Debian's Chromium, at the two widths everything is looked at."""

import os
import shutil

WIDTHS = {"desk": (1366, 768), "phone": (390, 844)}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]


def chromium_path() -> str | None:
    """The browser installed on this machine, or one named in PORTAL_CHROMIUM."""
    named = os.environ.get("PORTAL_CHROMIUM")
    return named or next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
