"""VAT and totals: the one place that adds up prices."""
