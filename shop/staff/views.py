"""Screens of the staff room."""

from flask import Blueprint

bp = Blueprint("staff", __name__)
