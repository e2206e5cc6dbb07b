"""Payment attempts, what came of them, and Mollie."""
