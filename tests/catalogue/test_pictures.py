"""Pictures: what is taken, what is left out, what is made of them."""

import os
import struct
import time
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from shop.catalogue import actions, pictures
from shop.catalogue.listeners import sweep_pictures
from shop.catalogue.models import CatalogueVersion, Picture
from shop.catalogue.pictures import NotAPicture
from shop.core import clock
from shop.core import outbox as outbox_queue
from shop.core.db import db
from tests.catalogue.shelf import NOON, picture, put_in_collection, put_on_shelf


@pytest.fixture
def media(app):
    """The folder of pictures, empty."""
    folder = Path(app.config["MEDIA_PATH"])
    for file in folder.glob("*"):
        file.unlink()
    return folder


def reason(content: bytes) -> str:
    with pytest.raises(NotAPicture) as refusal:
        pictures.save_master(content)
    return refusal.value.reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_four_kinds_are_taken_and_kept_as_one(media, kind):
    master = pictures.save_master(picture((90, 60), kind))
    with Image.open(media / f"{master.key}.webp") as kept:
        assert (kept.format, kept.size) == ("WEBP", (90, 60))
    assert (master.width, master.height) == (90, 60)


def test_where_and_with_what_a_photo_was_taken_is_gone(media):
    exif = Image.Exif()
    exif[Base.Make] = "CANARY-CAMERA"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (52.0, 20.0, 30.0)
    master = pictures.save_master(picture((640, 400), "JPEG", exif=exif, comment=b"CANARY-COMMENT"))
    pictures.derive(master.key)
    files = list(media.iterdir())
    assert len(files) == 7
    for file in files:
        content = file.read_bytes()
        assert b"CANARY" not in content
        with Image.open(file) as kept:
            assert not kept.getexif()
            assert "icc_profile" not in kept.info


def test_a_photo_taken_sideways_stands_upright(media):
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    master = pictures.save_master(picture((90, 60), "JPEG", exif=exif))
    assert (master.width, master.height) == (60, 90)


def test_what_is_see_through_becomes_white(media):
    file = BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(file, "PNG")
    master = pictures.save_master(file.getvalue())
    with Image.open(media / f"{master.key}.webp") as kept:
        assert kept.convert("RGB").getpixel((20, 20)) == (255, 255, 255)


def test_a_huge_picture_is_made_smaller(media):
    assert pictures.save_master(picture((4000, 1000))).width == pictures.MOST_SIDE


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is an enormous picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(7000, 7000), (60_000, 60_000)])
def test_a_bomb_is_refused(media, size):
    assert reason(bomb(*size)) == "pixels"
    assert list(media.iterdir()) == []


def gif() -> bytes:
    file = BytesIO()
    Image.new("RGB", (10, 10)).save(file, "GIF")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        gif(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n1 0 obj",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"",
    ],
    ids=["gif", "svg", "pdf", "html", "program", "empty"],
)
def test_other_kinds_are_refused_whatever_they_are_called(media, content):
    assert reason(content) == "kind"


def test_half_a_picture_is_refused(media):
    whole = picture((300, 300), "JPEG")
    assert reason(whole[: len(whole) // 2]) == "broken"


def test_a_file_that_is_too_large_is_refused_before_it_is_read(media):
    assert reason(picture() + b"\0" * pictures.MOST_BYTES) == "large"


def test_what_hides_behind_a_picture_is_gone(media):
    hidden = b"<script>CANARY</script>PK\x03\x04"
    master = pictures.save_master(picture((90, 60), "JPEG") + hidden)
    assert b"CANARY" not in (media / f"{master.key}.webp").read_bytes()


def test_widths_are_never_wider_than_the_master(media):
    master = pictures.save_master(picture((700, 350)))
    assert pictures.derive(master.key) == (320, 640)
    with Image.open(media / f"{master.key}-320.avif") as small:
        assert small.size == (320, 160)


def test_no_half_file_is_left_when_writing_fails(media, monkeypatch):
    def full(*args):
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        pictures.save_master(picture())
    assert list(media.iterdir()) == []


@pytest.mark.both_databases
def test_the_worker_makes_the_widths_and_pages_then_show_them(app, media, outbox, visitor):
    product, _variant = put_on_shelf()
    actions.add_picture(product, picture((700, 500)), alt_nl="Nog een", at=NOON)
    db.session.commit()
    before = db.session.get(CatalogueVersion, 1).version
    assert "/media/" in str(visitor.get(f"/products/{product.slug}").soup.find("picture"))
    assert outbox.carry_out() == 2
    db.session.expire_all()
    row = db.session.query(Picture).filter_by(alt_nl="Nog een").one()
    assert (row.formats, row.widths) == ("avif,webp,jpeg", "320,640")
    assert db.session.get(CatalogueVersion, 1).version > before
    db.session.rollback()
    shown = visitor.get(f"/products/{product.slug}").soup.find_all("picture")[1]
    assert [source["type"] for source in shown.find_all("source")] == ["image/avif", "image/webp"]
    assert f"/media/{row.key}-320.avif 320w" in shown.source["srcset"]
    assert (shown.img["width"], shown.img["height"]) == ("700", "500")
    assert visitor.get(shown.img["src"]).status == 200


def test_a_small_picture_is_shown_as_it_is(app, media, outbox):
    put_on_shelf()
    outbox.carry_out()
    db.session.expire_all()
    assert db.session.query(Picture).one().widths == ""


def test_deriving_a_picture_that_was_removed_does_nothing(app, media, outbox):
    put_on_shelf()
    actions.remove_picture(db.session.query(Picture).one(), NOON)
    db.session.commit()
    assert outbox.carry_out() == 2
    assert list(media.iterdir()) == []


def test_mail_does_not_stand_in_line_behind_pictures(app, media):
    put_on_shelf(at=NOON)
    outbox_queue.put("mail", "mail:1", reference="test", at=clock.now())
    db.session.commit()
    assert outbox_queue.claim(clock.now()).kind == "mail"
    assert outbox_queue.claim(clock.now()).kind == "picture"


def test_files_that_belong_to_no_picture_are_swept_after_a_day(app, media):
    product, _variant = put_on_shelf()
    tile = put_in_collection("Zeep", product)
    actions.set_collection_picture(tile, picture((400, 300)), NOON)
    db.session.commit()
    kept = {file.name for file in media.iterdir()}
    stray, cut_off, fresh = pictures.save_master(picture()), media / ".half.webp.abcd", pictures.save_master(picture())
    cut_off.write_bytes(b"half")
    yesterday = time.time() - 90_000
    for file in media.iterdir():
        if fresh.key not in file.name:
            os.utime(file, (yesterday, yesterday))
    assert sweep_pictures() == 2
    assert {file.name for file in media.iterdir()} == kept | {f"{fresh.key}.webp"}
    assert stray.key not in str(list(media.iterdir()))


def test_media_are_served_to_be_kept_for_a_year(visitor, media):
    master = pictures.save_master(picture())
    page = visitor.get(f"/media/{master.key}.webp")
    assert (page.status, page.headers["Content-Type"]) == (200, "image/webp")
    assert page.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    "name",
    [
        "shop.sqlite",
        "..%2fshop.toml",
        "%2e%2e%2fsecret.key",
        "....//secret.key",
        ".0123456789abcdef01234567.webp.abcd",
        "0123456789abcdef01234567.webp",
        "0123456789abcdef01234567.svg",
        "0123456789abcdef01234567-500.webp",
        "0123456789ABCDEF01234567.webp",
        "0123456789abcdef01234567.webp%0a",
    ],
)
def test_no_other_name_is_served(visitor, media, name):
    (media.parent / "secret.key").write_text("secret")
    (media / "shop.sqlite").write_text("secret")
    assert visitor.get(f"/media/{name}").status == 404
