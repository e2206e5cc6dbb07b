"""The blueprint of the privacy room."""

from flask import Blueprint

bp = Blueprint("privacy", __name__)
