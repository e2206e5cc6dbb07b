"""A small server that speaks Mollie's HTTP API, for the demo and for tests; no money moves."""

from shop.payments.simulator.application import Simulator, create_simulator
from shop.payments.simulator.present import CANARIES
from shop.payments.simulator.remote import Control, ControlRefused
from shop.payments.simulator.server import SimulatorServer, serve

__all__ = ["CANARIES", "Control", "ControlRefused", "Simulator", "SimulatorServer", "create_simulator", "serve"]
