"""A believable small shop: products with pictures, customers and staff, orders in every state."""
