"""Commands about payments, and those about orders that need Mollie's word first."""

import click
from flask import Flask
from flask.cli import AppGroup

from shop.core import clock
from shop.orders.queries import due_to_expire
from shop.payments import jobs, methods

payments = AppGroup("payments", help="What Mollie knows, brought into the shop.")
orders = AppGroup("orders", help="Orders that wait for something.")


@payments.command("reconcile")
@click.option("--all", "is_all", is_flag=True, help="Every payment that is not final, not only those that are due.")
def reconcile_payments(is_all: bool) -> None:
    """Ask Mollie about open payments and settle what it says."""
    done = jobs.reconcile_all() if is_all else jobs.reconcile_due()
    click.echo(f"{done} payments brought up to date")


@payments.command("methods")
def refresh_methods() -> None:
    """Ask Mollie which ways to pay it offers."""
    click.echo(f"{methods.refresh()} countries renewed")


@orders.command("expire")
@click.option("--dry-run", is_flag=True, help="Only say how many orders are overdue.")
def expire_orders(dry_run: bool) -> None:
    """End orders that were not paid in time, after asking Mollie, and give their stock back."""
    if dry_run:
        click.echo(f"{len(due_to_expire(clock.now()))} orders are overdue")
        return
    click.echo(f"{jobs.expire_due()} orders expired")


def init_commands(app: Flask) -> None:
    """Hang the commands in the app."""
    app.cli.add_command(payments)
    app.cli.add_command(orders)
