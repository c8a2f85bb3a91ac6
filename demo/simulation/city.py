"""The city lives: travellers come and go at a rate, vehicles report, providers are called, colleagues decide."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random

from demo.client import Client
from demo.simulation import accounts
from demo.simulation.acts import act
from demo.simulation.colleague import Colleague
from demo.simulation.middleware import Middleware
from demo.simulation.receiver import Receiver
from demo.simulation.scenarios import Scenario, draw
from demo.simulation.streets import Streets
from demo.simulation.tally import Tally
from demo.simulation.travellers import Traveller
from demo.simulation.world import World

STATUS_S = 30
MOST_AT_ONCE = 200
LAST_CALLS_S = 90  # what failed is repeated after 5 and 15 seconds, and a silent receiver rests
LAST_RIDES_S = 150


@dataclass(frozen=True)
class Pace:
    """How much happens: rides that begin per minute, the share (0 to 1) that goes wrong, how long a ride takes."""

    rides_per_minute: float
    misbehaviour: float
    ride_seconds: float


class City:
    """One simulation against the operator at this address (…/tomp), from `live` to its summary."""

    def __init__(self, base_url: str, pace: Pace, *, seed: str, say: Callable[[str], None]) -> None:
        self._pace, self._seed, self._say = pace, seed, say
        self._rng = Random(f"{seed} travellers")  # noqa: S311 the same travellers every time are the point
        self.tally = Tally()
        self._travellers: list[threading.Thread] = []
        self._world = self._made(base_url)
        self._count = 0

    def _made(self, base_url: str) -> World:
        pace, tally = self._pace, self.tally
        receiver = self._receiver(accounts.load()["port"])
        opened, device_key = accounts.open_accounts(port=receiver.port)
        streets = Streets(self._random("streets"))
        server = base_url.rstrip("/").removesuffix("/tomp")
        middleware = Middleware(
            Client(server, maas_id="vehicles", api_key=device_key, api_version="1.6"),
            streets=streets,
            tally=tally,
            rng=self._random("vehicles"),
            misbehaviour=pace.misbehaviour,
            ride_seconds=pace.ride_seconds,
        )
        middleware.load()
        colleague = Colleague(tally)
        return World(base_url, opened, streets, middleware, receiver, colleague, tally, pace.ride_seconds)

    def _receiver(self, port: int) -> Receiver:
        """At the port of the last time, where calls that are still owed go; at another one if that is taken."""
        listen = partial(Receiver, tally=self.tally, rng=self._random("receiver"), misbehaviour=self._pace.misbehaviour)
        try:
            return listen(port=port)
        except OSError:
            return listen()

    def _random(self, what: str) -> Random:
        return Random(f"{self._seed} {what}")  # noqa: S311 as above

    def live(self, *, seconds: float | None = None, scenarios: Iterator[Scenario] | None = None) -> None:
        """It lived for so long, until Ctrl-C, or until the scenarios were all begun; then everything came to an end."""
        world = self._world
        for party in (world.receiver, world.colleague, world.middleware):
            party.start()
        try:
            self._begin_rides(seconds, scenarios or self._drawn())
        except KeyboardInterrupt:
            self._say("Stopping: running rides are brought to an end.")
        finally:
            self._wind_up()

    def _drawn(self) -> Iterator[Scenario]:
        while True:
            yield draw(self._rng, self._pace.misbehaviour)

    def _begin_rides(self, seconds: float | None, scenarios: Iterator[Scenario]) -> None:
        began = said = time.monotonic()
        for scenario in scenarios:
            if seconds is not None and time.monotonic() - began > seconds:
                return
            if self._riding() < MOST_AT_ONCE:
                self._begin(scenario)
            time.sleep(self._rng.expovariate(self._pace.rides_per_minute / 60))
            if time.monotonic() - said > STATUS_S:
                said = time.monotonic()
                self._say(self.tally.status(riding=self._riding()))

    def _begin(self, scenario: Scenario) -> None:
        self._count += 1
        rng = self._random(f"traveller {self._count}")
        traveller = Traveller(self._world, rng.choice(self._world.accounts), scenario, rng)
        thread = threading.Thread(target=traveller.play, args=(act,), name=f"traveller {self._count}", daemon=True)
        thread.start()
        self._travellers.append(thread)

    def _riding(self) -> int:
        self._travellers = [thread for thread in self._travellers if thread.is_alive()]
        return len(self._travellers)

    def _wind_up(self) -> None:
        """Rides end sooner, vehicles tell the last, and what the operator owes comes to a server that behaves."""
        world = self._world
        world.receiver.misbehaviour = 0
        world.stopping.set()
        _wait_until(lambda: not self._riding(), LAST_RIDES_S)
        if riding := self._riding():
            self.tally.fault(f"{riding} travellers did not come to an end within {LAST_RIDES_S} s")
        world.colleague.stop()
        world.middleware.stop()
        _wait_until(world.receiver.is_complete, LAST_CALLS_S)
        for missing in world.receiver.missing():
            self.tally.fault(missing)
        world.receiver.stop()


def _wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    give_up_at = time.monotonic() + seconds
    while not is_so() and time.monotonic() < give_up_at:
        time.sleep(0.2)
