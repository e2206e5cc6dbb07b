"""The daily comparison's findings as the reader says them: no sentence of the program is left in its own words."""

import re

import pytest

from shop.config import ROOT
from shop.core.i18n import speaking
from shop.operations import reconciling
from shop.operations.models import Difference
from shop.staff.differences import told

SAYS = re.compile(r'yield f"I\d+: (.+)"$', re.MULTILINE)
FILES = ("shop/operations/queries.py", "shop/papers/queries.py")
WRITTEN = [sentence for file in FILES for sentence in SAYS.findall((ROOT / file).read_text())]


def in_dutch(kind: str, detail: str) -> tuple[str, ...]:
    with speaking("nl"):
        return told(Difference(kind=kind, detail=detail)).lines


def test_every_sentence_of_the_checks_has_its_words(app):
    sentences = [re.sub(r"\{[^}]+\}", "7", sentence) for sentence in WRITTEN if sentence != "{answer}"]
    assert len(sentences) > 25
    for sentence in sentences:
        (line,) = in_dutch(reconciling.BALANCE, f"I9: {sentence}")
        assert sentence not in line, sentence
        assert "7" in line, line


@pytest.mark.parametrize(
    ("kind", "detail", "line"),
    [
        (reconciling.ONLY_OURS, "paid", "De winkel zegt: betaald"),
        (reconciling.DIFFERS, "amount: 500 / 450", "Bedrag: Mollie zegt €\xa05,00, de winkel €\xa04,50"),
        (reconciling.DIFFERS, "status: paid / open", "Status: Mollie zegt betaald, de winkel open"),
        (reconciling.UNKNOWN, "EUR 12.50, paid", "€\xa012,50, betaald"),
        (reconciling.PAPER_TOTAL, "26-ABC234: 10.00 / 12.50", "Papieren: €\xa010,00. Bestelling: €\xa012,50."),
        (reconciling.STOCK, "something new", "something new"),
    ],
)
def test_amounts_and_statuses_are_those_of_the_reader(app, kind, detail, line):
    assert in_dutch(kind, detail) == (line,)


def test_the_order_that_a_difference_names_is_known(app):
    with speaking("nl"):
        assert told(Difference(kind=reconciling.PAPER_TOTAL, detail="26-ABC234: 1.00 / 2.00")).number == "26-ABC234"
        assert told(Difference(kind="balance", detail="I6: order 26-ABC234 has no lines")).number == "26-ABC234"
