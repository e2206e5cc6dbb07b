"""`python -m shop.demo.drawing [name …]`: draw all pictures of the demo shop, or those whose names begin so."""

import sys
from importlib import import_module
from pathlib import Path

from shop.demo.drawing.art import harbour_lines
from shop.demo.drawing.gallery import GALLERY, drawn
from shop.demo.drawing.render import save_all, save_sheet

SCENES = ("candles", "soap", "ceramics", "linen", "prints", "gifts")
FOLDER = Path(__file__).parent.parent / "pictures"
DOWNLOADS = Path(__file__).parent.parent / "downloads"
HOME = Path(__file__).parents[3] / "static" / "img"  # the wide pictures of the home page
ON_HOME = ("hero", "story")


def main() -> None:
    """Draw the pictures and say how large they became."""
    for subject in SCENES:
        import_module(f"shop.demo.drawing.scenes_{subject}")
    wanted = [name for name in GALLERY if name.startswith(tuple(sys.argv[1:]) or "")]
    FOLDER.mkdir(exist_ok=True)
    written = save_all(((HOME if name in ON_HOME else FOLDER) / f"{name}.webp", drawn(name)) for name in wanted)
    if not sys.argv[1:]:
        save_sheet(harbour_lines, DOWNLOADS / "kleurplaat-haven.pdf")
    for file, size in written:
        print(f"{size / 1000:6.1f} kB  {file.name}")
    print(f"{len(written)} pictures, {sum(size for _, size in written) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
