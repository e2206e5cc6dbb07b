"""Screens of the aftersale room."""

from flask import Blueprint

bp = Blueprint("aftersale", __name__)
