"""Screens of the catalogue room."""

from flask import Blueprint

bp = Blueprint("catalogue", __name__)
