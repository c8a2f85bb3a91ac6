"""Who gets one of few vehicles: the statements of the product against the same with a plain SELECT FOR UPDATE.

What the product sends while it books any vehicle of a type is written down (bench/replay.py) and sent by pgbench, by
clients who all want the same vehicles in the same order, and give back at once what they got. Nothing but the lock
differs: one passes over a vehicle that somebody else is just taking, the other waits for it.
"""

from uuid import UUID

from bench import replay
from bench.replay import BEGIN, COMMIT

PASSING, WAITING = " FOR UPDATE SKIP LOCKED", " FOR UPDATE"
GIVE_BACK = """BEGIN;
DELETE FROM fleet_reservation WHERE leg_id = {leg};
UPDATE fleet_asset SET state = 'AVAILABLE' WHERE id = :id;
COMMIT;"""


def booking(headers, body):
    """The statements between BEGIN and COMMIT of a one-stop booking with this body."""
    for _time in range(3):  # what is kept in caches is asked for once
        recorder = replay.Recorder(headers)
        recorder.ask("one-stop", "POST", "/bookings/one-stop", body)
    sent = recorder.statements
    return sent[sent.index(BEGIN) + 1 : sent.index(COMMIT)]


def script(statements, taken, vehicles, lock):
    """A pgbench script of one booking of any of the `vehicles`, and its end; of nothing where all are taken.

    They, and the one that was `taken` when the statements were written down, are (id, public id).
    """
    [taking] = [each for each in statements if PASSING in each.sql]
    where, (pk, public_id) = statements.index(taking), taken
    new = {each: f":new{n}" for n, each in enumerate(_ids(statements) - {public_id})}
    made = ", ".join(f"gen_random_uuid() AS {name[1:]}" for name in new.values())
    known = {pk: ":id", public_id: ":public_id", **new}
    lines = [f"SELECT {made} \\gset", "\\set id 0", "BEGIN;"]
    lines += [_sent(each, known) + ";" for each in statements[:where]]
    for asset_id, name in vehicles:
        one = _sent(taking, {pk: str(asset_id), public_id: f"'{name}'"})
        lines += ["\\if :id = 0", one.replace(PASSING, lock) + " \\aset", "\\endif"]
    lines += ["\\if :id > 0", *(_sent(each, known) + ";" for each in statements[where + 1 :]), "COMMIT;"]
    [holding] = [each for each in statements if 'INSERT INTO "fleet_reservation"' in each.sql]
    [leg] = {new[value] for value in holding.params if value in new}
    return "\n".join((*lines, GIVE_BACK.format(leg=leg), "\\else", "COMMIT;", "\\endif", ""))


def _ids(statements):
    return {value for each in statements for value in each.params if isinstance(value, UUID)}


def _sent(statement, known):
    texts = tuple(replay.written(value, known) for value in statement.params)
    return statement.sql % texts if texts else statement.sql
