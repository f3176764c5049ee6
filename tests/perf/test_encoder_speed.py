"""How many stamps of 64 pixels a second are measured, and seen by the encoders."""

from collections.abc import Callable
from time import perf_counter

import pytest

from desktop_app.core.cutouts import Stamps
from desktop_app.core.images.morphology import morphology
from desktop_app.core.images.stamp_views import views_of
from desktop_app.core.images.stretching import SetStretch
from desktop_app.core.simulate_galaxies import simulate_galaxies
from desktop_app.nets.encoders import available_encoders, encoder_called

STAMPS = 200


@pytest.fixture(scope="module")
def images() -> Stamps:
    return simulate_galaxies(STAMPS, 0, seed=3).images


def _told(capsys: pytest.CaptureFixture[str], what: str, work: Callable[[], object]) -> None:
    work()
    began = perf_counter()
    work()
    with capsys.disabled():
        print(f"\n{what}: {STAMPS / (perf_counter() - began):.0f} stamps a second")  # noqa: T201  what it is for


def test_that_stamps_are_measured_and_taken_apart(images: Stamps, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(morphology(images)["flux"]) == STAMPS
    _told(capsys, "morphology", lambda: morphology(images))
    _told(capsys, "views", lambda: views_of(images))


@pytest.mark.parametrize("name", [encoder.name for encoder in available_encoders()])
def test_that_encoders_see_stamps(name: str, images: Stamps, capsys: pytest.CaptureFixture[str]) -> None:
    if not any(encoder.here for encoder in available_encoders() if encoder.name == name):
        pytest.skip(f"{name} is not installed")
    encoder, seen = encoder_called(name), SetStretch.fit(images).apply(images)
    assert len(encoder.embed(seen)) == STAMPS
    _told(capsys, name, lambda: encoder.embed(seen))
