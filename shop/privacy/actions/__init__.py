"""The verbs of the privacy room, by subject."""
