"""What all who take part in the simulation share."""

import threading
from dataclasses import dataclass, field

from demo.simulation.accounts import Account
from demo.simulation.colleague import Colleague
from demo.simulation.map import Map
from demo.simulation.middleware import Middleware
from demo.simulation.receiver import Receiver
from demo.simulation.streets import Streets
from demo.simulation.tally import Tally


@dataclass(frozen=True)
class World:
    """The operator's address, the other parties, and `stopping`: set when everybody is to come to an end."""

    base_url: str
    accounts: list[Account]
    streets: Streets
    middleware: Middleware
    receiver: Receiver
    colleague: Colleague
    tally: Tally
    ride_seconds: float
    map: Map = field(default_factory=Map)
    stopping: threading.Event = field(default_factory=threading.Event)
