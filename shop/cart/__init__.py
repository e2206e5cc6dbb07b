"""What somebody gathers before ordering."""
