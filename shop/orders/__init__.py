"""What was bought, its status, its timeline and its parcels."""
