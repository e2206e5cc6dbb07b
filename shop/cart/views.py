"""Screens of the cart room."""

from flask import Blueprint

bp = Blueprint("cart", __name__)
