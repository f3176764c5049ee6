"""Injections that a detector looks at: what it finds of them, and how many events it makes of nothing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import FitError, ParamError, WriteError
from desktop_app.core.injection.plan import InjectionPlan
from desktop_app.core.injection.results import RecoveryMap
from desktop_app.core.light_curve import LightCurve, Series
from desktop_app.core.progress import JobCancelled
from desktop_app.engine.inject import injected_example, recovery
from desktop_app.engine.inject_report import as_json, summary_of, table_of
from desktop_app.engine.injected_files import write_injected
from desktop_app.io import open_curve
from tests.data import quiet_curve

ROWS = 1500


def plan_of(**values: object) -> InjectionPlan:
    small = {"number": 3, "rows": 2, "columns": 1, "scrambles": 2, "depth_from": 0.01, "depth_to": 4.0}
    return InjectionPlan.checked({**small, **values})


@pytest.fixture(scope="module")
def flares() -> RecoveryMap:
    """Flares of 0.01 % to 40 % of a star with a noise of 0.1 %."""
    return recovery(quiet_curve(ROWS), plan=plan_of(kind="flares", depth_to=40.0, number=4))


def test_that_strong_injections_are_found_as_what_they_are_and_invisible_ones_are_not(flares: RecoveryMap) -> None:
    cells = flares.cells()
    assert cells.n.tolist() == [[4], [4]]
    strong = [one for one in flares.tries if one.planted.snr > 15]
    weak = [one for one in flares.tries if one.planted.snr < 2]
    assert strong
    assert weak
    assert all(one.score >= flares.threshold and one.kind == "flare" for one in strong)
    assert all(one.score < flares.threshold for one in weak)


def test_that_what_is_found_is_as_high_as_what_was_put_in(flares: RecoveryMap) -> None:
    ratios = [one.depth_ratio for one in flares.tries if one.planted.snr > 15]
    assert np.median(ratios) == pytest.approx(1.0, abs=0.15)


def test_that_noise_alone_makes_hardly_an_event(flares: RecoveryMap) -> None:
    untouched, mirrored, scrambled = flares.false.at(flares.threshold)
    assert untouched == mirrored == 0
    assert scrambled <= 0.5
    assert flares.false.at(3.0)[2] >= scrambled
    assert 3.0 <= flares.suggested <= 6.0


def test_that_moving_the_threshold_counts_anew_without_a_run(flares: RecoveryMap) -> None:
    assert flares.cells(1000.0).found.sum() == 0
    assert flares.cells(0.5).found.sum() == flares.cells().n.sum()
    assert np.isinf(flares.strength_at(0.5, 1000.0)).all()
    assert (flares.strength_at(0.5, 0.5) == 0).all()


def test_that_the_same_seed_gives_the_same_map_and_another_one_does_not() -> None:
    first, second, other = (recovery(quiet_curve(ROWS), plan=plan_of(seed=seed)) for seed in (4, 4, 5))
    assert repr(first.tries) == repr(second.tries)
    assert first.false.scrambled.tolist() == second.false.scrambled.tolist()
    assert [one.planted.signal for one in first.tries] != [one.planted.signal for one in other.tries]


@pytest.mark.parametrize("kind", ["transits", "dips", "steps", "outliers"])
def test_that_strong_signals_of_every_kind_are_found(kind: str) -> None:
    plan = plan_of(kind=kind, depth_from=3.0, depth_to=9.0, number=2, rows=1)
    found = recovery(quiet_curve(ROWS), plan=plan)
    assert found.cells().share.min() == 1.0
    assert {one.planted.signal.kind for one in found.tries} == {kind.removesuffix("s")}


def test_that_a_cancelled_recovery_ends_at_once() -> None:
    told: list[str] = []

    def report(_done: float, text: str) -> None:
        told.append(text)
        if text.startswith("Injecting"):
            raise JobCancelled

    with pytest.raises(JobCancelled):
        recovery(quiet_curve(ROWS), plan=plan_of(), report=report)
    assert sum(text.startswith("Injecting") for text in told) == 1


def test_that_the_progress_only_grows_and_names_the_run() -> None:
    told: list[tuple[float, str]] = []
    recovery(quiet_curve(ROWS), plan=plan_of(), report=lambda done, text: told.append((done, text)))
    done = [share for share, text in told if text.startswith("Injecting")]
    assert done == sorted(done)
    assert 0 <= done[0] <= done[-1] <= 1
    assert any("run 4 of about" in text for _, text in told)


def test_that_several_curves_share_the_injections() -> None:
    curves = [quiet_curve(ROWS), quiet_curve(ROWS, seed=1)]
    found = recovery(curves, plan=plan_of(number=4))
    assert {one.curve for one in found.tries} == {0, 1}
    assert found.cells().n.sum() == 8
    assert found.false.curves == 2


def test_that_a_curve_of_magnitudes_gives_the_map_of_its_flux() -> None:
    quiet = quiet_curve(ROWS)
    median = float(np.median(quiet.flux))
    magnitudes = replace(quiet, flux=15 - 2.5 * np.log10(quiet.flux / median), flux_unit="mag")
    fluxes = replace(quiet, flux=quiet.flux / median)
    first, second = (recovery(curve, plan=plan_of(kind="dips")) for curve in (magnitudes, fluxes))
    assert first.cells().found.tolist() == second.cells().found.tolist()
    assert first.tries[0].score == pytest.approx(second.tries[0].score, rel=1e-6)


@pytest.mark.parametrize(
    ("flux", "said"),
    [
        (np.ones(ROWS), "same in every row"),
        (np.full(ROWS, np.nan), "can be used"),
        (np.arange(ROWS) - 1e4, "above zero"),
    ],
)
def test_that_a_curve_that_cannot_be_used_is_refused_by_its_name(flux: np.ndarray, said: str) -> None:
    with pytest.raises(FitError, match=f"quiet star.*{said}"):
        recovery(replace(quiet_curve(ROWS), flux=flux), plan=plan_of())


def test_that_no_curve_at_all_is_refused() -> None:
    with pytest.raises(FitError, match="no light curve"):
        recovery([], plan=plan_of())


def test_that_an_unknown_detector_or_setting_is_refused_before_anything_runs() -> None:
    with pytest.raises(ParamError):
        recovery(quiet_curve(ROWS), "no such detector", plan=plan_of())
    with pytest.raises(ParamError):
        recovery(quiet_curve(ROWS), settings={"no such setting": 1}, plan=plan_of())


def test_that_the_table_has_the_strongest_row_first_and_the_json_every_injection(flares: RecoveryMap) -> None:
    table = table_of(flares)
    assert table[0][0] == "Height"
    assert [row[1].split(" %")[0] for row in table[1:3]] == [
        f"{100 * share:.0f}" for share in flares.cells().share[::-1, 0]
    ]
    assert flares.cells().share[1, 0] > flares.cells().share[0, 0]
    assert table[-1][0] == "50 % found from"
    assert all(len(row) == len(table[0]) for row in table)
    said = json.loads(json.dumps(as_json(flares), allow_nan=False))
    assert len(said["injections"]) == len(flares.tries)
    assert said["cells"]["n"] == [[4], [4]]
    assert any("Suggested threshold" in line for line in summary_of(flares))


def curve_with_columns() -> LightCurve:
    quiet = quiet_curve(ROWS)
    flux = np.where(np.arange(ROWS) % 97 == 3, np.nan, quiet.flux)
    columns = {"FLUX": Series(flux), "BKG": Series(np.arange(ROWS, dtype=np.float64), "e-/s")}
    quality = np.where(np.arange(ROWS) == 40, 128, 0)
    return replace(quiet, flux=flux, flux_name="FLUX", flux_choices=("FLUX",), columns=columns, quality=quality)


@pytest.mark.parametrize("suffix", [".fits", ".ecsv", ".csv"])
def test_that_an_injected_curve_that_was_written_opens_as_it_was(suffix: str, tmp_path: Path) -> None:
    origin = curve_with_columns()
    curve, truth = injected_example(origin, plan_of(kind="single transits"))
    written = write_injected(curve, truth, tmp_path / f"star{suffix}", origin, 0)
    assert written == [tmp_path / f"star{suffix}", tmp_path / "star_truth.json"]
    opened = open_curve(written[0])
    assert opened.source.object_name == "quiet star (injected)"
    assert opened.source.mission == "TESS"
    assert opened.reference == origin.reference
    assert np.array_equal(opened.time, curve.time)
    assert np.array_equal(opened.flux, curve.flux, equal_nan=True)
    assert np.array_equal(opened.usable, curve.usable)
    assert {name.lower() for name in opened.columns} >= {"bkg"}
    said = json.loads(written[1].read_text(encoding="utf-8"))
    assert said["injected"] is True
    assert len(said["events"]) == len(truth)
    (span,) = said["events"][0]["spans"]
    assert (span["row_start"], span["row_end"] + 1) == truth[0].spans[0]


def test_that_an_example_of_a_cell_is_of_that_cell() -> None:
    plan = plan_of(kind="dips", measure="SNR", snr_from=10.0, snr_to=1000.0)
    for row, (low, high) in enumerate([(10.0, 100.0), (100.0, 1000.0)]):
        _, (truth,) = injected_example(quiet_curve(ROWS), plan, (row, 0))
        assert low * 0.97 <= truth.snr <= high * 1.03


def test_that_a_name_that_says_no_format_is_refused(tmp_path: Path) -> None:
    curve = quiet_curve(ROWS)
    with pytest.raises(WriteError, match="does not say what to write"):
        write_injected(curve, (), tmp_path / "star.txt", curve, 0)
    assert not list(tmp_path.glob("star*"))


def test_that_a_terminal_gets_the_map_in_colours_and_a_pipe_plain_text(
    flares: RecoveryMap, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop_app.cli.inject_view import show_map

    show_map(flares)
    plain = capsys.readouterr().out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    show_map(flares)
    coloured = capsys.readouterr().out
    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    for text in (f"{100 * flares.cells().share[1, 0]:.0f} % (", "90 % found from", "Suggested threshold"):
        assert text in plain
        assert text in coloured


def test_that_only_events_of_the_side_of_the_signals_count_where_that_is_asked_for() -> None:
    quiet = quiet_curve(ROWS)
    flux = np.array(quiet.flux)
    flux[[200, 700, 1200]] += 0.05
    flux[500] -= 0.05
    star = replace(quiet, flux=flux)
    counts = {}
    for counted in ("all", "same side"):
        for kind in ("flares", "dips"):
            found = recovery(star, plan=plan_of(kind=kind, counted=counted, number=1, depth_from=1.0))
            counts[kind, counted] = found.false.at(found.threshold)[:2]
    assert counts["flares", "all"] == counts["dips", "all"] == (4, 4)
    assert counts["flares", "same side"] == (3, 1)
    assert counts["dips", "same side"] == (1, 3)


def test_that_an_active_star_is_told_that_scrambled_blocks_keep_its_own_events() -> None:
    quiet = quiet_curve(ROWS)
    flux = np.array(quiet.flux)
    flux[40::60] += 0.007
    active = replace(quiet, flux=flux)
    told = {how: summary_of(recovery(active, plan=plan_of(scramble=how, number=1))) for how in ("blocks", "phases")}
    assert any("the star is active" in line for line in told["blocks"])
    assert not any("the star is active" in line for line in told["phases"])
