"""The blueprint of the pages room."""

from flask import Blueprint

bp = Blueprint("pages", __name__)
