"""A copy of an identity document: one cell of the matrix, checked pixel by pixel, encrypted, soon gone."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import select

from shop.core import clock
from shop.core.db import db
from shop.people.models import AuditEntry
from shop.privacy import id_pictures, jobs
from shop.privacy.actions import id_copies
from shop.privacy.actions.requests import Asked, prove, take_in
from shop.privacy.models import IdCopy, RequestEvent
from shop.privacy.rules import requests as rules
from shop.privacy.rules.id_copies import WrongBoxes, read_boxes
from tests.factories import make_staff
from tests.page import Browser, forget_last_request

pytestmark = pytest.mark.both_databases

Staff = Callable[..., Browser]
BOXES = "photo:16,16,160,208;mrz:0,400,640,80;number:400,32,160,48;bsn:absent"
SIZE = (640, 480)


def document(*, covered: bool = True, size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture like a document; covered where BOXES says so."""
    image = Image.effect_noise(size, 90).convert("RGB")
    if covered:
        pen = ImageDraw.Draw(image)
        for left, top, width, height in ((16, 16, 160, 208), (0, 400, 640, 80), (400, 32, 160, 48)):
            pen.rectangle((left, top, left + width - 1, top + height - 1), fill=(0, 0, 0))
    return image


def as_bytes(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def asked(kind: str = "access", *, proof: str = "") -> int:
    """A request of a guest."""
    request = take_in(
        Asked(kind, "email", "nl", clock.today(), email="nieuw@example.com", known_email="oud@example.com"),
        at=clock.now(),
    )
    request.proof = proof
    db.session.commit()
    return request.id


def link_in(mailbox: Any) -> str:
    text = mailbox()[-1].get_content()
    return next(word for word in text.split() if "/data-request/id-copy/" in word).removeprefix("http://localhost")


def offer(request_id: int) -> None:
    id_copies.ask(request_id, reason="Geen andere weg.", staff_id=make_staff("privacy").id, at=clock.now())
    db.session.commit()


def send(browser: Browser, link: str, content: bytes, boxes: str = BOXES, name: str = "copy.png") -> int:
    """Send a file as the tool, or anybody else, would."""
    forget_last_request()
    answer = browser.client.post(
        link,
        data={"boxes": boxes, "picture": (BytesIO(content), name)},
        content_type="multipart/form-data",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    return answer.status_code


def rows() -> list[IdCopy]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(IdCopy).order_by(IdCopy.id)))


def folder(app: Flask) -> list[Path]:
    return sorted((Path(app.config["INSTANCE_PATH"]) / "id-copies").glob("*"))


@pytest.fixture(autouse=True)
def empty_folder(app: Flask) -> None:
    for file in folder(app):
        file.unlink()


WHO = {"signed in": "signed_in", "guest with the mailbox": "mailbox", "guest without it": ""}


@pytest.mark.parametrize("kind", rules.KINDS)
@pytest.mark.parametrize("who", WHO)
def test_the_upload_is_in_exactly_one_cell_of_the_matrix(app: Flask, staff: Staff, kind: str, who: str) -> None:
    number = asked(kind, proof=WHO[who])
    desk = staff("privacy")
    page = desk.get(f"/staff/requests/{number}")
    path = f"/staff/requests/{number}/id-copy"
    is_last_resort = (kind, who) == ("access", "guest without it")
    assert (path in page.actions) == is_last_resort
    answer = desk.post(path, ask_reason="Geen andere weg.")
    assert answer.status == (303 if is_last_resort else 422)
    assert len(rows()) == (1 if is_last_resort else 0)


def test_a_link_that_was_given_opens_nothing_once_the_person_is_proved(
    app: Flask, visitor: Browser, mailbox: Any
) -> None:
    number = asked()
    offer(number)
    link = link_in(mailbox)
    assert visitor.get(link).status == 200
    prove(number, rules.MAILBOX, person_id=None, staff_id=None, at=clock.now())
    db.session.commit()
    assert visitor.get(link).status == 404
    assert send(visitor, link, as_bytes(document())) == 404
    assert folder(app) == []


def test_the_last_resort_needs_a_reason(app: Flask, staff: Staff) -> None:
    number = asked()
    desk = staff("privacy")
    desk.get(f"/staff/requests/{number}")
    assert desk.send(f"/staff/requests/{number}/id-copy", ask_reason=" ").status == 422
    assert rows() == []


def test_a_good_copy_is_kept_encrypted_and_the_link_works_once(app: Flask, visitor: Browser, mailbox: Any) -> None:
    offer(asked())
    link, sent = link_in(mailbox), as_bytes(document())
    assert send(visitor, link, sent) == 303
    (copy,) = rows()
    (file,) = folder(app)
    kept = file.read_bytes()
    assert b"\x89PNG" not in kept
    assert sent[100:160] not in kept
    assert copy.state == "received"
    assert copy.covered == "photo,mrz,number"
    opened = Image.open(BytesIO(id_pictures.opened(copy.file_name, copy.wrapped_key)))
    assert opened.size == SIZE
    assert opened.crop((0, 400, 640, 480)).getbbox() is None
    assert not opened.info
    assert send(visitor, link, sent) == 404
    assert visitor.get(link).status == 404
    assert len(folder(app)) == 1


def with_text() -> bytes:
    info = PngInfo()
    info.add_text("Comment", "Jan Jansen, Dorpsstraat 1")
    return as_bytes(document(), pnginfo=info)


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "Jan Jansen"
    return as_bytes(document(), "JPEG", exif=exif)


def bomb() -> bytes:
    return as_bytes(Image.new("1", (20_000, 20_000)))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "not covered, with boxes told": (lambda: as_bytes(document(covered=False)), BOXES),
    "not covered, without box data": (lambda: as_bytes(document(covered=False)), ""),
    "covered, without box data": (lambda: as_bytes(document()), ""),
    "one part not told": (lambda: as_bytes(document()), "photo:16,16,160,208;mrz:0,400,640,80;number:400,32,160,48"),
    "nothing on it at all": (lambda: as_bytes(document()), "photo:absent;mrz:absent;number:absent;bsn:absent"),
    "a box outside the picture": (lambda: as_bytes(document()), BOXES.replace("640,80", "641,80")),
    "a box of nothing": (lambda: as_bytes(document()), BOXES.replace("16,16,160,208", "16,16,0,0")),
    "told twice, differently": (lambda: as_bytes(document()), BOXES + ";photo:absent"),
    "words for numbers": (lambda: as_bytes(document()), BOXES.replace("16,16", "a,b")),
    "one pixel shows": (lambda: as_bytes(document()), BOXES.replace("16,16,160,208", "16,16,161,208")),
    "a PDF": (lambda: b"%PDF-1.7\n" + b"x" * 2000, BOXES),
    "a HEIC": (lambda: b"\x00\x00\x00\x18ftypheic" + b"x" * 2000, BOXES),
    "a GIF": (lambda: as_bytes(document(), "GIF"), BOXES),
    "a WebP": (lambda: as_bytes(document(), "WEBP"), BOXES),
    "an SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", BOXES),
    "text in a PNG": (with_text, BOXES),
    "EXIF in a JPEG": (with_exif, BOXES),
    "a ZIP behind the picture": (lambda: as_bytes(document()) + b"PK\x03\x04" + b"x" * 100, BOXES),
    "HTML behind a JPEG": (lambda: as_bytes(document(), "JPEG", quality=95) + b"<script>1</script>", BOXES),
    "cut short": (lambda: as_bytes(document())[:4000] + b"IEND\xaeB`\x82", BOXES),
    "a bomb": (bomb, BOXES),
    "too small": (lambda: as_bytes(document(size=(100, 100))), BOXES),
    "too large": (lambda: b"\x89PNG\r\n\x1a\n" + b"x" * (5 * 1024 * 1024) + b"IEND\xaeB`\x82", BOXES),
    "empty": (lambda: b"", BOXES),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_covered_picture_is_refused_and_kept_in_no_form(
    app: Flask, visitor: Browser, mailbox: Any, what: str
) -> None:
    offer(asked())
    link = link_in(mailbox)
    make, boxes = REFUSED[what]
    assert send(visitor, link, make(), boxes) == 422
    assert folder(app) == []
    (copy,) = rows()
    assert (copy.state, copy.file_name, copy.wrapped_key) == ("asked", None, None)
    assert send(visitor, link, as_bytes(document())) == 303  # the link still works


def test_a_jpeg_that_is_as_black_is_taken_too(app: Flask, visitor: Browser, mailbox: Any) -> None:
    offer(asked())
    assert send(visitor, link_in(mailbox), as_bytes(document(), "JPEG", quality=90), name="copy.jpg") == 303


def test_each_look_is_noted_for_both_sides_and_only_one_role_looks(
    app: Flask, staff: Staff, visitor: Browser, mailbox: Any
) -> None:
    number = asked()
    offer(number)
    send(visitor, link_in(mailbox), as_bytes(document()))
    (copy,) = rows()
    path = f"/staff/requests/{number}/id-copy/{copy.id}/look"
    for role in ("owner", "fulfilment", "bookkeeping"):
        assert staff(role).post(path).status == 403
    desk = staff("privacy")
    desk.get(f"/staff/requests/{number}")
    for _turn in range(2):
        page = desk.post(path)
        assert page.status == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert "data:image/png;base64," in page.body.decode()
    db.session.rollback()
    seen = db.session.scalars(select(RequestEvent.kind).where(RequestEvent.request_id == number)).all()
    assert seen.count("id_copy_opened") == 2
    noted = select(AuditEntry).where(AuditEntry.action == "rights_request.id_copy_viewed")
    entries = db.session.scalars(noted).all()
    assert len(entries) == 2
    assert all(entry.person_id and entry.role == "privacy" for entry in entries)


@pytest.mark.parametrize("way", ["accept", "decide", "refuse"])
def test_it_is_destroyed_when_it_has_done_its_work(
    app: Flask, staff: Staff, visitor: Browser, mailbox: Any, way: str
) -> None:
    number = asked()
    offer(number)
    send(visitor, link_in(mailbox), as_bytes(document()))
    (copy,) = rows()
    desk = staff("privacy")
    desk.get(f"/staff/requests/{number}")
    if way == "decide":
        desk.send(f"/staff/requests/{number}/decide", decision="refused", reason="Het blijft onduidelijk.")
    else:
        assert desk.post(f"/staff/requests/{number}/id-copy/{copy.id}/{way}").status == 303
    assert folder(app) == []
    first, *others = rows()
    assert (first.state, first.wrapped_key, first.file_name) == ("destroyed", None, None)
    assert len(others) == (1 if way == "refuse" else 0)
    if way == "refuse":
        assert send(visitor, link_in(mailbox), as_bytes(document())) == 303


def test_it_never_lives_past_day_28(app: Flask, visitor: Browser, mailbox: Any, at: Any) -> None:
    at("2026-11-02 12:00")
    offer(asked())
    link = link_in(mailbox)
    send(visitor, link, as_bytes(document()))
    at("2026-11-29 23:00")  # day 27
    jobs.destroy_id_copies()
    assert len(folder(app)) == 1
    at("2026-11-30 00:30")  # day 28 begins
    jobs.destroy_id_copies()
    assert folder(app) == []
    assert rows()[0].state == "destroyed"


def test_a_file_that_no_row_knows_goes_too(app: Flask) -> None:
    name, _key = id_pictures.keep(b"stray")
    assert id_copies.destroy_old(clock.now(), False) == 0  # perhaps it is being noted just now
    assert id_copies.destroy_old(clock.now() + timedelta(hours=2), False) == 1
    assert name not in id_pictures.files()


def test_boxes_are_read_strictly() -> None:
    boxes, absent = read_boxes(BOXES, width=640, height=480)
    assert [box.part for box in boxes] == ["photo", "mrz", "number"]
    assert absent == {"bsn"}
    for wrong in ("", "photo", "x:1,1,9,9", BOXES.replace("16,16", "-1,16"), BOXES.replace("16,16", "١٦,16")):
        with pytest.raises(WrongBoxes):
            read_boxes(wrong, width=640, height=480)
