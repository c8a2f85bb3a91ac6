"""The way of a ride as a list of points, [milliseconds since the departure, lat, lon]."""

from itertools import pairwise

from fleet import geo
from legs.models.states import LegState

# What a satellite receiver says of a vehicle that does not move differs by some metres each time.
STANDS_STILL_M = 10
FASTEST_M_PER_S, CLOCKS_DIFFER_S = 70, 60
MOST_POINTS = 400


def extended(track, millis, lat, lon):
    """(the track with this point, the metres to it); as it was, and 0, for a point that tells nothing new.

    The same for one that cannot be true: older than the last, or further away than a vehicle can have come.
    """
    point = [millis, round(lat, 6), round(lon, 6)]
    if not track:
        return [[max(millis, 0), *point[1:]]], 0
    last, last_lat, last_lon = track[-1]
    metres, seconds = geo.distance_m(last_lat, last_lon, lat, lon), (millis - last) / 1000
    if metres < STANDS_STILL_M or seconds < 0 or metres > FASTEST_M_PER_S * (seconds + CLOCKS_DIFFER_S):
        return track, 0
    return _thinned([*track, point]), round(metres)


def until(millis, track, metres, segments):
    """(the track, the metres ridden) by then; `segments` are [state, seconds] of the ride."""
    left = [point for point in track if point[0] <= millis]
    before, after = _in_use(track, segments), _in_use(left, segments)
    # Less than that was ridden if the vehicle was moved after it was parked, more if points were left out.
    return left, min(metres, max(after, metres - (before - after)))


def _in_use(track, segments):
    ways = pairwise(track)
    return round(sum(geo.distance_m(*here[1:], *there[1:]) for here, there in ways if _counts(segments, there[0])))


def _counts(segments, millis):
    """Whether the vehicle was in use then. The last of the segments goes on."""
    for state, seconds in segments[:-1]:
        millis -= seconds * 1000
        if millis <= 0:  # what happens at the end of a segment comes after the way to it
            return state == LegState.IN_USE
    return segments[-1][0] == LegState.IN_USE


def _thinned(track):
    """At most MOST_POINTS of it: every other one is left out, the first and the last stay."""
    return track if len(track) <= MOST_POINTS else [*track[:-1:2], track[-1]]
