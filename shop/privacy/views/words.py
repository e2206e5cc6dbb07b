"""What this room gives to every page: the ways to act on one's data."""

from shop.privacy import ways
from shop.privacy.views.blueprint import bp

data_ways = bp.app_template_global("data_ways")(ways.data_ways)
