"""Several light curves as one: exact times, levels, rows, joins, and what must not be put together."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.detection import Detection, Event, Provenance, Scores
from desktop_app.core.errors import ReadError
from desktop_app.core.event_table import event_table
from desktop_app.core.events import find_events
from desktop_app.core.light_curve import LightCurve, Series, with_flux
from desktop_app.core.source import Card, Source
from desktop_app.core.stitch import stitch, together
from desktop_app.core.timescales import TimeReference, named_reference
from desktop_app.detectors import DETECTORS
from tests.pieces import STAR, sector

BKJD = named_reference(2454833.0, "TDB", barycentric=True)


def test_that_every_piece_has_a_median_of_one_where_it_is_usable() -> None:
    whole = stitch([sector(1, level=800.0), sector(2, level=1200.0)])
    for place in (0, 1):
        assert np.median(whole.flux[(whole.piece == place) & whole.usable]) == pytest.approx(1.0, abs=1e-12)
    assert whole.flux_unit == ""


def test_that_errors_are_divided_like_their_flux() -> None:
    one = sector(1, level=800.0)
    whole = stitch([one, sector(2, level=1200.0)])
    middle = np.median(one.flux[one.usable])
    assert np.array_equal(whole.flux_err[:200], one.flux_err / middle)


def test_that_hidden_rows_do_not_move_the_level() -> None:
    one = sector(1)
    flux, quality = np.array(one.flux), np.array(one.quality)
    flux[:90], quality[:90] = 1e6, 1
    whole = stitch([replace(one, flux=flux, quality=quality, columns={}, flux_choices=()), sector(2)])
    assert np.median(whole.flux[(whole.piece == 0) & whole.usable]) == pytest.approx(1.0, abs=1e-12)


def test_that_times_count_exactly_from_the_zero_of_the_first() -> None:
    one, two = sector(1), sector(2)
    moved = replace(two, time=two.time + (2457000.0 - 2454833.0), reference=BKJD)
    whole = stitch([one, moved])
    assert whole.reference == one.reference
    assert np.array_equal(whole.time[200:], moved.time + (2454833.0 - 2457000.0), equal_nan=True)
    assert np.nanmax(np.abs(whole.time[200:] - two.time)) < 1e-12


def test_that_the_order_of_the_files_does_not_matter() -> None:
    one, two, three = sector(1), sector(2), sector(3)
    forth, back = stitch([one, two, three]), stitch([three, two, one])
    assert np.array_equal(forth.time, back.time, equal_nan=True)
    assert [piece.segment for piece in back.pieces] == ["sector 1", "sector 2", "sector 3"]
    assert forth.digest == back.digest


def test_that_files_with_other_zeros_are_put_into_the_order_of_absolute_time() -> None:
    early = sector(1)
    early = replace(early, time=early.time + (2457000.0 - 2454833.0), reference=BKJD)
    assert [piece.segment for piece in stitch([sector(2), early]).pieces] == ["sector 1", "sector 2"]


def test_that_every_row_keeps_its_number_and_file() -> None:
    whole = stitch([sector(1), sector(2)])
    assert len(whole) == 400
    assert np.array_equal(whole.row, np.tile(np.arange(200), 2))
    assert np.array_equal(whole.piece, np.repeat([0, 1], 200))
    assert [piece.path for piece in whole.pieces] == [Path("s0001.fits"), Path("s0002.fits")]
    assert whole.joins.tolist() == [200]


def test_that_gaps_stay_gaps() -> None:
    one, two = sector(1), sector(2)
    whole = stitch([one, two])
    assert np.nanmax(np.diff(whole.time[np.isfinite(whole.time)])) == pytest.approx(two.time[0] - one.time[199])


def test_that_overlapping_rows_alternate_in_time_and_a_note_says_so() -> None:
    one, two = sector(1, n=100), sector(1, n=100)
    late = replace(two, time=one.time + 0.5 + 0.01, source=replace(two.source, segment="sector 2", path=Path("b.fits")))
    whole = stitch([one, late])
    known = whole.time[np.isfinite(whole.time)]
    assert np.all(np.diff(known) >= 0)
    assert len(whole) == 200
    assert set(whole.piece[60:140].tolist()) == {0, 1}
    assert any("sector 1 and sector 2 overlap" in note for note in whole.source.notes)
    assert whole.joins.tolist() == [int(np.flatnonzero(whole.piece == 1)[0])]


def test_that_different_cadences_are_noted() -> None:
    slow = sector(2)
    slow = replace(slow, time=slow.time[0] + 10 * (slow.time - slow.time[0]))
    notes = stitch([sector(1), slow]).source.notes
    assert any("Cadences differ, from 1,728 to 17,280 s" in note for note in notes)
    assert not any("Cadences" in note for note in stitch([sector(1), sector(2)]).source.notes)


def test_that_a_row_without_time_stays_beside_its_neighbour() -> None:
    whole = stitch([sector(1), sector(2)])
    place = int(np.flatnonzero((whole.piece == 1) & (whole.row == 7))[0])
    assert np.isnan(whole.time[place])
    assert whole.row[place - 1] == 6
    assert whole.piece[place - 1] == 1


def test_that_another_flux_can_be_chosen_and_is_level_too() -> None:
    whole = with_flux(stitch([sector(1, level=800.0), sector(2, level=1200.0)]), "SAP_FLUX")
    for place in (0, 1):
        assert np.median(whole.flux[(whole.piece == place) & whole.usable]) == pytest.approx(1.0, abs=1e-12)
    assert whole.pieces


def test_that_the_flux_is_one_that_all_have() -> None:
    one = sector(1)
    two = sector(2)
    two = replace(with_flux(two, "SAP_FLUX"), flux_choices=("SAP_FLUX",))
    whole = stitch([one, two])
    assert whole.flux_name == "SAP_FLUX"
    assert whole.flux_choices == ("SAP_FLUX",)


def test_that_files_without_a_common_flux_are_refused_with_what_they_have() -> None:
    two = replace(sector(2), flux_name="DET_FLUX", flux_choices=("DET_FLUX",))
    with pytest.raises(ReadError, match=r"s0002\.fits has DET_FLUX"):
        stitch([sector(1), two])


def test_that_magnitudes_are_shifted_and_stay_magnitudes() -> None:
    def faint(number: int, level: float) -> LightCurve:
        curve = sector(number)
        return replace(curve, flux=level + curve.flux / 1e4, flux_unit="mag", columns={}, flux_choices=())

    whole = stitch([faint(1, 14.0), faint(2, 15.0)])
    middles = [np.median(whole.flux[(whole.piece == place) & whole.usable]) for place in (0, 1)]
    assert middles[0] == pytest.approx(middles[1], abs=1e-12)
    assert 14.0 < middles[0] < 15.2
    assert whole.flux_unit == "mag"
    assert "shifted to the common median" in whole.source.notes[0]


def test_that_magnitudes_and_fluxes_are_not_mixed() -> None:
    two = replace(sector(2), flux_unit="mag", columns={}, flux_choices=())
    one = replace(sector(1), columns={}, flux_choices=())
    with pytest.raises(ReadError, match="magnitudes"):
        stitch([one, two])


def test_that_a_flux_about_zero_is_shifted_and_never_blown_up() -> None:
    def residual(number: int) -> LightCurve:
        curve = sector(number)
        return replace(curve, flux=curve.flux / 1000 - 1, columns={}, flux_choices=())

    whole = stitch([residual(1), residual(2)])
    assert np.nanmax(np.abs(whole.flux)) < 0.1


@pytest.mark.parametrize(
    ("mission", "star", "said"),
    [("Kepler", STAR, "TESS and Kepler"), ("TESS", "TIC 7", "different objects, TIC 42 and TIC 7")],
)
def test_that_another_mission_or_object_is_refused(mission: str, star: str, said: str) -> None:
    two = sector(2)
    with pytest.raises(ReadError, match=said):
        stitch([sector(1), replace(two, source=replace(two.source, mission=mission, object_name=star))])


def test_that_text_files_named_by_their_night_can_be_stitched() -> None:
    one, two = sector(1), sector(2)
    nights = [
        replace(curve, source=Source(path=Path(f"{name}.csv"), object_name=name))
        for curve, name in ((one, "night1"), (two, "night2"))
    ]
    assert stitch(nights).source.segment == "2 files"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (TimeReference(), "does not say what its times count from"),
        (named_reference(2457000.0, "UTC", barycentric=True), "TDB and BTJD, UTC"),
        (named_reference(2457000.0, "TDB", barycentric=False), "differ by seconds to minutes"),
    ],
)
def test_that_times_that_cannot_be_compared_are_refused(reference: TimeReference, said: str) -> None:
    with pytest.raises(ReadError, match=said):
        stitch([sector(1), replace(sector(2), reference=reference)])


def test_that_a_stitched_curve_is_not_stitched_again() -> None:
    whole = stitch([sector(1), sector(2)])
    with pytest.raises(ReadError, match="stitched already"):
        stitch([whole, sector(3)])


def test_that_one_curve_stays_as_it_is_and_none_is_refused() -> None:
    one = sector(1)
    assert stitch([one]) is one
    with pytest.raises(ReadError, match="nothing to stitch"):
        stitch([])


def test_that_the_cards_of_all_files_are_kept_apart() -> None:
    def with_card(number: int) -> LightCurve:
        curve = sector(number)
        return replace(curve, source=replace(curve.source, cards=lambda: (Card("PRIMARY", "SECTOR", str(number)),)))

    header = stitch([with_card(1), with_card(2)]).source.header
    assert [(card.hdu, card.value) for card in header] == [("sector 1, PRIMARY", "1"), ("sector 2, PRIMARY", "2")]


def test_that_a_column_that_one_file_lacks_is_not_known_there() -> None:
    one, two = sector(1), sector(2)
    one = replace(one, columns={**one.columns, "SAP_BKG": Series(np.full(200, 3.0), "e-/s")})
    background = stitch([one, two]).columns["SAP_BKG"]
    assert np.all(background.values[:200] == 3.0)
    assert np.isnan(background.values[200:]).all()
    assert background.unit == "e-/s"


@pytest.mark.parametrize(
    ("segments", "said"),
    [
        (["sector 1", "sector 2", "sector 5"], "sectors 1, 2, 5"),
        (["quarter 9", "quarter 3", "quarter 1", "quarter 2"], "quarters 1–3, 9"),
        (["sector 4", "sector 4"], "sector 4"),
        (["sector 1", ""], "2 files"),
        (["sector 1", "quarter 1"], "2 files"),
    ],
)
def test_that_segments_are_named_together(segments: list[str], said: str) -> None:
    assert together(segments) == said


def _without_pause(first: float, second: float) -> list[LightCurve]:
    """Two pieces that follow one another from cadence to cadence, at levels that no median makes equal."""
    one, two = sector(1, n=1500), sector(1, n=1500, seed=5)
    time = one.time[-1] + 0.02 * np.arange(1, 1501)
    late = replace(two, time=time, source=replace(two.source, segment="sector 2", path=Path("s0002.fits")))
    ramps = [replace(curve, columns={}, flux_choices=()) for curve in (one, late)]
    # A slope leaves a jump where the pieces meet, though their medians are equal.
    slope = np.linspace(-0.02, 0.02, 1500)
    return [
        replace(curve, flux=curve.flux * (1 + share * slope))
        for curve, share in zip(ramps, (first, second), strict=True)
    ]


def test_that_the_detector_takes_no_join_for_a_step() -> None:
    pieces = _without_pause(1.0, 1.0)
    whole = stitch(pieces)
    plain = replace(whole, pieces=(), piece=np.zeros(len(whole), np.int64))
    join = int(whole.joins[0])

    def near_join(curve: LightCurve) -> list[Event]:
        spec = DETECTORS["ensemble"]
        scores = spec.build(spec.params()).fit(curve, lambda _done, _text: None).score(curve, lambda _done, _text: None)
        found = find_events(curve, scores, spec.threshold)
        return [event for event in found if event.start - 50 <= join <= event.stop + 50]

    assert near_join(plain), "without its pieces the jump is one"
    assert not near_join(whole)


def test_that_no_event_goes_over_a_join() -> None:
    whole = stitch(_without_pause(0.0, 0.0))
    join = int(whole.joins[0])
    values = np.zeros(len(whole))
    values[join - 3 : join + 3] = 9.0
    found = find_events(whole, Scores(np.where(whole.usable, values, np.nan)), 5.0)
    assert [(event.start, event.stop) for event in found] == [(join - 3, join), (join, join + 3)]


def test_that_the_table_names_the_file_and_row_of_each_event() -> None:
    whole = stitch([sector(1), sector(2)])
    origin = Provenance("", "", whole.digest, "f", "default", "BTJD", "ensemble", 1, {}, 0, "cpu", "test", "")
    pieces = tuple(replace(origin, file=f"s000{n}.fits") for n in (1, 2))
    found = Detection(whole, Scores(np.zeros(len(whole))), origin, 5.0, pieces=pieces)
    events = [Event(10, 14, 11, 9.0, "dip"), Event(250, 260, 255, 9.0, "dip")]
    table = event_table(found, events)
    assert table["file"].tolist() == ["s0001.fits", "s0002.fits"]
    assert table["row_start"].tolist() == [10, 50]
    assert table["row_end"].tolist() == [13, 59]
    assert table["cadence_start"].tolist() == [100_010, 200_050]
    assert [one.file for one in table.provenance] == ["s0001.fits", "s0002.fits"]


def test_that_an_event_where_files_overlap_has_the_rows_of_its_peak() -> None:
    one = sector(1, n=100)
    two = replace(one, time=one.time + 0.01, source=replace(one.source, segment="sector 2", path=Path("b.fits")))
    whole = stitch([one, two])
    origin = Provenance("", "", whole.digest, "f", "default", "BTJD", "ensemble", 1, {}, 0, "cpu", "test", "")
    pieces = tuple(replace(origin, file=name) for name in ("a.fits", "b.fits"))
    peak = int(np.flatnonzero((whole.piece == 1) & (whole.row == 40))[0])
    found = Detection(whole, Scores(np.zeros(len(whole))), origin, 5.0, pieces=pieces)
    table = event_table(found, [Event(peak - 5, peak + 6, peak, 9.0, "dip")])
    assert table["file"].tolist() == ["b.fits"]
    inside = whole.row[peak - 5 : peak + 6][whole.piece[peak - 5 : peak + 6] == 1]
    assert (table["row_start"][0], table["row_end"][0]) == (inside[0], inside[-1])
