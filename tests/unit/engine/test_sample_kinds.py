"""The samples that are no light curves."""

import json
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.pixels import TargetPixels
from desktop_app.core.simulate_field import simulate_field
from desktop_app.core.simulate_pixels import simulate_pixels
from desktop_app.core.simulate_spacecraft import simulate_spacecraft
from desktop_app.core.simulate_telemetry import simulate_telemetry
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.telemetry import Telemetry
from desktop_app.engine.detect import detect
from desktop_app.engine.events import events_of
from desktop_app.engine.sample_kinds import other_samples
from desktop_app.engine.samples import write_samples
from desktop_app.io import open_file
from desktop_app.paths import resources

SHIPPED = (
    "pixels_tp.fits",
    "field.fits",
    "telemetry.csv",
    "telemetry_labels.json",
    "spacecraft.npz",
    "spacecraft_labels.json",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All samples of seed 0."""
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


@pytest.mark.parametrize("name", SHIPPED)
def test_that_what_ships_is_what_the_generator_makes(name: str) -> None:
    made = other_samples()[name]
    shipped = (resources() / "samples" / name).read_bytes()
    assert shipped == (made if isinstance(made, bytes) else made.encode())


def test_that_the_pixels_open_as_target_pixels_whose_transit_is_found(folder: Path) -> None:
    pixels = open_file(folder / "pixels_tp.fits")
    assert isinstance(pixels, TargetPixels)
    np.testing.assert_allclose(pixels.frames.frame(7), simulate_pixels().frames[7], rtol=1e-6)
    truth = json.loads((folder / "pixels_tp_truth.json").read_text())["events"][0]
    table = events_of(detect(pixels))
    assert [kind for kind in table["kind"] if kind == "transit"]
    assert any(truth["t_start"] <= peak <= truth["t_end"] for peak in table["t_peak"])


def test_that_the_target_lies_where_its_header_says(folder: Path) -> None:
    pixels = open_file(folder / "pixels_tp.fits")
    assert isinstance(pixels, TargetPixels)
    assert pixels.sky is not None
    x, y = pixels.sky.to_pixel(np.array([pixels.source.ra_deg]), np.array([pixels.source.dec_deg]))
    assert (float(x[0]), float(y[0])) == pytest.approx((4.2, 3.9), abs=0.01)


def test_that_the_field_opens_with_its_dead_column_masked(folder: Path) -> None:
    image = open_file(folder / "field.fits")
    assert isinstance(image, SkyImage)
    field = simulate_field()
    np.testing.assert_array_equal(image.pixels, field.pixels)
    assert image.bad is not None
    np.testing.assert_array_equal(image.bad, field.quality > 0)
    boxes = json.loads((folder / "field_truth.json").read_text())["boxes"]
    assert {box["kind"] for box in boxes} == {"trail", "cosmic ray", "dead column"}


def test_that_the_telemetry_opens_with_its_states_gap_and_labels(folder: Path) -> None:
    telemetry = open_file(folder / "telemetry.csv")
    assert isinstance(telemetry, Telemetry)
    made = simulate_telemetry()
    np.testing.assert_allclose(telemetry.time + telemetry.zero_unix_s, made.time + made.zero_unix_s)
    assert telemetry.labels == made.labels
    modes = next(channel for channel in telemetry.channels if channel.name == "mode")
    assert sorted(modes.states) == sorted(made.channels[4].states)
    assert np.diff(telemetry.time).max() == pytest.approx(31 * 30.0)


def test_that_the_spacecraft_opens_with_training_commands_and_faults_of_every_kind(folder: Path) -> None:
    first = open_file(folder / "spacecraft.npz")
    assert isinstance(first, Telemetry)
    parts = [open_file(folder / "spacecraft.npz", part=part) for part in first.source.parts]
    made = simulate_spacecraft()
    for part in parts:
        assert isinstance(part, Telemetry)
        place = made.names.index(part.source.part)
        np.testing.assert_allclose(part.values[:, 0], made.values[:, place], atol=1e-3)
        assert part.training is not None
        assert made.training is not None
        np.testing.assert_allclose(part.training.values[:, 0], made.training.values[:, place], atol=1e-3)
        assert [channel.role for channel in part.channels] == ["measured", *["command"] * 4]
        told = {(label.start, label.stop, label.kind) for label in part.labels}
        assert told == {(label.start, label.stop, label.kind) for label in made.labels_on(part.source.part)}


def test_that_another_seed_gives_other_data() -> None:
    first, second = other_samples(seed=1), other_samples(seed=2)
    assert all(first[name] != second[name] for name in first if name != "telemetry_labels.json")
