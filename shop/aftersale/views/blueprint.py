"""The blueprint of everything after the sale."""

from flask import Blueprint

bp = Blueprint("aftersale", __name__)
