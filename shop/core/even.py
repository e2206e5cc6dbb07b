"""Answers that take as long for a known address as for an unknown one."""

from time import monotonic, sleep

from shop.core.db import db

STEP = 0.25  # seconds: what tells known from unknown addresses takes far less


def evenly(started: float, page: str) -> str:
    """Hand out a page at a round moment, so that its time says nothing about the address that was typed."""
    db.session.rollback()
    sleep(STEP - (monotonic() - started) % STEP)
    return page
