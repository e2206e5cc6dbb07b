"""From SVG to WebP: one headless Chromium for all pictures, then the smallest file that still looks good."""

import io
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from shop.demo.drawing.canvas import Drawing

QUALITIES = (88, 84, 80, 75, 70)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
GOAL_BYTES = 42_000


def chromium() -> str | None:
    """Where this machine keeps its browser; none means the one that came with Playwright."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def save_all(drawings: Iterable[tuple[Path, Drawing]]) -> list[tuple[Path, int]]:
    """Write every picture as WebP to its file and answer the files with their sizes in bytes."""
    written = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        for file, drawing in drawings:
            page.set_viewport_size({"width": drawing.width, "height": drawing.height})
            page.set_content(f"<style>*{{margin:0}}svg{{display:block}}</style>{drawing.svg()}")
            picture = smallest(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
            file.write_bytes(picture)
            written.append((file, len(picture)))
        browser.close()
    return written


def save_sheet(paint: Callable[[Drawing], None], file: Path) -> None:
    """Print one drawing as a PDF of a single A4 sheet, to be sold as a download."""
    drawing = Drawing(800, 1000)
    paint(drawing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        look = "@page{size:A4;margin:15mm}*{margin:0}svg{display:block;width:180mm;height:auto}"
        page.set_content(f"<!doctype html><title>{file.stem}</title><style>{look}</style>{drawing.svg()}")
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(page.pdf(prefer_css_page_size=True))
        browser.close()


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
