"""What a fleet list says, cell by cell. No database."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from fleet.importing.assets import WantedState
from fleet.importing.errors import UnusableInput
from fleet.importing.references import References
from fleet.importing.sheets.columns import recognise
from fleet.importing.sheets.parse import DISABLED, parse
from fleet.importing.sheets.table import Table, read, table_of
from fleet.models.vehicles import AssetState
from tests.fleet.samples import xlsx

SQUARE = {"type": "Polygon", "coordinates": [[[5, 52], [5.2, 52], [5.2, 52.2], [5, 52.2], [5, 52]]]}
REFERENCES = References(
    pks={
        "vehicle_type": {"glider": 1, "Cargo": 2},
        "station": {"market": 1},
        "home_station": {"market": 1},
        "pricing_plan": {"standard": 1},
    },
    ids={},
    spellings={
        "vehicle_type": {"glider": "glider", "cargo": "Cargo", "e-scooter": "glider"},
        "station": {"market": "market", "old market": "market"},
        "pricing_plan": {"standard": "standard"},
    },
    places={"market": (52.1, 5.1)},
    form_factors={"glider": "scooter_standing", "Cargo": "car"},
    areas=(SQUARE,),
)
OSLO = ZoneInfo("Europe/Oslo")


def row(delimiter=",", default_type="", **cells):
    """One row with these cells, as `parse` sees it."""
    cells = {"vehicle_number": "v1"} | cells
    table = Table(list(cells), [(2, list(cells.values()))], delimiter)
    return parse(table, REFERENCES, zone=OSLO, default_type=default_type, source="fleet.csv").rows[0]


def rows(header, *lines, delimiter=","):
    table = Table(header.split(","), [(n, line.split(",")) for n, line in enumerate(lines, start=2)], delimiter)
    return parse(table, REFERENCES, zone=OSLO)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({"vehicle_type": "glider"}, {"vehicle_type": "glider"}),
        ({"vehicle_type": "E-Scooter"}, {"vehicle_type": "glider"}),
        ({"vehicle_type": "CARGO"}, {"vehicle_type": "Cargo"}),
        ({"station": "Old Market"}, {"station": "market"}),
        ({"pricing_plan": "standard"}, {"pricing_plan": "standard"}),
        ({"qr code": "abc"}, {"vehicle_code": "abc"}),
        ({"imei": "868440060183257"}, {"imei": "868440060183257"}),
        ({"imei": "86-844006-018325-7"}, {"imei": "868440060183257"}),
        ({"mac": "aa:bb:cc:dd:ee:0f"}, {"mac": "AA:BB:CC:DD:EE:0F"}),
        ({"mac": "AABBCCDDEE0F"}, {"mac": "AA:BB:CC:DD:EE:0F"}),
        ({"nfc_tag": "04:a2:b3:c4:d5:e6:80"}, {"nfc_id": "04A2B3C4D5E680"}),
        ({"lat": "52.1", "lng": "5.1"}, {"lat": 52.1, "lon": 5.1}),
        ({"battery": "50"}, {"state_of_charge": 50}),
        ({"battery_id": "50"}, {}),
        ({"soc": "50"}, {"state_of_charge": 50}),
        ({"soc": "50 %"}, {"state_of_charge": 50}),
        ({"soc": "0.5"}, {"state_of_charge": 50}),
        ({"soc": "1"}, {"state_of_charge": 1}),
        ({"range_m": "31400"}, {"range_m": 31400}),
        ({"odometer_km": "12.5"}, {"odometer_m": 12500}),
        (
            {"last_reported": "2024-10-30T14:03:00Z"},
            {"reported_at": datetime.datetime(2024, 10, 30, 14, 3, tzinfo=datetime.UTC)},
        ),
        ({"last_reported": "30.10.2024 14:03"}, {"reported_at": datetime.datetime(2024, 10, 30, 14, 3, tzinfo=OSLO)}),
        ({"last_reported": "1730293402.0"}, {"reported_at": datetime.datetime(2024, 10, 30, 14, 3, 22, tzinfo=OSLO)}),
        ({"notes": ""}, {}),
    ],
)
def test_reads(cells, values):
    read_row = row(**cells)

    assert read_row.errors == []
    assert read_row.warnings == []
    assert read_row.wanted.values == values


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"vehicle_number": ""}, "vehicle_number is missing"),
        ({"qr_code": "8,6E+14"}, "vehicle_code 8,6E+14 was shortened by a spreadsheet: format the column as text"),
        ({"vehicle_number": "x" * 81}, "vehicle_number has 81 characters, 80 fit"),
        ({"vehicle_type": "glidr"}, "vehicle_type 'glidr' is unknown; did you mean 'glider'?"),
        ({"vehicle_type": "boat"}, "vehicle_type 'boat' is unknown; known: Cargo, glider"),
        ({"station": "markt"}, "station 'markt' is unknown; did you mean 'market'?"),
        ({"pricing_plan": "std"}, "pricing_plan 'std' is unknown; did you mean 'standard'?"),
        ({"imei": "8.6844E+14"}, "imei 8.6844E+14 was shortened by a spreadsheet: format the column as text"),
        ({"imei": "868440060183258"}, "imei 868440060183258 has a typing error: its check digit does not fit"),
        ({"imei": "12345"}, "imei 12345 does not have 15 digits"),
        ({"mac": "aa:bb:cc"}, "mac aa:bb:cc is not six pairs of hexadecimal digits"),
        ({"nfc_id": "04a2"}, "nfc_id 04a2 is not 8 to 32 hexadecimal digits"),
        ({"lat": "52.1", "lon": ""}, "only one of lat and lon is given: both or none"),
        ({"lat": "0", "lon": "0"}, "lat and lon are 0,0: leave both empty if the place is not known"),
        ({"lat": "95", "lon": "5"}, "lat 95 is not between -90 and 90"),
        ({"lat": "52.1", "lon": "185"}, "lon 185 is not between -180 and 180"),
        ({"lat": "52,1", "lon": "5.1"}, "lat '52,1' is no number"),
        ({"lat": "5.1", "lon": "52.1"}, "lat 5.1 and lon 52.1 are outside the operating area, swapped they are inside"),
        ({"state": "avilable"}, "state 'avilable' is unknown; did you mean 'available'?"),
        ({"state": "xyz"}, "state 'xyz' is unknown; use available, maintenance, storage, missing or retired"),
        ({"is_disabled": "perhaps"}, "is_disabled 'perhaps' is neither yes nor no"),
        ({"soc": "120"}, "battery_percent 120 is not between 0 and 100"),
        ({"range_m": "far"}, "range_m 'far' is no distance"),
        ({"odometer_km": "-1"}, "odometer_km -1 is not between 0 and 5000000"),
    ],
)  # fmt: skip
def test_refuses(cells, error):
    read_row = row(**cells)

    assert read_row.errors == [error]
    assert read_row.wanted is None


@pytest.mark.parametrize(
    ("cells", "values", "warning"),
    [
        ({"imei": "86844006018325"}, {"imei": "86844006018325"}, "imei 86844006018325 has 14 digits instead of 15"),
        ({"qr_code": "=1+1"}, {"vehicle_code": "=1+1"}, "vehicle_code =1+1 looks like a formula: taken as text"),
        ({"qr_code": "'=1+1"}, {"vehicle_code": "=1+1"}, "vehicle_code =1+1 looks like a formula: taken as text"),
        ({"range_m": "31.4 km"}, {"range_m": 31400}, "range_m 31.4 km: read as km"),
        ({"vin": "WVW1"}, {"serial_number": "WVW1"}, "vin WVW1 has 4 characters instead of 17"),
        (
            {"lat": "52.5", "lon": "5.1"},
            {"lat": 52.5, "lon": 5.1},
            "lat 52.5 and lon 5.1 are outside the operating area",
        ),
        ({"state": "in use"}, {}, "state in use: only trips reserve and use vehicles, so the state stays"),
        (
            {"last_reported": "03/04/2024"},
            {},
            "last_reported '03/04/2024' is no time that can be read without doubt (2024-10-30 14:03): left out",
        ),
        (
            {"last_reported": "0001-01-01 00:00"},
            {},
            "last_reported '0001-01-01 00:00' is no time that can be read without doubt (2024-10-30 14:03): left out",
        ),
        (
            {"last_reported": "9999-12-31T23:59:59-14:00"},
            {},
            "last_reported '9999-12-31T23:59:59-14:00' is no time that can be read without doubt (2024-10-30 14:03): "
            "left out",
        ),
        (
            {"plate": "AB-1", "type": "glider"},
            {"license_plate": "AB-1", "vehicle_type": "glider"},
            "license_plate on a scooter standing",
        ),
    ],
)
def test_warns(cells, values, warning):
    read_row = row(**cells)

    assert read_row.warnings == [warning]
    assert read_row.wanted.values == values


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("available", AssetState.AVAILABLE),
        ("OK", AssetState.AVAILABLE),
        ("In Service", AssetState.AVAILABLE),
        ("Maintenance", AssetState.OUT_OF_SERVICE),
        ("out_of_service", AssetState.OUT_OF_SERVICE),
        ("Stored", AssetState.STORED),
        ("lost", AssetState.MISSING),
        ("Retired", AssetState.RETIRED),
    ],
)
def test_knows_the_words_for_states(word, state):
    reason = "" if state == AssetState.AVAILABLE else "fleet list fleet.csv"

    assert row(state=word).wanted.state == WantedState(state, reason)


@pytest.mark.parametrize(
    ("word", "is_disabled"), [("yes", True), ("VRAI", True), ("1", True), ("no", False), ("False", False)]
)
def test_knows_the_words_for_yes_and_no(word, is_disabled):
    expected = (
        WantedState(AssetState.OUT_OF_SERVICE, DISABLED, undoes=DISABLED)
        if is_disabled
        else WantedState(AssetState.AVAILABLE, undoes=DISABLED)
    )

    assert row(is_disabled=word).wanted.state == expected


def test_a_state_beats_a_defect():
    assert row(state="lost", is_disabled="no").wanted.state.state == AssetState.MISSING


def test_takes_the_default_type_for_new_vehicles_only():
    wanted = row(default_type="E-Scooter").wanted

    assert (wanted.values, wanted.initial) == ({}, {"vehicle_number": "v1", "vehicle_type": "glider"})


def test_refuses_a_default_type_that_is_unknown():
    with pytest.raises(UnusableInput, match=r"^--type: vehicle_type 'glidr' is unknown; did you mean 'glider'\?$"):
        row(default_type="glidr")


def test_reads_a_decimal_comma_where_commas_separate_nothing():
    assert row(delimiter=";", lat="52,1", lon="5,1", soc="0,25").wanted.values == {
        "lat": 52.1,
        "lon": 5.1,
        "state_of_charge": 25,
    }


def test_reads_a_column_without_values_above_one_as_a_ratio():
    parsed = rows("number,soc", "a,0.5", "b,1", "c,", "d,0")

    assert [r.wanted.values.get("state_of_charge") for r in parsed.rows] == [50, 100, None, 0]
    assert "battery_percent has no value above 1: read as a ratio, 0.5 = 50 %" in parsed.notes


def test_lets_the_first_of_two_equal_rows_count():
    parsed = rows("number,qr_code", "a,x", "a,y", "b,x", "c,z")

    assert [r.errors for r in parsed.rows] == [
        [],
        ["vehicle_number a is also in row 2"],
        ["vehicle_code x is also in row 2"],
        [],
    ]
    assert [r.wanted is None for r in parsed.rows] == [False, True, True, False]


def test_tells_which_columns_mean_what():
    parsed = rows("External Id,Public Code,LAT,colour", "a,x,,red")

    assert parsed.notes == [
        "columns read as: External Id = vehicle_number, Public Code = vehicle_code",
        "columns not imported: colour",
    ]


def test_prefers_the_canonical_name_to_an_alias():
    assert recognise(["id", "external_id", "Vehicle Number", "type"]).places == {"vehicle_number": 2, "vehicle_type": 3}


def test_refuses_a_file_without_numbers():
    with pytest.raises(UnusableInput, match=r"No column vehicle_number .* found: name, colour\.$"):
        rows("name,colour", "a,red")


@pytest.mark.parametrize(
    ("content", "delimiter", "first"),
    [
        (b"number,type\n1,glider\n", ",", ["1", "glider"]),
        ("\ufeffnumber;type\r\n1;sykkel nr. \u00e5\r\n".encode(), ";", ["1", "sykkel nr. \u00e5"]),
        ("number\ttype\n1\tgr\u00fcn\n".encode("cp1252"), "\t", ["1", "gr\u00fcn"]),
        (b"number|type\n1|glider,old\n", "|", ["1", "glider,old"]),
        ("number\ttype\n1\tgr\u00fcn\n".encode("utf-16"), "\t", ["1", "gr\u00fcn"]),
        (b'number,notes\n1,"a, b"\n', ",", ["1", "a, b"]),
        (b"sep=;\nnumber;notes\n1;a,b,c\n", ";", ["1", "a,b,c"]),
        (b"number,type\n 1 ,  glider\n", ",", ["1", "glider"]),
        (b"number,type\n1\n", ",", ["1", ""]),
    ],
)
def test_reads_text_files_of_all_kinds(tmp_path, content, delimiter, first):
    (tmp_path / "fleet.csv").write_bytes(content)

    table = read(tmp_path / "fleet.csv")

    assert (table.delimiter, table.header[0], table.rows[0][1]) == (delimiter, "number", first)


def test_counts_rows_as_a_spreadsheet_does(tmp_path):
    (tmp_path / "fleet.csv").write_text('number,notes\n\n1,"two\nlines"\n,\n2,x\n', encoding="utf-8")

    assert [number for number, _cells in read(tmp_path / "fleet.csv").rows] == [3, 5]


def test_reads_spreadsheets(tmp_path):
    lines = [
        ["number", "imei", "is_disabled", "lat"],
        ["a", 868440060183257, True, 52.5],
        [7, 3833465119576306229, False],
    ]

    table = read(xlsx.write(tmp_path / "fleet.xlsx", lines))

    assert table.header == ["number", "imei", "is_disabled", "lat"]
    assert table.rows == [
        (2, ["a", "868440060183257", "true", "52.5"]),
        (3, ["7", "3.8335E+18", "false", ""]),  # the digits are lost in a number: shown as what it is
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty."),
        (b"\n\n", "is empty."),
        (b"PK\x03\x04 and no more", "is no spreadsheet that can be read"),
        (b'number,notes\n1,"' + b"x\n" * 10_000, "is a quote not closed?"),
        (b'number,notes\n1,x\n2,"19 inch\n3,x\n4,x\n', "the quote that is opened in row 3 is never closed"),
        (None, "Cannot read"),
    ],
    ids=["nothing", "empty lines", "half a spreadsheet", "an open quote", "an open quote soon", "no file"],
)
def test_refuses_what_is_no_table(tmp_path, content, why):
    path = tmp_path / "fleet.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UnusableInput) as refusal:
        read(path)

    assert why in str(refusal.value)


def listed(text):
    """The rows of a list of this text."""
    return parse(table_of(text.encode(), "fleet.csv"), REFERENCES, zone=OSLO).rows


def test_refuses_a_row_whose_text_was_cut_in_two():
    cut, whole, empty = listed("number,notes,soc\nv1,red, and blue,80\nv2,green,70\nv3,blue,60,,\n")

    said = "has 4 cells, the header has 3 (beyond it: 80); a text that holds the separator needs quotes"
    assert said in cut.errors
    assert cut.wanted is None
    assert (whole.errors, whole.wanted.values) == ([], {"notes": "green", "state_of_charge": 70})
    assert (empty.errors, empty.wanted.values) == ([], {"notes": "blue", "state_of_charge": 60})


def test_remarks_what_stands_under_no_heading():
    stray, plain_row = listed("number,,notes\nv1,look here,red\nv2,,blue\n")

    assert stray.warnings == ["not imported, as no heading stands above: look here"]
    assert stray.wanted.values == {"notes": "red"}
    assert plain_row.warnings == []
