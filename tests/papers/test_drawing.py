"""The PDF: opens, is tagged, lasts, and says what was put in; whatever somebody is called."""

import io
import re

import pytest
from pypdf import PdfReader

from shop.papers import drawing, rules, ubl
from shop.papers.rules import CREDIT_NOTE, RECEIPT, Line
from tests.papers.paper import BUSINESS, make_paper
from tests.site.hostile import TEXTS

NAMES = [
    *TEXTS[:12],
    "Jan\u202eneD\u202c",
    "\u2067abc\u2069",
    "Ann\u200b\u200b\u200bie",
    '#link("https://example.com")[x]',
    '#read("/etc/passwd")',
    '#image("http://example.com/a.png")',
    "$ x^2 $ *vet* _schuin_ `code`",
    "= Kop\n- punt",
    "@ref <label>",
    "\\u{202e}",
    "x" * 5000,
    "ﷺ" * 60,
    "محمد بن علي",
    "דוד",
    "李小龍",
    "Zoë Ñandú-Đặng Ħ",
    "👩‍👩‍👧",
    "<script>alert(1)</script>",
    "%PDF-1.7 /JS (x) /URI (y)",
    "' OR 1=1 --",
]


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf), strict=True)


def words(reader: PdfReader) -> str:
    text = "".join(page.extract_text() for page in reader.pages)
    return re.sub(r"[\s\u200b]", "", text)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", ["invoice", CREDIT_NOTE, RECEIPT])
def test_a_paper_is_tagged_named_and_made_to_last(app, kind, language):
    refers = {"refers_to": "2026-00001", "refers_to_on": "2026-11-28"} if kind == CREDIT_NOTE else {}
    pdf = drawing.pdf_of(make_paper(kind=kind, language=language, **refers))
    root = read(pdf).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata.replace("\n", "")
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_the_heading_the_table_and_its_heads_can_be_read_aloud(app):
    pdf = drawing.pdf_of(make_paper())
    tags = set(re.findall(rb"/S\s*/(\w+)", b"".join(structure(read(pdf)))))
    assert {b"H1", b"H2", b"Table", b"TH", b"TD", b"THead", b"TBody", b"P"} <= tags


def structure(reader: PdfReader):
    for number in range(1, reader.trailer["/Size"]):
        found = reader.get_object(number)
        if isinstance(found, dict) and found.get("/Type") == "/StructElem":
            yield f"/S {found['/S']}".encode()


def test_an_invoice_says_all_that_the_law_asks(app):
    paper = make_paper(buyer=BUSINESS, supplied_on="2026-11-29")
    text = words(read(drawing.pdf_of(paper)))
    for told in (
        "Factuur2026-00001",
        "29november2026",
        "SOSERAB.V.",
        "Triasplein121",
        "NL860999002B01",
        "80054811",
        "DeVries&Zn.<Keramiek>",
        "Donkerstraat52",
        "BE0411905847",
        "Theepot,zand(groot)",
        "€9,09",
        "€18,18",
        "21%",
        "9%",
        "0%",
        "Betaaldop28november2026",
        "Geleverdop29november2026",
        "€70,57",
        "€6,33",
        "€76,90",
        "Meteenkortingvan€3,00",
    ):
        assert told in text, told
    assert "@" not in text


def test_the_ubl_is_inside_the_pdf(app):
    paper = make_paper()
    xml = ubl.xml_of(paper)
    assert read(drawing.pdf_of(paper, xml=xml)).attachments == {"invoice.xml": [xml]}


def test_a_receipt_names_nobody_and_shows_what_went_back(app):
    back = (Line("correction", "Terugbetaald op 1 december 2026", 1, 1250, 217, 2100),)
    text = words(read(drawing.pdf_of(make_paper(kind=RECEIPT, number="26-4K7M9Q", buyer=None, back=back))))
    assert "Bonvanbestelling26-4K7M9Q" in text
    assert "Terugbetaaldop1december2026" in text
    assert "Voor" not in text.replace("Voorjegarantie", "")


def test_the_same_paper_is_the_same_file(app):
    assert drawing.pdf_of(make_paper()) == drawing.pdf_of(make_paper())


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_hostile_name_is_only_a_name(app, name):
    buyer = rules.party_of(name=name, company=name, street=name, postcode="3841 CD", town=name, country="NL")
    line = Line("item", rules.seen_text(name, longest=250), 1, 100, 17, 2100)
    pdf = drawing.pdf_of(make_paper(buyer=buyer, lines=(line,)))
    reader = read(pdf)
    assert 1 <= len(reader.pages) <= 2
    assert not re.search(rb"/(JavaScript|JS|Launch|URI|GoToR|SubmitForm)\b", b"".join(actions(reader)))
    assert not any(page.get("/Annots") for page in reader.pages)
    shown = re.sub(r"\s", "", buyer.name)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", shown)
    if shown.isascii():
        assert shown in words(reader), name


def actions(reader: PdfReader):
    for number in range(1, reader.trailer["/Size"]):
        found = reader.get_object(number)
        if isinstance(found, dict):
            yield repr(set(found) | {found.get("/S"), found.get("/Type")}).encode()
