"""What the shop sells: products, collections, pictures, stock and search."""
