"""The two stylesheets that pages link to, made from the sources in static/css."""

import gzip
import os
import re
from pathlib import Path

import brotli

LAYERS = {"tokens.css": "tokens", "base.css": "base", "components": "components", "rooms": "rooms"}
SHARED = (
    "tokens.css",
    "base.css",
    "components/site.css",
    "components/button.css",
    "components/form.css",
    "components/form_notice.css",
    "components/money.css",
    "components/notice.css",
    "components/picture.css",
    "components/breadcrumbs.css",
    "components/pager.css",
    "components/quantity.css",
    "components/summary.css",
    "components/status.css",
    "components/table.css",
    "components/timeline.css",
    "components/empty.css",
)
BUNDLES = {
    "storefront.css": (
        *SHARED,
        "components/consent.css",
        "components/product_card.css",
        "components/steps.css",
        "rooms/home.css",
        "rooms/catalogue.css",
        "rooms/cart.css",
        "rooms/checkout.css",
        "rooms/aftersale.css",
        "rooms/accounts.css",
        "rooms/pages.css",
        "rooms/contact.css",
    ),
    "privacy.css": ("rooms/privacy.css",),
    "staff.css": (
        *SHARED,
        "components/chart.css",
        "rooms/accounts.css",
        "rooms/pages.css",
        "rooms/contact.css",
        "rooms/staff.css",
    ),
}

_QUOTED_OR_COMMENT = re.compile(r"""("[^"]*"|'[^']*')|/\*.*?\*/""", re.DOTALL)


def build_styles(static_folder: Path) -> None:
    """Write each stylesheet of the shop, its sources in their layers, to static/.build, compressed twins beside it."""
    target = static_folder / ".build"
    target.mkdir(parents=True, exist_ok=True)
    for name, sources in BUNDLES.items():
        css = bundle(static_folder / "css", sources).encode()
        twins = (target / f"{name}.br", target / f"{name}.gz")
        if (target / name).exists() and (target / name).read_bytes() == css and all(twin.exists() for twin in twins):
            continue
        for path, content in zip(twins, (brotli.compress(css), gzip.compress(css, mtime=0)), strict=True):
            _replace(path, content)
        _replace(target / name, css)


def bundle(folder: Path, sources: tuple[str, ...]) -> str:
    """The sources one after the other, each within the layer of the folder it stands in."""
    parts = [f"@layer {','.join(LAYERS.values())};"]
    for source in sources:
        layer = LAYERS[source.partition("/")[0]]
        parts.append(f"@layer {layer}{{{minified((folder / source).read_text(encoding='utf-8'))}}}")
    return "".join(parts)


def minified(css: str) -> str:
    """The same rules without comments and needless white space; quoted text stays as it is."""
    pieces = _QUOTED_OR_COMMENT.split(css)
    # Splitting leaves text at the even places, and between them what was quoted, or nothing where a comment stood.
    without_comments = "".join(
        piece or "" if place % 2 else _without_needless_space(piece) for place, piece in enumerate(pieces)
    )
    return without_comments.strip()


def _without_needless_space(css: str) -> str:
    """One space where there were many, and none beside punctuation that needs none."""
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,]) ?", r"\1", css)
    css = re.sub(r": ", ":", css)
    return css.replace(";}", "}")


def _replace(path: Path, content: bytes) -> None:
    """Put a file in place whole."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
