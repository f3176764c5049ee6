"""Every setting of the autoencoder acts, its model follows the curve, and its weights are what their card says."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Scores
from desktop_app.core.errors import FitError, ReadError
from desktop_app.core.events import find_events
from desktop_app.core.flattened import BaselineParams
from desktop_app.core.light_curve import LightCurve
from desktop_app.core.progress import silent
from desktop_app.detectors.curves import lstm_autoencoder
from desktop_app.detectors.curves.lstm_autoencoder import SPEC, LstmAutoencoder, LstmAutoencoderParams
from desktop_app.nets.weights import load_weights, save_weights
from desktop_app.paths import models
from tests.curves import curve_of
from tests.data import quiet_curve
from tests.e2e.program import ROOT


@pytest.fixture(scope="module")
def busy() -> LightCurve:
    """Rotation, dips, flares, a pause of half a day."""
    rng = np.random.default_rng(20)
    time: Floats = 0.01 * np.arange(3000.0)
    time[1500:] += 0.7
    flux = 1 + 1e-3 * rng.standard_normal(3000) + 0.004 * np.sin(2 * np.pi * time / 1.3)
    for middle in (300, 900, 1700, 2600):
        flux[middle : middle + 14] -= 0.0016
        flux[middle + 200 : middle + 206] += 0.003
    flux[1200] -= 0.008
    return curve_of(time, flux)


def scores_of(data: LightCurve, **settings: object) -> Scores:
    return LstmAutoencoder(LstmAutoencoderParams.checked(settings)).fit(data, silent).score(data, silent)


STAR: dict[str, object] = {"train_on": "star", "epochs": 1}
CHANGES: dict[str, tuple[dict[str, object], object]] = {
    "window_d": ({}, 2.3),
    "gap_d": ({}, 5.0),
    "rotation": ({}, False),
    "train_on": ({}, "fine-tuned"),
    "rule": ({}, "percentile"),
    "percentile": ({"rule": "percentile"}, 99.0),
    "window": ({}, 32),
    "stride": ({}, 0.2),
    "epochs": (STAR, 2),
    "seed": (STAR, 1),
}
ELSEWHERE = {"weights", "device"}


def test_that_every_setting_is_tried_here() -> None:
    own = set(SPEC.params.model_fields) - set(BaselineParams.model_fields)
    assert own <= set(CHANGES) | ELSEWHERE <= set(SPEC.params.model_fields)


@pytest.mark.parametrize("name", list(CHANGES))
def test_that_a_setting_changes_the_scores(busy: LightCurve, name: str) -> None:
    others, value = CHANGES[name]
    assert not np.array_equal(scores_of(busy, **others).values, scores_of(busy, **{**others, name: value}).values)


def test_that_the_device_is_handed_on(busy: LightCurve, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(wish: str, *, worth: bool = True) -> str:
        asked.append(wish)
        return "cpu"

    monkeypatch.setattr(lstm_autoencoder, "chosen_device", noted)
    scores_of(busy, device="cuda")
    assert asked == ["cuda"]


def test_that_weights_of_ones_own_are_taken(busy: LightCurve, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("own")
    arrays, _ = load_weights("lstm_autoencoder")
    arrays["levels"] = 2 * arrays["levels"]
    save_weights(folder, arrays, {"model": "mine"})
    mine = scores_of(busy, weights=str(folder)).values
    assert np.nanmax(mine) < 0.7 * np.nanmax(scores_of(busy).values)


def test_that_a_folder_without_weights_is_a_sentence(busy: LightCurve) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        scores_of(busy, weights="nowhere")


def test_that_the_model_follows_the_curve_and_not_its_events(busy: LightCurve) -> None:
    scores = scores_of(busy)
    model, noise = scores.tracks["model"], scores.tracks["noise"]
    quiet = np.ones(3000, np.bool_)
    for middle in (300, 900, 1700, 2600):
        quiet[middle - 20 : middle + 226] = False
    assert np.median(np.abs(busy.flux - model)[quiet] / noise[quiet]) < 0.8
    left = ((busy.flux - model) / noise)[1200]
    assert left < -6


def test_that_short_stretches_have_no_model_and_are_scored_all_the_same() -> None:
    data = quiet_curve(400)
    time = data.time + 2.0 * (np.arange(400) // 40)
    flux = np.array(data.flux)
    flux[220] += 0.03
    scores = scores_of(replace(data, time=time, flux=flux))
    assert np.isnan(scores.tracks["model"]).all()
    assert int(np.argmax(scores.values)) in (219, 220)  # the row before is high by chance
    assert scores.values[220] > 10


def test_that_the_percentile_rule_flags_about_that_share_of_clean_rows() -> None:
    shares = []
    for seed in range(6):
        values = scores_of(quiet_curve(3000, seed=seed), rule="percentile", percentile=98).values
        shares.append((values >= SPEC.threshold).mean())
    assert np.mean(shares) == pytest.approx(0.02, abs=0.012)


def test_that_quiet_curves_have_next_to_no_events() -> None:
    found = 0
    for seed in range(12):
        data = quiet_curve(1300, seed=seed)
        found += len(find_events(data, scores_of(data), SPEC.threshold))
    assert found <= 2


def test_that_a_curve_too_short_to_learn_from_is_a_sentence() -> None:
    with pytest.raises(FitError, match="windows"):
        scores_of(quiet_curve(300), train_on="star")


def test_that_the_card_says_where_the_weights_are_from() -> None:
    card = json.loads((models() / "lstm_autoencoder" / "card.json").read_text(encoding="utf-8"))
    assert card["command"].startswith("peculiar train lstm_autoencoder")
    assert card["trained_on"]["stars_never_seen"] >= 5
    scores = card["scores"]
    assert scores["unseen_error_of_means_of_four"] < scores["unseen_error_of_zeros_of_means_of_four"]
    assert scores["unseen_share_of_planted_events_left"] > 0.9
    assert scores["unseen_score_percentile_99_5"] < SPEC.threshold


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_that_a_gpu_gives_the_same_scores(busy: LightCurve, device: str) -> None:
    torch = pytest.importorskip("torch")
    there = torch.cuda.is_available() if device == "cuda" else torch.backends.mps.is_available()
    if not there:
        pytest.skip(f"there is no {device} here")
    np.testing.assert_allclose(
        scores_of(busy, device=device).values, scores_of(busy, device="cpu").values, rtol=1e-2, atol=1e-2
    )


def test_that_scoring_with_the_weights_that_ship_never_imports_torch() -> None:
    code = (
        "import sys; from tests.data import quiet_curve; from desktop_app.core.progress import silent;"
        "from desktop_app.detectors.curves.lstm_autoencoder import SPEC; data = quiet_curve(600);"
        "SPEC.build(SPEC.params()).fit(data, silent).score(data, silent); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
