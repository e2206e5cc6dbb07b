"""What staff type, by subject."""
