"""Pictures become cut-outs: by sources, grids and catalogues, over frames that drift, with one frame in memory."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktop_app.core.errors import FitError, ParamError, ReadError
from desktop_app.core.progress import JobCancelled
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.engine.cutting import Cutting, cutouts_of
from desktop_app.engine.frame_cuts import FrameCut, Kept, cut_frame
from desktop_app.io import open_file
from tests.image_files import write_image
from tests.star_fields import Field, sky_of, star_field

SHAPE = (220, 240)


def stars(count: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.uniform(20, 220, count), rng.uniform(20, 200, count), rng.uniform(3000, 40_000, count)


@pytest.fixture(scope="module")
def field() -> Field:
    return star_field(shape=SHAPE, at=stars(), sky=sky_of(SHAPE))


def drifting(folder: Path, count: int = 4, *, turn: float = 2.0) -> np.ndarray:
    """Frames without a place on the sky, each moved and turned further; the true x, y of each star in each frame."""
    x, y, flux = stars(60, seed=3)
    folder.mkdir(exist_ok=True)
    truth = []
    for number in range(count):
        angle = np.radians(turn * number)
        across = np.cos(angle) * (x - 120) - np.sin(angle) * (y - 110) + 120 + 9 * number
        up = np.sin(angle) * (x - 120) + np.cos(angle) * (y - 110) + 110 - 5 * number
        frame = star_field(shape=SHAPE, at=(across, up, flux), seed=number)
        write_image(folder / f"frame{number}.fits", frame.image.pixels, {"DATE-OBS": f"2020-01-01T0{number}:00:00"})
        truth.append(np.column_stack([across, up]))
    return np.array(truth)


def test_that_each_source_of_a_picture_has_a_stamp_with_its_numbers(field: Field) -> None:
    cut = cutouts_of(field.image, Cutting())
    assert len(cut) >= 38
    assert {"x", "y", "flux", "flux_err", "snr", "fwhm_px", "flags", "jd", "seen"} <= set(cut.columns)
    assert all(name.startswith("J") for name in cut.ids)
    assert set(cut.labels["frame"]) == {"field"}
    middle = cut.images.shape[1] // 2
    inner = cut.images[:, middle - 2 : middle + 3, middle - 2 : middle + 3]
    # The level of the sky is taken off, and the light stands in the middle.
    assert (np.nanmax(inner, axis=(1, 2)) > 50).mean() > 0.95
    assert abs(np.nanmedian(cut.images[:, 0])) < 3
    assert np.isfinite(cut.ra_deg).all()


def test_that_stamps_have_the_side_that_is_asked_for_else_one_that_fits(field: Field) -> None:
    assert cutouts_of(field.image, Cutting(side_px=31)).images.shape[1:] == (31, 31)
    assert cutouts_of(field.image, Cutting()).images.shape[1] % 2 == 1


def test_that_faint_sources_are_left_out_where_it_is_asked_for(field: Field) -> None:
    every, bright = cutouts_of(field.image, Cutting()), cutouts_of(field.image, Cutting(least_snr=150))
    assert 0 < len(bright) < len(every)
    assert bright.columns["snr"].values.min() >= 150


def test_that_bad_pixels_are_missing_in_stamps(field: Field) -> None:
    bad = np.zeros(SHAPE, bool)
    bad[:, 120] = True
    cut = cutouts_of(SkyImage(Source(), field.image.pixels, bad=bad), Cutting(by="grid", side_px=60))
    assert np.isnan(cut.images).any()


def test_that_a_grid_covers_the_picture_and_may_overlap(field: Field) -> None:
    plain = cutouts_of(field.image, Cutting(by="grid", side_px=40))
    closer = cutouts_of(field.image, Cutting(by="grid", side_px=40, overlap=0.5))
    assert len(plain) == 6 * 6
    assert len(closer) > 2 * len(plain)
    assert plain.ids[0] == "x20y20"


def test_that_a_catalogue_in_pixels_cuts_its_rows_and_tells_of_those_outside(tmp_path: Path, field: Field) -> None:
    path = tmp_path / "objects.csv"
    rows = [f"{n},{x},{y},star" for n, (x, y) in enumerate(zip(field.x[:10], field.y[:10], strict=True))]
    path.write_text("\n".join(["id,x,y,class", *rows, "10,-50,20,star", "11,nan,20,star", "12,9000,20,none"]))
    bare = SkyImage(field.image.source, field.image.pixels)
    cut = cutouts_of(bare, Cutting(by="catalogue", catalogue=path, side_px=21))
    assert len(cut) == 10
    assert cut.columns["id"].values.tolist() == list(range(10))
    assert cut.labels["class"] == ("star",) * 10
    assert any("3 of 13 rows" in note for note in cut.source.notes)
    assert np.isfinite(cut.columns["flux"].values).mean() > 0.8


def test_that_a_catalogue_on_the_sky_lands_on_its_stars(tmp_path: Path, field: Field) -> None:
    assert field.image.sky is not None
    ra, dec = field.image.sky.to_sky(field.x, field.y)
    path = tmp_path / "objects.csv"
    path.write_text("\n".join(["RA,DEC", *(f"{one},{other}" for one, other in zip(ra, dec, strict=True))]))
    cut = cutouts_of(field.image, Cutting(by="catalogue", catalogue=path))
    assert np.allclose(cut.columns["x"].values, field.x, atol=1e-3)
    bare = SkyImage(field.image.source, field.image.pixels)
    with pytest.raises(ReadError, match="no place on the sky"):
        cutouts_of(bare, Cutting(by="catalogue", catalogue=path))


def test_that_positions_of_a_catalogue_move_onto_the_light_where_it_is_asked_for(tmp_path: Path, field: Field) -> None:
    path = tmp_path / "objects.csv"
    brightest = np.argmax(field.flux)
    path.write_text(f"x,y\n{field.x[brightest] + 1.5},{field.y[brightest] - 1.5}\n")
    cut = cutouts_of(field.image, Cutting(by="catalogue", catalogue=path, recentre=True, side_px=25))
    assert cut.columns["x"].values[0] == pytest.approx(field.x[brightest], abs=0.3)


def test_that_a_table_without_positions_is_a_sentence(tmp_path: Path, field: Field) -> None:
    path = tmp_path / "objects.csv"
    path.write_text("name,mass\na,1\n")
    with pytest.raises(ReadError, match=r"No columns of objects\.csv tell"):
        cutouts_of(field.image, Cutting(by="catalogue", catalogue=path))


def test_that_one_object_has_one_name_over_frames_that_drift_and_turn(tmp_path: Path) -> None:
    truth = drifting(tmp_path / "night")
    cut = cutouts_of(tmp_path / "night", Cutting())
    place = np.column_stack([cut.columns["x"].values, cut.columns["y"].values])
    names: dict[int, set[str]] = {}
    for row, frame in enumerate(cut.labels["frame"]):
        away = np.hypot(*(truth[int(frame[-1])] - place[row]).T)
        if away.min() < 0.5:
            names.setdefault(int(away.argmin()), set()).add(cut.labels["object"][row])
    assert len(names) > 40
    # Now and then light of a neighbour moves a source further than an object is wide.
    assert np.mean([len(one) == 1 for one in names.values()]) > 0.95
    assert len(set.union(*names.values())) <= 1.05 * len(names)
    assert not cut.source.notes


def test_that_one_object_has_one_name_by_its_place_on_the_sky() -> None:
    x, y, flux = stars()
    skies = sky_of(SHAPE), sky_of(SHAPE, turn=30)
    assert skies[0] is not None
    other = skies[1].to_pixel(*skies[0].to_sky(x, y))
    images = [
        star_field(shape=SHAPE, at=(x, y, flux), seed=1, sky=skies[0]).image,
        star_field(shape=SHAPE, at=(*other, flux), seed=2, sky=skies[1]).image,
    ]
    cut = cutouts_of(images, Cutting(least_snr=20))
    seen = cut.columns["seen"].values
    assert (seen == 2).mean() > 0.8
    assert set(cut.labels["frame"]) == {"field", "field (2)"}


@pytest.mark.parametrize("one", ["best", "median"])
def test_that_an_object_may_have_one_stamp(tmp_path: Path, one: str) -> None:
    drifting(tmp_path / "night")
    every = cutouts_of(tmp_path / "night", Cutting())
    once = cutouts_of(tmp_path / "night", Cutting(one="best" if one == "best" else "median"))
    assert len(once) == len(set(every.labels["object"])) < len(every)
    assert once.ids == once.labels["object"]
    for name in once.ids[:10]:
        rows = [row for row, other in enumerate(every.labels["object"]) if other == name]
        quality = every.columns["snr"].values[rows]
        best = every.images[rows[int(np.argmax(quality))]]
        expected = best if one == "best" else np.nanmedian(every.images[rows], axis=0)
        assert np.allclose(once.images[once.ids.index(name)], expected, equal_nan=True)


def test_that_a_broken_frame_costs_a_sentence(tmp_path: Path) -> None:
    drifting(tmp_path / "night", 3)
    (tmp_path / "night" / "frame1.fits").write_bytes(b"SIMPLE  = broken")
    cut = cutouts_of(tmp_path / "night", Cutting())
    assert set(cut.labels["frame"]) == {"frame0", "frame2"}
    assert any(note.startswith("frame1 is left out:") for note in cut.source.notes)


def test_that_frames_without_stars_in_common_have_objects_of_their_own_and_say_so(tmp_path: Path) -> None:
    frames = [star_field(60, SHAPE, seed=seed, faintest=3000).image for seed in (1, 2)]
    cut = cutouts_of(frames, Cutting(least_snr=20))
    assert len(set(cut.labels["object"])) == len(cut)
    assert any("no pattern of stars in common" in note for note in cut.source.notes)


def test_that_only_one_frame_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gc
    import weakref

    drifting(tmp_path / "night")
    alive: list[weakref.ref[object]] = []
    most = 0

    def watched(path: Path) -> object:
        nonlocal most
        data = open_file(path)
        gc.collect()
        alive.append(weakref.ref(data))
        most = max(most, sum(one() is not None for one in alive))
        return data

    monkeypatch.setattr("desktop_app.engine.cutting.open_file", watched)
    cutouts_of(tmp_path / "night", Cutting())
    assert most <= 2


def test_that_a_cut_that_was_kept_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drifting(tmp_path / "night", 3)
    first = cutouts_of(tmp_path / "night", Cutting(side_px=25), kept_in=tmp_path / "kept")
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 3
    damaged = sorted((tmp_path / "kept").glob("*.npz"))[1]
    damaged.write_bytes(damaged.read_bytes()[:5000])
    cut: list[str] = []

    def counted(image: SkyImage, frame: str, cutting: Cutting, side: int, *rest: Any) -> FrameCut:
        cut.append(frame)
        return cut_frame(image, frame, cutting, side, *rest)

    monkeypatch.setattr("desktop_app.engine.cutting.cut_frame", counted)
    again = cutouts_of(tmp_path / "night", Cutting(side_px=25), kept_in=tmp_path / "kept")
    assert len(cut) == 1
    assert again.digest == first.digest
    assert again.ids == first.ids


def test_that_other_settings_are_another_cut(tmp_path: Path) -> None:
    drifting(tmp_path / "night", 2)
    for cutting in (Cutting(side_px=25), Cutting(side_px=25, sigma=20), Cutting(side_px=27)):
        cutouts_of(tmp_path / "night", cutting, kept_in=tmp_path / "kept")
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 6


def test_that_cuts_of_other_runs_go_where_there_are_too_many(tmp_path: Path) -> None:
    drifting(tmp_path / "night", 2)
    cutouts_of(tmp_path / "night", Cutting(side_px=25), kept_in=tmp_path / "kept")
    old = sorted((tmp_path / "kept").glob("*.npz"))
    for path in old:
        os.utime(path, (1, 1))
    kept = Kept(tmp_path / "kept", limit_bytes=old[0].stat().st_size)
    used = old[1].stem
    assert kept.load(used) is not None
    kept.trim()
    assert [path.stem for path in (tmp_path / "kept").glob("*.npz")] == [used]


def test_that_a_cut_can_be_cancelled(tmp_path: Path) -> None:
    drifting(tmp_path / "night", 3)

    def stop(done: float, _text: str) -> None:
        if done > 0.4:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        cutouts_of(tmp_path / "night", Cutting(), stop)


@pytest.mark.parametrize("pixels", [np.full((40, 40), np.nan), np.full((40, 40), 3.0), np.ones((1, 1))])
def test_that_nothing_to_cut_is_a_sentence(pixels: np.ndarray) -> None:
    with pytest.raises(FitError, match="nothing to cut"):
        cutouts_of(SkyImage(Source(), pixels), Cutting())


def test_that_a_folder_without_pictures_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no pictures to cut"):
        cutouts_of(tmp_path, Cutting())


def test_that_more_stamps_than_memory_should_hold_are_a_sentence(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.engine.cutting.MOST_BYTES", 10_000)
    with pytest.raises(FitError, match=r"\d+ stamps of"):
        cutouts_of(field.image, Cutting())


@pytest.mark.parametrize(
    "settings",
    [
        {"by": "circles"},
        {"one": "worst"},
        {"side_px": 2},
        {"side_px": 100_000},
        {"sigma": 0.0},
        {"sigma": float("nan")},
        {"least_px": 0},
        {"overlap": 1.0},
        {"least_snr": -1.0},
        {"by": "catalogue"},
        {"catalogue": Path("a.csv")},
    ],
)
def test_that_settings_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ParamError):
        Cutting(**settings)
