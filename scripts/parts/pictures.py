"""`scripts/pictures`: the small demonstration province in Chromium at both widths, reduced, into docs/pictures/."""

import argparse
import io
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.parts.browser import ARGUMENTS, WIDTHS, chromium_path
from scripts.parts.prepare import PYTHON, ROOT, environment, prepare

TARGET = ROOT / "docs" / "pictures"
COLOURS = 64
LONGEST = 1800


def main(arguments: list[str]) -> int:
    """Prepare like every script, then go on in the prepared environment, where Playwright is."""
    prepare()
    command = [str(PYTHON), "-m", "scripts.parts.pictures", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode


@contextmanager
def site(url: str, accounts: str) -> Iterator[tuple[str, dict[str, tuple[str, str]]]]:
    """A portal that runs already, or one of our own on a data folder that is thrown away."""
    from tests.browser.portal import running_portal

    if url:
        rows = [line.split("\t") for line in Path(accounts).read_text(encoding="utf-8").splitlines()]
        yield url.rstrip("/"), {role: (username, password) for role, username, password, *_ in rows}
        return
    with tempfile.TemporaryDirectory(prefix="portal-pictures-") as folder, running_portal(Path(folder)) as portal:
        yield portal.url.rstrip("/"), portal.accounts


def reduced(png: bytes) -> bytes:
    """The picture in few colours and no longer than a reader scrolls."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, LONGEST)))
    out = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def take(options: argparse.Namespace) -> int:
    from playwright.sync_api import Error, Page, sync_playwright

    from scripts.parts.pages import PAGES, arrange, go, signed_in

    target = Path(options.target)
    target.mkdir(parents=True, exist_ok=True)
    failed = []
    wanted = [visit for visit in PAGES if not options.only or any(visit.name.startswith(one) for one in options.only)]
    with site(options.url, options.accounts) as (base, accounts), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        arrange(browser, base, accounts)
        for width in WIDTHS:
            pages: dict[str, Page] = {}
            for visit in wanted:
                try:
                    if visit.role not in pages:
                        pages[visit.role] = signed_in(browser, base, accounts, visit.role, width)
                    go(pages[visit.role], base, visit)
                    png = pages[visit.role].screenshot(full_page=True)
                    (target / f"{visit.name}-{width}.png").write_bytes(reduced(png))
                except Error as error:
                    failed.append(f"{visit.name} at {width}: {str(error).splitlines()[0]}")
            for page in pages.values():
                page.context.close()
        browser.close()
    known = {f"{visit.name}-{width}.png" for visit in PAGES for width in WIDTHS}
    for path in target.glob("*.png"):
        if path.name not in known:
            path.unlink()
    size = sum(path.stat().st_size for path in target.glob("*.png"))
    print(f"{len(list(target.glob('*.png')))} pictures in {target}, {size / 1024 / 1024:.1f} MB")
    for line in failed:
        print(f"no picture of {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    import django

    parser = argparse.ArgumentParser(prog="scripts/pictures", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="NAME", help="only pages whose name begins so")
    parser.add_argument("--url", default="", help="a portal that runs already (default: start one)")
    parser.add_argument("--accounts", default="", metavar="FILE", help="its demo-accounts.txt")
    parser.add_argument("--target", default=str(TARGET), metavar="FOLDER")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()  # the workbooks of the tests are made beside their models
    raise SystemExit(take(parser.parse_args()))
