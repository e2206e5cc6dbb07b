"""From SVG to WebP: one headless Chromium for all pictures, then the smallest file that still looks good."""

import io
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from shop.demo.drawing.canvas import Drawing

QUALITIES = (88, 84, 80, 75, 70)
GOAL_BYTES = 42_000


def chromium() -> str | None:
    """Where this machine keeps its browser; none means the one that came with Playwright."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def save_all(drawings: Iterable[tuple[Path, Drawing]]) -> list[tuple[Path, int]]:
    """Write every picture as WebP to its file and answer the files with their sizes in bytes."""
    written = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page()
        for file, drawing in drawings:
            page.set_viewport_size({"width": drawing.width, "height": drawing.height})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block}}</style>{drawing.svg()}")
            picture = smallest(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
            file.write_bytes(picture)
            written.append((file, len(picture)))
        browser.close()
    return written


def smallest(image: Image.Image) -> bytes:
    """The picture as WebP at the best quality that stays within the goal."""
    data = b""
    for quality in QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=6)
        data = buffer.getvalue()
        if len(data) <= GOAL_BYTES:
            break
    return data
