"""A simulated vehicle …"""

from random import Random

import pytest

from demo.geography import Ground
from demo.simulation.streets import Streets
from demo.simulation.vehicles import Vehicle
from demo.simulation.ways import Way

NEUDE, DOM = (52.0927, 5.1181), (52.0907, 5.1213)
NOON = 1780315200.0  # 2026-06-01T12:00:00Z


@pytest.mark.parametrize(
    ("moment", "place"),
    [(-5, NEUDE), (0, NEUDE), (5, (52.0917, 5.1197)), (10, DOM), (15, DOM)],
)
def test_goes_straight_from_start_to_end(moment, place):
    assert Way(NEUDE, DOM, 0, 10).at(moment) == place


@pytest.mark.parametrize(("moment", "place"), [(0, NEUDE), (5, (52.16, 5.2)), (10, DOM)])
def test_takes_its_detour_half_way(moment, place):
    assert Way(NEUDE, DOM, 0, 10, detour=(52.16, 5.2)).at(moment) == place


def test_loses_charge_and_counts_metres_while_it_is_ridden():
    vehicle = Vehicle("SC-0001", "e-scooter", NEUDE, charge=50, odometer=1000, way=Way(NEUDE, DOM, NOON, NOON + 10))

    vehicle.move(NOON + 10, charge_per_second=0.5, seconds=10)

    assert (vehicle.place, vehicle.charge, round(vehicle.odometer)) == (DOM, 45, 1312)


def test_stays_as_it_is_while_nobody_rides_it():
    vehicle = Vehicle("SC-0001", "e-scooter", NEUDE, charge=50)

    vehicle.move(NOON, charge_per_second=0.5, seconds=10)

    assert (vehicle.place, vehicle.charge, vehicle.odometer) == (NEUDE, 50, 0)


def test_says_how_it_is():
    vehicle = Vehicle("SC-0001", "e-scooter", NEUDE, charge=50.4, odometer=1000, errors=["brake worn"])

    assert vehicle.report(NOON) == {
        "vehicle": "SC-0001",
        "at": "2026-06-01T12:00:00+00:00",
        "position": {"lat": 52.0927, "lng": 5.1181},
        "odometer": 1000,
        "speed": 0,
        "errors": ["brake worn"],
        "stateOfCharge": 50,
        "range": 20160,
    }


def test_says_whether_it_is_docked_if_it_can_be():
    bike = Vehicle("DB-0001", "smart-dock-bike", NEUDE, station="neude", slot="07")

    assert bike.report(NOON)["dock"] == {"stationId": "neude", "slot": "07"}
    bike.station = ""
    assert bike.report(NOON)["dock"] is None


# Where it is ridden to


def test_is_left_where_it_may_be():
    streets, ground = Streets(Random("streets")), Ground.load()

    for _time in range(20):
        place, station, slot = streets.destination(Vehicle("EB-0001", "e-bike", NEUDE))
        assert ground.allows(*place)
        assert (station, slot) == ("", "")


def test_goes_back_to_its_hub_if_it_has_to():
    bike = Vehicle("CB-0001", "cargo-bike", DOM, home=NEUDE)

    assert Streets(Random("streets")).destination(bike) == (NEUDE, "", "")


def test_has_a_dock_to_itself():
    streets = Streets(Random("streets"))
    bike = Vehicle("DB-0001", "smart-dock-bike", NEUDE)
    for slot in range(1, 20):
        streets.occupy("dock-science-park", f"{slot:02}")
        streets.occupy("dock-leidsche-rijn", f"{slot:02}")

    found = {streets.destination(bike)[1:] for _time in range(2)}

    assert found == {("dock-science-park", "20"), ("dock-leidsche-rijn", "20")}
    with pytest.raises(LookupError, match="All docks for smart-dock-bike are full"):
        streets.destination(bike)
    streets.leave("dock-science-park", "05")
    assert streets.destination(bike)[1:] == ("dock-science-park", "05")
