"""Commands that fill the shop with its demo, or with very much of it."""

import click
from flask import Flask, current_app
from sqlalchemy import select

from shop.accounts.queries import account_by_email
from shop.catalogue.models import Product
from shop.core import clock
from shop.core.db import db, writing
from shop.demo.analytics import load_analytics
from shop.demo.changes import load_changes
from shop.demo.contact import load_contact, load_statement
from shop.demo.content import load_catalogue, load_shipping
from shop.demo.desk import load_desk
from shop.demo.history import load_history
from shop.demo.papers import load_papers
from shop.demo.people import CUSTOMER, PASSWORD, STAFF, TOTP_SECRET, load_people
from shop.demo.refunds import load_refunds, tell_simulator
from shop.demo.rights import load_rights
from shop.demo.scale import load_orders, load_products
from shop.people.ledger import adopt_when_empty


@click.group("demo")
def demo() -> None:
    """The believable small shop that `make run` shows."""


@demo.command("load")
def load() -> None:
    """Fill an empty shop with products, customers and orders; a filled one stays as it is. Prints the sign-ins."""
    _refuse_production()
    adopt_when_empty()
    load_statement()
    if db.session.scalar(select(Product.id).limit(1)) is None:
        with writing():
            at = clock.now()
            load_shipping()
            products = load_catalogue(at=at)
            account = load_people(at=at)
            orders = load_history(account, at=at)
            load_changes(at=at)
            load_contact(account, at=at)
            load_papers(account, at=at)
            load_analytics(at=at)
            load_refunds(at=at)
            orders += load_desk(account, at=at)
            load_rights(at=at)
            db.session.commit()
        tell_simulator()
        click.echo(f"Loaded {products} products and {orders} orders.")
    _print_sign_ins()


@demo.command("scale")
@click.option("--products", type=click.IntRange(0, 1_000_000), default=0, help="How many products to add.")
@click.option("--orders", type=click.IntRange(0, 5_000_000), default=0, help="How many past orders to add.")
def scale(products: int, orders: int) -> None:
    """Add very many invented products and orders, to measure with."""
    _refuse_production()
    with writing():
        at = clock.now()
        made = load_products(products, at=at), load_orders(orders, at=at)
        db.session.commit()
    click.echo(f"Added {made[0]} products and {made[1]} orders.")


def _refuse_production() -> None:
    if current_app.config["ENVIRONMENT"] == "production":
        raise click.ClickException("the demo is never loaded in production")


def _print_sign_ins() -> None:
    base = current_app.config["PUBLIC_URL"]
    click.echo(f"\nThe shop:       {base}\nBack office:    {base}/staff")
    if current_app.config["USES_SIMULATOR"]:
        click.echo(f"Mollie (test):  {current_app.config['MOLLIE_API_URL']}")
    click.echo(f"Mail:           {current_app.config['INSTANCE_PATH'] / 'mail'}")
    click.echo(f"\nSign-ins, all with the password {PASSWORD}:")
    if account_by_email(CUSTOMER) is not None:
        click.echo(f"  {CUSTOMER:26} customer")
    else:
        click.echo(f"  {CUSTOMER} was erased, as it asked; sign up again, or begin with an empty instance folder")
    db.session.rollback()
    for email, _name, role in STAFF:
        click.echo(f"  {email:26} {role.value}")
    click.echo(f"Staff's second factor: TOTP with the secret {TOTP_SECRET}\n")


def init_commands(app: Flask) -> None:
    """Hang the commands in the app."""
    app.cli.add_command(demo)
