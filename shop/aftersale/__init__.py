"""The aftersale room."""
