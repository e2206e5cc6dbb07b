"""Tests of the pages about an order."""
