"""Folders of alerts: science, template and difference of the same objects, read together."""

from pathlib import Path

import numpy as np

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.source import Source
from desktop_app.io import open_file
from tests.image_files import pixels_of, write_image

ROLES = ("science", "template", "difference")
SIZE = (21, 21)


def alerts_in(folder: Path, n: int = 4, ending: str = ".fits") -> Path:
    """``n`` alerts; the seed of every picture is its place in order of alert and role."""
    folder.mkdir()
    for place in range(n):
        for turn, role in enumerate(ROLES):
            write_image(folder / f"ZTF18a{place}_{role}{ending}", pixels_of(-32, SIZE, seed=3 * place + turn))
    return folder


def opened(folder: Path, part: str | None = None) -> CutoutSet:
    found = open_file(folder, part=part)
    assert isinstance(found, CutoutSet)
    return found


def test_that_the_other_pictures_of_alerts_stand_beside_the_one_shown(tmp_path: Path) -> None:
    folder = alerts_in(tmp_path / "alerts", ending=".fits.gz")
    for part in ROLES:
        found = opened(folder, part)
        assert set(found.beside) == set(ROLES) - {part}
        for turn, role in enumerate(ROLES):
            pictures = found.of_role(role)
            assert pictures is not None
            np.testing.assert_array_equal(pictures[2], pixels_of(-32, SIZE, seed=6 + turn))


def test_that_two_alerts_are_a_set_of_stamps_and_no_sequence_of_frames(tmp_path: Path) -> None:
    assert len(opened(alerts_in(tmp_path / "alerts", 2))) == 2


def test_that_what_an_alert_lacks_is_without_values_and_told(tmp_path: Path) -> None:
    folder = alerts_in(tmp_path / "alerts")
    (folder / "ZTF18a1_template.fits").unlink()
    torn = (folder / "ZTF18a2_template.fits").read_bytes()[:3000]
    (folder / "ZTF18a2_template.fits").write_bytes(torn)
    (folder / "ZTF18a3_difference.fits").unlink()
    write_image(folder / "ZTF18a3_difference.fits", pixels_of(-32, (9, 9)))
    found = opened(folder)
    assert [bool(np.isnan(stamp).all()) for stamp in found.beside["template"]] == [False, True, True, False]
    assert [bool(np.isnan(stamp).all()) for stamp in found.beside["difference"]] == [False, False, False, True]
    assert "2 of 4 alerts have no template that can be used." in found.source.notes
    assert "1 of 4 alerts have no difference that can be used." in found.source.notes


def test_that_alerts_of_several_surveys_are_set_into_stamps_of_one_size(tmp_path: Path) -> None:
    folder = alerts_in(tmp_path / "alerts")
    for turn, role in enumerate(ROLES):
        write_image(folder / f"WNTR24a_{role}.fits", pixels_of(-32, (31, 31), seed=50 + turn))
    found = opened(folder)
    assert found.images.shape == (5, 31, 31)
    small = found.ids.index("ZTF18a0")
    np.testing.assert_array_equal(found.beside["template"][small, 5:26, 5:26], pixels_of(-32, SIZE, seed=1))
    assert np.isnan(found.images[small, :5]).all()
    assert np.isfinite(found.images[found.ids.index("WNTR24a")]).all()


def test_that_the_ends_of_single_precision_are_no_values(tmp_path: Path) -> None:
    folder = alerts_in(tmp_path / "alerts")
    pixels = pixels_of(-32, SIZE).astype(np.float32)
    pixels[:4] = np.finfo(np.float32).min
    (folder / "ZTF18a0_template.fits").unlink()
    write_image(folder / "ZTF18a0_template.fits", pixels)
    template = opened(folder).beside["template"][0]
    assert np.isnan(template[:4]).all()
    assert np.isfinite(template[4:]).all()


def test_that_the_digest_covers_what_is_beside() -> None:
    images, other = np.zeros((2, 5, 5), np.float32), np.zeros((2, 5, 5), np.float32)
    changed = other.copy()
    changed[1, 2, 2] = 1
    digests = {
        CutoutSet(Source(), images, ("a", "b"), beside=beside).digest
        for beside in ({}, {"template": other}, {"template": changed}, {"difference": other})
    }
    assert len(digests) == 4
