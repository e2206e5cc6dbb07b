"""Addresses for machines: is the shop alive, is it ready, what may robots read."""

from flask import Blueprint, Response, current_app, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select, text

from shop.catalogue.models import Collection, Product
from shop.core.access import anyone
from shop.core.db import db

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
@anyone
def alive() -> ResponseReturnValue:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@anyone
def ready() -> ResponseReturnValue:
    """The database answers too; otherwise the error page says 503."""
    db.session.execute(text("SELECT 1"))
    return Response("ok\n", mimetype="text/plain")


@bp.get("/robots.txt")
@anyone
def robots() -> ResponseReturnValue:
    """What robots may read: everything that is the same for all."""
    closed = ("/account", "/cart", "/checkout", "/orders", "/staff", "/search")
    lines = ["User-agent: *", *(f"Disallow: {prefix}{path}" for path in closed for prefix in ("", "/en"))]
    lines.append(f"Sitemap: {current_app.config['PUBLIC_URL']}{url_for('operations.sitemap')}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/sitemap.xml")
@anyone
def sitemap() -> ResponseReturnValue:
    """Every page that is the same for all, in both languages."""
    base = current_app.config["PUBLIC_URL"]
    paths = ["/", "/privacy", "/cookies", "/terms", "/returns", "/shipping", "/contact", "/disclaimer", "/guarantee"]
    paths += ["/accessibility", "/parents", "/licences", "/security/report"]
    for model, folder in ((Collection, "collections"), (Product, "products")):
        slugs = db.session.scalars(select(model.slug).where(model.is_published).order_by(model.id).limit(20_000))
        paths += [f"/{folder}/{slug}" for slug in slugs]
    places = "".join(
        f"<url><loc>{base}{prefix}{path if path != '/' or not prefix else ''}</loc></url>"
        for path in paths
        for prefix in ("", "/en")
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    body = f'{head}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
    return Response(body, mimetype="application/xml")
