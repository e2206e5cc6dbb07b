"""The simulator rests when nothing is due."""

import time

from shop.payments.simulator import SimulatorServer


def test_a_simulator_with_nothing_to_do_uses_no_processor():
    with SimulatorServer() as server:
        server.control.settle()
        time.sleep(0.2)
        began = time.process_time()
        time.sleep(1.0)
        assert time.process_time() - began < 0.2
