"""The blueprint of the contact room."""

from flask import Blueprint

bp = Blueprint("contact", __name__)
