"""The way of a ride as a list of points, [milliseconds since the departure, lat, lon]."""

from fleet import geo

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


def _thinned(track):
    """At most MOST_POINTS of it: every other one is left out, the first and the last stay."""
    return track if len(track) <= MOST_POINTS else [*track[:-1:2], track[-1]]
