"""What the back office asks, by subject."""
