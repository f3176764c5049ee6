"""The event table: one definition of columns, whatever is done with them."""

import numpy as np
import pytest

from desktop_app.core.detection import Detection, Event, Provenance, Scores
from desktop_app.core.event_table import event_table, join_tables
from desktop_app.core.light_curve import LightCurve
from tests.data import quiet_curve

NEEDED = [
    "file",
    "event_id",
    "kind",
    "t_start",
    "t_peak",
    "t_end",
    "row_start",
    "row_end",
    "score",
    "threshold",
    "depth",
    "duration",
    "snr",
    "quality",
    "detector",
]


def _detection(curve: LightCurve, file: str = "star.fits") -> Detection:
    origin = Provenance(
        file, "00", curve.digest, "flux", "default", "BTJD, TDB", "ensemble", 1, {}, 0, "cpu", "Peculiar test", ""
    )
    return Detection(curve, Scores(np.zeros(len(curve))), origin, threshold=5.0)


EVENTS = (
    Event(70, 71, 70, 9.5, "outlier", {"depth": -0.01, "duration_d": 0.02, "snr": 9.5, "quality": 16}),
    Event(10, 20, 14, 31.0, "dip", {"depth": 0.014, "duration_d": 0.2, "snr": 30.0, "quality": 0}),
)


def test_that_every_promised_column_is_there() -> None:
    table = event_table(_detection(quiet_curve(100)), EVENTS)
    names = [column.name for column in table.columns]
    assert set(NEEDED) <= set(names)
    assert all(column.help and column.label for column in table.columns)


def test_that_events_are_numbered_in_the_order_of_time() -> None:
    table = event_table(_detection(quiet_curve(100)), EVENTS)
    assert table["event_id"].tolist() == [1, 2]
    assert table["kind"].tolist() == ["dip", "outlier"]
    assert table["depth"].tolist() == pytest.approx([0.014, -0.01])


def test_that_the_last_row_is_inclusive_and_its_time_is_the_end() -> None:
    curve = quiet_curve(100)
    table = event_table(_detection(curve), EVENTS)
    assert table["row_start"].tolist() == [10, 70]
    assert table["row_end"].tolist() == [19, 70]
    assert table["t_end"].tolist() == pytest.approx([curve.time[19], curve.time[70]])


def test_that_no_events_make_a_table_with_all_columns_and_its_provenance() -> None:
    table = event_table(_detection(quiet_curve(100)), ())
    assert len(table) == 0
    assert table.provenance[0].file == "star.fits"
    assert {column.values.dtype.kind for column in table.columns} <= set("iufU")


def test_that_tables_of_several_files_join_row_by_row() -> None:
    first = event_table(_detection(quiet_curve(100), "short.fits"), EVENTS)
    second = event_table(_detection(quiet_curve(100), "a much longer name.fits"), EVENTS[:1])
    joined = join_tables([first, second])
    assert joined["file"].tolist() == ["short.fits", "short.fits", "a much longer name.fits"]
    assert [origin.file for origin in joined.provenance] == ["short.fits", "a much longer name.fits"]
