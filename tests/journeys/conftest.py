"""A real Chromium before a real shop: site, worker and Mollie as processes of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import select

from shop import create_app
from shop.catalogue.actions import CollectionDetails, save_collection, set_collection_products
from shop.catalogue.models import Product
from shop.core import clock
from shop.core.db import db
from tests.conftest import chromium, settings
from tests.databases import new_database, shared_folder
from tests.factories import make_product, make_shipping, make_staff
from tests.processes import RunningShop

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """One Chromium for all journeys of this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


class Visit:
    """A fresh profile, with all that it asked for and complained of."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.requests: list[str] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", lambda message: self._hear(message.type, message.text))
        context.on("weberror", lambda problem: self.complaints.append(str(problem.error)))
        self.page: Page = context.new_page()

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 4" not in text:
            self.complaints.append(text)


@pytest.fixture
def visit(chrome: Browser) -> Iterator[Callable[..., Visit]]:
    """`visit()` is somebody who has never been here; `visit(java_script_enabled=False)` somebody without scripts."""
    opened: list[BrowserContext] = []

    def come(**options: object) -> Visit:
        context = chrome.new_context(locale="nl-NL", **options)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        opened.append(context)
        return Visit(context)

    yield come
    for context in opened:
        context.close()


class Street(RunningShop):
    """A running shop with something on its shelves and somebody behind the counter."""

    slugs: list[str]
    staff: list[str]
    owners: list[str]
    mail: Path


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def street(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """The running shop, once for each kind of database: journeys share it, as people share a shop."""
    folder = tmp_path_factory.mktemp(f"street-{request.param}")
    database = new_database(request.param, folder, shared_folder(tmp_path_factory))
    with Street(folder, database) as shop:
        values = settings(folder / "instance", database, shop.simulator.base_url)
        app = create_app({**values, "PUBLIC_URL": shop.urls[0]})
        with app.app_context():
            make_shipping()
            shop.slugs = [make_product(name_nl=name, stock=50).slug for name in ("Theepot", "Kommetje", "Vaas")]
            collection = save_collection(CollectionDetails(name_nl="Theegoed", name_en="Tea things"), at=clock.now())
            set_collection_products(collection, db.session.scalars(select(Product.id)).all())
            db.session.commit()
            shop.staff = [make_staff("fulfilment").email for _n in range(20)]  # a code of each works once
            shop.owners = [make_staff("owner").email for _n in range(10)]
            db.engine.dispose()
        shop.mail = folder / "instance" / "mail"
        shop.start_sites()
        shop.start_worker()
        yield shop
