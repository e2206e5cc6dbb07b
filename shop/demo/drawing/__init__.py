"""Draws the pictures of the demo shop; a developer's tool, the shop itself only serves the results."""
