"""What keeps the shop running: worker, server, doctor, invariants, health."""
