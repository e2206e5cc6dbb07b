"""Covering a document in a real Chromium: by keyboard, by pointer, and what is really sent; and without scripts."""

import hashlib
import re
from base64 import b64decode
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from shop import create_app
from shop.core import clock
from shop.core.db import db
from shop.privacy import id_pictures
from shop.privacy.actions import id_copies
from shop.privacy.actions.requests import Asked, take_in
from shop.privacy.models import IdCopy
from tests.conftest import settings
from tests.factories import make_staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CAMERA = "Canon of Jan Jansen 1985"


@pytest.fixture(scope="module")
def shop(street) -> Iterator[Flask]:
    folder = street.folder / "instance"
    app = create_app({**settings(folder, street.database, street.simulator.base_url), "PUBLIC_URL": street.urls[0]})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def link(shop: Flask) -> tuple[str, int]:
    """A one-time address as its mail tells it, and the number of its copy."""
    asked = take_in(Asked("access", "email", "nl", clock.today(), email="nieuw@example.com"), at=clock.now())
    copy = id_copies.ask(asked.id, reason="Geen andere weg.", staff_id=make_staff("privacy").id, at=clock.now())
    from shop.core.outbox import OutboxRow

    row = db.session.query(OutboxRow).filter_by(key=f"rights_id_copy:{copy.id}").one()
    text = message_from_bytes(row.content, policy=default).get_content()
    db.session.commit()
    return re.search(r"http\S+/data-request/id-copy/\S+", text)[0], copy.id


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A photo as a camera makes it: large, on its side, with what the camera wrote in it."""
    image = Image.effect_noise((2400, 1500), 80).convert("RGB")
    ImageDraw.Draw(image).text((200, 1300), "P<NLDJANSEN<<JAN<<<<<<<<<<<", fill=(0, 0, 0))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = CAMERA, 6
    path = tmp_path / "paspoort.jpg"
    image.save(path, "JPEG", exif=exif, quality=92)
    return path


LISTENS = """
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = async function (data) {
  const bytes = new Uint8Array(await data.get("picture").arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  await window.heard(btoa(text), data.get("boxes"), [...data.keys()]);
  send.call(this, data);
};
"""
"""Puts an ear to what leaves the page: Chromium tells nobody else the bytes of a picture that is sent."""


def sent_by(page: Page) -> list[tuple[bytes, str, list[str]]]:
    """What the page sends: the picture, its boxes, and the names of all that goes along."""
    bodies: list[tuple[bytes, str, list[str]]] = []
    page.expose_function("heard", lambda text, boxes, names: bodies.append((b64decode(text), boxes, names)))
    page.add_init_script(LISTENS)
    return bodies


def assert_only_covered(sent: tuple[bytes, str, list[str]], original: bytes) -> None:
    """No metadata, nothing of the original's bytes, and every box pure black."""
    picture, boxes, names = sent
    assert set(names) <= {"boxes", "picture", "csrf_token"}
    assert CAMERA.encode() not in picture
    assert b"Exif" not in picture
    assert b"eXIf" not in picture
    assert original[2000:2064] not in picture
    assert hashlib.sha256(picture).digest() != hashlib.sha256(original).digest()
    image = Image.open(BytesIO(picture))
    width, height = image.size
    assert width < height <= 1600  # upright, scaled down
    assert not image.getexif()
    assert not image.info.get("icc_profile")
    rows = image.convert("RGB")
    told = [entry.split(":") for entry in boxes.split(";")]
    placed = [tuple(map(int, numbers.split(","))) for _part, numbers in told if numbers != "absent"]
    assert placed
    for left, top, width, height in placed:
        assert rows.crop((left, top, left + width, top + height)).getbbox() is None
        assert width * height > 900


def test_it_is_covered_and_sent_with_the_keyboard_alone(shop, street, visit, link, document):
    guest = visit()
    address, number = link
    bodies = sent_by(guest.page)
    assert guest.page.goto(address).status == 200
    guest.page.get_by_label("Foto of scan van je document").set_input_files(document)
    page = guest.page
    for name in ("Pasfoto", "Regels met <-tekens", "Documentnummer"):
        page.get_by_role("button", name=re.compile(f"Vak op: {name}")).press("Enter")
        for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown"):
            page.keyboard.press(key)
    page.get_by_label(re.compile("Staat er niet op: Burgerservicenummer")).press("Space")
    page.get_by_role("button", name="Laat zien wat wordt verstuurd").press("Enter")
    expect(page.get_by_role("img", name="Het afgedekte plaatje dat wordt verstuurd")).to_be_visible()
    page.get_by_role("button", name="Versturen", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Verzoek V-", timeout=40_000)
    (body,) = bodies
    assert_only_covered(body, document.read_bytes())
    db.session.rollback()
    copy = db.session.get_one(IdCopy, number)
    db.session.refresh(copy)
    assert copy.state == "received"
    assert id_pictures.opened(copy.file_name, copy.wrapped_key)
    assert guest.complaints == []
    assert {request.split("/")[2] for request in guest.requests if request.startswith("http")} == {
        street.urls[0].split("/")[2]
    }


def test_it_is_covered_with_a_pointer_and_nothing_goes_while_a_part_is_open(shop, street, visit, link, document):
    guest = visit(viewport={"width": 360, "height": 740})
    page = guest.page
    bodies = sent_by(page)
    page.goto(link[0])
    page.get_by_role("button", name="Alles weigeren").click()
    page.goto(link[0])
    page.get_by_label("Foto of scan van je document").set_input_files(document)
    page.get_by_role("button", name=re.compile("Vak op: Pasfoto")).click()
    box = page.locator(".redact-box").bounding_box()
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.up()
    moved = page.locator(".redact-box").bounding_box()
    assert moved["x"] > box["x"] + 20
    assert moved["y"] > box["y"] + 40
    page.get_by_role("button", name="Laat zien wat wordt verstuurd").click()
    expect(page.get_by_role("status")).to_contain_text("Nog niet afgedekt")
    expect(page.get_by_role("button", name="Versturen", exact=True)).to_be_hidden()
    assert bodies == []
    for part in ("mrz", "number", "bsn"):
        page.locator(f"label[for=absent-{part}]").click()
    page.get_by_role("button", name="Laat zien wat wordt verstuurd").click()
    page.get_by_role("button", name="Versturen", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Verzoek V-", timeout=40_000)
    assert_only_covered(bodies[0], document.read_bytes())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert guest.complaints == []


def test_a_pdf_is_no_picture_and_without_scripts_the_other_ways_are_told(shop, street, visit, link, tmp_path):
    guest = visit()
    guest.page.goto(link[0])
    paper = tmp_path / "paspoort.pdf"
    paper.write_bytes(b"%PDF-1.7 x")
    guest.page.get_by_label("Foto of scan van je document").set_input_files(paper)
    expect(guest.page.get_by_role("status")).to_contain_text("geen pdf of HEIC")
    plain = visit(java_script_enabled=False, viewport={"width": 320, "height": 700})
    plain.page.goto(link[0])
    expect(plain.page.get_by_role("heading", name="Afdekken kan niet zonder JavaScript")).to_be_visible()
    expect(plain.page.locator("input[type=file]")).to_be_hidden()
    expect(plain.page.locator("main")).to_contain_text("Kom langs in Harderwijk")
