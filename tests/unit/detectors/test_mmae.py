"""The detector of pictures with numbers, on simulated ground, with the weights that ship and without any."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet, only_stamps
from desktop_app.core.errors import FitError, ParamError, ReadError
from desktop_app.core.light_curve import Series
from desktop_app.core.metrics.curves import roc_auc
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.simulate_planetary import COLD, MISMATCHED, simulate_planetary
from desktop_app.detectors.cutouts import mmae
from desktop_app.detectors.cutouts.mmae import THRESHOLD, Mmae, MmaeParams
from desktop_app.engine.train import NO_DATA, TrainRequest, train

SHIPPED = MmaeParams(weights="mmae")
TINY = MmaeParams(folds=2, epochs=2)


@pytest.fixture(scope="module")
def ground() -> CutoutSet:
    return simulate_planetary(200, cold=40, mismatched=40, seed=900_000)


def _scores(data: CutoutSet, params: MmaeParams) -> np.ndarray:
    return Mmae(params).fit(data, silent).score(data, silent).values


def test_that_cold_structures_and_mismatched_pairs_are_found_and_told(ground: CutoutSet) -> None:
    truth = np.array(ground.labels["truth"])
    scores = Mmae(SHIPPED).fit(ground, silent).score(ground, silent)
    cold, swapped, usual = truth == COLD, truth == MISMATCHED, truth == ""
    assert np.mean(scores.values[cold] >= THRESHOLD) >= 0.95
    assert roc_auc(scores.values[swapped | usual], swapped[swapped | usual]) >= 0.95
    assert scores.objects is not None
    found = np.flatnonzero(cold & (scores.values >= THRESHOLD))
    assert {scores.objects.kinds[place] for place in found} == {"mismatch"}
    named = sum("hot spot k" in scores.objects.reasons[place][0] for place in found)
    assert named > 0.8 * len(found)


def test_that_a_clean_set_has_nothing_flagged() -> None:
    clean = simulate_planetary(200, seed=900_001)
    assert np.mean(_scores(clean, SHIPPED) >= THRESHOLD) <= 0.005


def test_that_tracks_are_in_sigmas_under_their_names(ground: CutoutSet) -> None:
    scores = Mmae(SHIPPED).fit(ground, silent).score(ground, silent)
    assert {"image", "table", "picture given numbers", "numbers given picture"} <= set(scores.tracks)
    usual = np.array(ground.labels["truth"]) == ""
    assert np.median(scores.tracks["image"][usual]) == pytest.approx(0.0, abs=0.3)


def test_that_numbers_that_are_not_known_are_done_without(ground: CutoutSet) -> None:
    values = ground.columns["emissivity"].values.copy()
    values[:3] = np.nan
    holed = replace(ground, columns={**ground.columns, "emissivity": Series(values)})
    every = {name: Series(np.where(np.arange(len(ground)) == 3, np.nan, s.values)) for name, s in holed.columns.items()}
    images = holed.images.copy()
    images[4] = np.nan
    scores = Mmae(SHIPPED).fit(ground, silent).score(replace(holed, images=images, columns=every), silent)
    assert np.isfinite(scores.values).all()
    assert scores.objects is not None
    assert "judged without its emissivity" in scores.objects.reasons[0][-1]


def test_that_stamps_without_numbers_are_refused_with_a_way_out(ground: CutoutSet) -> None:
    with pytest.raises(FitError, match="no numbers") as refused:
        Mmae(MmaeParams()).fit(replace(ground, columns={}), silent)
    assert "catalogue" in refused.value.hint


def test_that_too_few_stamps_and_unknown_columns_are_refused(ground: CutoutSet) -> None:
    with pytest.raises(FitError, match="at least 40"):
        Mmae(MmaeParams()).fit(only_stamps(ground, np.arange(20)), silent)
    with pytest.raises(ParamError, match="'wind'"):
        Mmae(MmaeParams(columns="wind")).fit(ground, silent)


def test_that_weights_for_other_stamps_or_columns_are_refused_with_a_sentence(ground: CutoutSet) -> None:
    with pytest.raises(FitError, match="32 × 32 pixels; these have 20 × 20"):
        Mmae(SHIPPED).fit(simulate_planetary(3, side=20), silent)
    columns = {name: series for name, series in ground.columns.items() if name != "emissivity"}
    with pytest.raises(FitError, match="have no emissivity"):
        Mmae(SHIPPED).fit(replace(ground, columns=columns), silent)
    with pytest.raises(FitError, match="not of pictures"):
        Mmae(MmaeParams(weights="flares")).fit(ground, silent)
    with pytest.raises(ReadError):
        Mmae(MmaeParams(weights="nowhere")).fit(ground, silent)


def test_that_a_set_is_learnt_from_itself_repeatably_and_each_stamp_by_a_net_that_never_saw_it() -> None:
    data = simulate_planetary(64, seed=3)
    detector = Mmae(TINY).fit(data, silent)
    first = detector.score(data, silent)
    mmae._learnt.clear()
    assert np.array_equal(first.values, _scores(data, TINY))
    assert np.isfinite(first.values).all()
    assert first.objects is not None
    assert first.objects.space.shape[0] == len(data)


def test_that_no_stamp_is_looked_at_by_a_network_that_learnt_from_it() -> None:
    data, place = simulate_planetary(64, seed=3), 5
    images = data.images.copy()
    images[place] = images[place][::-1]
    before, after = (Mmae(TINY).fit(one, silent) for one in (data, replace(data, images=images)))
    fold = before._fold[place]
    alike = [
        all(np.array_equal(array, other.arrays[name]) for name, array in one.arrays.items())
        for one, other in zip(before._models, after._models, strict=True)
    ]
    assert alike[fold]
    assert not alike[1 - fold]


def test_that_a_heat_map_has_the_shape_of_the_stamp(ground: CutoutSet) -> None:
    detector = Mmae(SHIPPED).fit(ground, silent)
    cold = ground.labels["truth"].index(COLD)
    heat = detector.heat(ground, cold)
    assert heat.shape == ground.images.shape[1:]
    assert np.isfinite(heat).all()
    assert heat.max() > 5 * np.median(heat)


def test_that_what_was_learnt_from_a_set_is_not_learnt_again_for_a_heat_map() -> None:
    data = simulate_planetary(50, seed=8)
    first = Mmae(TINY).fit(data, silent)
    again = Mmae(TINY).fit(data, silent)
    assert again._models is first._models
    images = data.images.copy()
    images[2, :4] = np.nan
    holed = replace(data, images=images)
    heat = again.heat(holed, 2)
    assert np.isnan(heat[:4]).all()
    assert np.isfinite(heat[4:]).all()


def test_that_a_cancelled_training_ends_at_once() -> None:
    def cancelled(done: float, _text: str) -> None:
        if done > 0.1:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        Mmae(MmaeParams(epochs=50, folds=2)).fit(simulate_planetary(60), cancelled)


def test_that_a_training_of_ones_own_writes_weights_that_the_detector_takes(tmp_path: Path) -> None:
    settings = {"pairs": 200, "epochs": 1, "device": "cpu", "columns": "hot_spot_k,altitude_km"}
    card = train(TrainRequest("mmae", NO_DATA, tmp_path / "own", settings))
    assert card["command"] == (
        "peculiar train mmae --seed 0 --set columns=hot_spot_k,altitude_km --set epochs=1 --set pairs=200"
    )
    values = _scores(simulate_planetary(50), MmaeParams(weights=str(tmp_path / "own")))
    assert np.isfinite(values).all()
    assert not (tmp_path / "own" / "unfinished").exists()
