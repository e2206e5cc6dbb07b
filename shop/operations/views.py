"""Screens of the operations room."""

from flask import Blueprint

bp = Blueprint("operations", __name__)
