"""The autoencoder and the forecaster of telemetry: settings act, weights go by what they learnt from, bad data."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.arrays import Floats
from desktop_app.core.channels.series import measured_series
from desktop_app.core.detection import Scores
from desktop_app.core.detector import DetectorSpec
from desktop_app.core.errors import FitError, ReadError
from desktop_app.core.progress import JobCancelled, silent
from desktop_app.core.source import Source
from desktop_app.core.telemetry import Channel, Telemetry
from desktop_app.detectors.telemetry import lstm_autoencoder, lstm_forecaster
from desktop_app.io import open_file
from desktop_app.nets import channel_fitted
from desktop_app.nets.channel_net import ChannelNet, train_channel
from desktop_app.nets.channel_weights import save_channels, training_digest
from desktop_app.nets.training import Arrays, Schedule
from tests.data import SHARED

SMALL: dict[str, dict[str, object]] = {
    "lstm_autoencoder": {"window": 16, "stride": 4, "hidden": 6, "epochs": 3, "smoothing": 20},
    "lstm_forecaster": {
        "history": 16,
        "horizon": 3,
        "stride": 4,
        "hidden": 6,
        "epochs": 3,
        "smoothing": 20,
        "buffer": 20,
    },
}
NETS: dict[str, ChannelNet] = {"lstm_autoencoder": lstm_autoencoder._NET, "lstm_forecaster": lstm_forecaster._NET}
SPECS = [lstm_autoencoder.SPEC, lstm_forecaster.SPEC]
both = pytest.mark.parametrize("spec", SPECS, ids=[spec.name for spec in SPECS])
STRANGE = slice(700, 760)


def wave(n: int, seed: int) -> Floats:
    return 20 + 3 * np.sin(np.arange(n) / 5) + 0.1 * np.random.default_rng(seed).standard_normal(n)


def telemetry(values: Floats, training: Floats | None, *, name: str = "P-1") -> Telemetry:
    def made(stretch: Floats, before: Telemetry | None) -> Telemetry:
        time = np.arange(len(stretch), dtype=np.float64)
        columns = np.stack([stretch, (time // 20) % 2], axis=1)
        return Telemetry(
            Source(object_name="made"), time, columns, (Channel(name), Channel("heat", role="command")), training=before
        )

    return made(values, None if training is None else made(training, None))


def strange() -> Telemetry:
    values = wave(1000, 1)
    values[STRANGE] = 20 + 3 * np.sign(np.sin(np.arange(60) / 2))
    return telemetry(values, wave(400, 0))


def scored(spec: DetectorSpec, data: Telemetry, **settings: object) -> Scores:
    params = spec.params.checked({**SMALL[spec.name], **settings})
    return spec.build(params).fit(data, silent).score(data, silent)


def saved(spec: DetectorSpec, data: Telemetry, folder: Path, how: Schedule, **settings: object) -> dict[str, object]:
    """Weights of the channel of ``data`` in ``folder``, and the settings of the network in them."""
    (series,) = measured_series(data)
    net = NETS[spec.name]
    own = {name: value for name, value in SMALL[spec.name].items() if name in net.params.model_fields}
    params = net.params.checked({**own, **settings})
    arrays, _ = train_channel(net, series, params, how, silent)
    told = {**params.model_dump(mode="json"), "epochs": how.epochs, "seed": how.seed}
    about = {"P-1": {"training": training_digest(series)}}
    save_channels(folder, {"P-1": arrays}, {"settings": told, "channels": about})
    return told


def usual(epochs: int = 3) -> Schedule:
    return replace(channel_fitted.USUAL, epochs=epochs)


def never(*_args: object, **_more: object) -> tuple[Arrays, object]:
    raise AssertionError("it was trained")


@both
def test_that_a_stretch_of_another_shape_scores_highest(spec: DetectorSpec) -> None:
    values = scored(spec, strange(), epochs=8).values[:, 0]
    near = slice(STRANGE.start - 30, STRANGE.stop + 50)
    assert STRANGE.start <= np.argmax(values) < near.stop
    assert values[STRANGE].max() >= 1
    assert not (np.delete(values, near) >= 1).any()


@both
def test_that_the_model_is_in_the_unit_of_the_channel_between_its_edges(spec: DetectorSpec) -> None:
    scores = scored(spec, strange())
    model, low, high = (scores.tracks[name][:, 0] for name in ("model", "low", "high"))
    assert 15 < np.nanmedian(model) < 25
    assert (low[5:] < model[5:]).all()
    assert (model[5:] < high[5:]).all()
    assert np.isnan(scores.values[:, 1]).all()


CHANGES: Mapping[str, Mapping[str, object]] = {
    "lstm_autoencoder": {
        "window": 24,
        "stride": 9,
        "commands": False,
        "hidden": 4,
        "layers": 2,
        "epochs": 1,
        "seed": 4,
        "smoothing": 60,
        "rule": "training",
        "margin": 0.5,
    },
    "lstm_forecaster": {
        "history": 24,
        "horizon": 6,
        "stride": 9,
        "commands": False,
        "hidden": 4,
        "layers": 2,
        "epochs": 1,
        "seed": 4,
        "smoothing": 60,
        "error_window": 300,
        "judged": 300,
        "buffer": 3,
        "pruning": 1.0,
        "inverted": True,
    },
}


BEFORE: Mapping[str, Mapping[str, object]] = {
    "inverted": {"epochs": 1, "smoothing": 60, "pruning": 0.0, "buffer": 0},
    "judged": {"error_window": 300, "epochs": 8},
    "buffer": {"epochs": 8},
    "pruning": {"epochs": 8},
}
"""What has to be so for a setting to have something to act on."""


@pytest.mark.parametrize(("spec", "name"), [(spec, name) for spec in SPECS for name in CHANGES[spec.name]])
def test_that_every_setting_acts(spec: DetectorSpec, name: str) -> None:
    key = name if name in BEFORE else ""
    changed = scored(spec, forecast_too_well(key), **{**BEFORE.get(key, {}), name: CHANGES[spec.name][name]})
    assert not np.array_equal(unchanged(spec.name, key).values, changed.values, equal_nan=True)


@cache
def unchanged(detector: str, key: str) -> Scores:
    spec = next(spec for spec in SPECS if spec.name == detector)
    return scored(spec, forecast_too_well(key), **BEFORE.get(key, {}))


def forecast_too_well(key: str) -> Telemetry:
    """For "inverted" a wave with a level in it: hardly trained, a network forecasts about the middle."""
    data = strange()
    if key != "inverted":
        return data
    values = np.array(data.values)
    values[:, 0] = wave(1000, 1)
    values[300:360, 0] = 20.0
    return replace(data, values=values)


def test_that_the_settings_that_are_changed_are_all_there_are() -> None:
    for spec in SPECS:
        assert set(CHANGES[spec.name]) | {"weights", "device"} == set(spec.params.model_fields)


@both
def test_that_weights_of_the_same_stretch_are_taken(
    spec: DetectorSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = strange()
    saved(spec, data, tmp_path, usual())
    here = scored(spec, data)
    monkeypatch.setattr(channel_fitted, "train_channel", never)
    there = scored(spec, data, weights=str(tmp_path))
    np.testing.assert_array_equal(here.values, there.values)
    assert there.notes == ()


@both
def test_that_named_weights_bring_their_own_settings(
    spec: DetectorSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(spec, strange(), tmp_path, usual(1), hidden=4, layers=2)
    monkeypatch.setattr(channel_fitted, "train_channel", never)
    assert np.isfinite(scored(spec, strange(), weights=str(tmp_path)).values[:, 0]).all()


@both
def test_that_weights_of_another_stretch_are_left_alone_and_that_is_told(spec: DetectorSpec, tmp_path: Path) -> None:
    saved(spec, strange(), tmp_path, usual(1))
    other = telemetry(wave(1000, 1), wave(400, 7))
    scores = scored(spec, other, weights=str(tmp_path))
    np.testing.assert_array_equal(scores.values, scored(spec, other).values)
    assert scores.notes == (f"P-1: {tmp_path} holds no weights for it: they were trained anew.",)


@both
def test_that_weights_that_ship_are_taken_only_with_their_settings(
    spec: DetectorSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = strange()
    saved(spec, data, tmp_path, usual(1))
    module = lstm_autoencoder if spec is SPECS[0] else lstm_forecaster
    monkeypatch.setattr(module, "WEIGHTS", str(tmp_path))
    trained: list[object] = []

    def counted(*args: object, **more: object) -> object:
        trained.append(args)
        return train_channel(*args, **more)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(channel_fitted, "train_channel", counted)
    scored(spec, data, epochs=1)
    assert not trained
    for other in ({"epochs": 2}, {"epochs": 1, "seed": 1}, {"epochs": 1, "hidden": 5}):
        scored(spec, data, **other)
    assert len(trained) == 3


@both
def test_that_weights_of_another_network_are_refused_in_a_sentence(spec: DetectorSpec, tmp_path: Path) -> None:
    other = SPECS[1] if spec is SPECS[0] else SPECS[0]
    saved(other, strange(), tmp_path, usual(1))
    with pytest.raises(ReadError, match="are not those of a network called"):
        scored(spec, strange(), weights=str(tmp_path))


@both
def test_that_weights_that_are_not_there_are_told(spec: DetectorSpec, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be read"):
        scored(spec, strange(), weights=str(tmp_path / "nothing"))


@both
def test_that_a_file_without_training_stretch_says_what_was_learnt_from(spec: DetectorSpec) -> None:
    scores = scored(spec, replace(strange(), training=None))
    assert np.isfinite(scores.values[:, 0]).all()
    assert scores.notes == ("P-1: There is no training stretch: the network learnt from the first part of the data.",)


@both
def test_that_a_change_of_what_was_constant_in_training_is_flagged(spec: DetectorSpec) -> None:
    values = np.full(1000, 7.0)
    values[500:540] = 9.0
    scores = scored(spec, telemetry(values, np.full(400, 7.0))).values[:, 0]
    assert scores[500:540].max() >= 1
    assert not (scores[:440] >= 1).any()


@both
def test_that_what_stays_constant_has_no_event(spec: DetectorSpec) -> None:
    for level in (0.0, 7.0, -3e-7):
        scores = scored(spec, telemetry(np.full(900, level), np.full(400, level))).values[:, 0]
        assert np.isfinite(scores).all()
        assert not (scores >= 1).any()


@both
def test_that_too_short_a_channel_goes_without_scores_and_says_why(spec: DetectorSpec) -> None:
    with pytest.raises(FitError, match="the network needs"):
        scored(spec, telemetry(wave(900, 1), wave(20, 0)))


@both
def test_that_holes_and_endless_values_are_not_scored_and_harm_nothing(spec: DetectorSpec) -> None:
    data = strange()
    values, training = np.array(data.values), np.array(strange().training.values)  # type: ignore[union-attr]  # it has one
    values[100:160, 0], values[200, 0], values[0, 0] = np.nan, np.inf, np.nan
    training[50:55, 0] = np.nan
    assert data.training is not None
    holed = replace(data, values=values, training=replace(data.training, values=training))
    scores = scored(spec, holed).values[:, 0]
    np.testing.assert_array_equal(np.isfinite(scores), np.isfinite(values[:, 0]))
    assert STRANGE.start <= np.nanargmax(scores) < STRANGE.stop + 40


@both
def test_that_fitting_and_scoring_hear_a_cancel(spec: DetectorSpec) -> None:
    def cancel(_done: float, text: str) -> None:
        if not text.startswith("Learning"):
            raise JobCancelled

    detector = spec.build(spec.params.checked(SMALL[spec.name]))
    with pytest.raises(JobCancelled):
        detector.fit(strange(), cancel)
    detector.fit(strange(), silent)
    with pytest.raises(JobCancelled):
        detector.score(strange(), lambda done, text: cancel(done, text.replace("Scoring", "Learning")))


@both
@pytest.mark.real_data
def test_that_the_weights_that_ship_know_the_channels_they_were_trained_on(
    spec: DetectorSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = SHARED / "telemetry" / "smap_msl_dev.npz"
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    data = open_file(path, part="M-6")
    assert isinstance(data, Telemetry)
    monkeypatch.setattr(channel_fitted, "train_channel", never)
    scores = spec.build(spec.params()).fit(data, silent).score(data, silent)
    assert np.isfinite(scores.values[:, 0]).all()


@both
def test_that_the_card_of_the_weights_that_ship_has_the_settings_of_the_detector(spec: DetectorSpec) -> None:
    from desktop_app.paths import models

    card = json.loads((models() / spec.weights / "card.json").read_text(encoding="utf-8"))
    told = spec.params().model_dump(mode="json")
    for name in set(told) - {"weights", "device"}:
        assert card["settings"].get(name, told[name]) == told[name], name
