"""Each component by itself: what its macro writes."""
