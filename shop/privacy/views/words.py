"""What this room gives to every page: the ways to act on one's data."""

from shop.privacy import ways
from shop.privacy.queries.erasing import may_go_alone
from shop.privacy.views.blueprint import bp

bp.app_template_global("may_go_alone")(may_go_alone)
data_ways = bp.app_template_global("data_ways")(ways.data_ways)
