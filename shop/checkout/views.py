"""Screens of the checkout room."""

from flask import Blueprint

bp = Blueprint("checkout", __name__)
