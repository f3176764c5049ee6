"""What DS9 reads of events in pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.detection import Detection, Provenance, Scores
from desktop_app.core.errors import WriteError
from desktop_app.core.event_table import EventTable, event_table
from desktop_app.core.images.objects import Objects, box
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.source import Source
from desktop_app.engine.events import events_of
from desktop_app.export import write_events, writers_of
from desktop_app.export.ds9 import WRITER
from tests.data import quiet_curve
from tests.pictures import tan_sky

_ORIGIN = Provenance("night/a.fits", "", "", "", "", "", "sources", 1, {}, 0, "cpu", "Peculiar", "2026-01-01")
_SQUARE = ((3.0, 4.0), (9.0, 4.0), (9.0, 8.0), (3.0, 8.0))


def found(*, on_sky: bool = True, outlines: bool = True) -> Detection:
    """A streak and a strange source, and one that is not flagged, in a picture of 20 by 16 pixels."""
    sky = tan_sky((20, 16)) if on_sky else None
    data = SkyImage(Source(object_name="field {1}"), np.zeros((16, 20), np.float32), sky=sky)
    x, y = np.array([6.0, 12.0, 1.0]), np.array([6.0, 10.0, 1.0])
    ra, dec = sky.to_sky(x, y) if sky is not None else (np.full(3, np.nan),) * 2
    kinds = ("strange", "streak", "strange")
    objects = Objects(x, y, kinds, (_SQUARE, _SQUARE, ()) if outlines else (), ra, dec)
    return Detection(data, Scores(np.array([7.5, 9.0, 0.3]), objects=objects), _ORIGIN, 5.0)


def in_time() -> EventTable:
    """A light curve of which nothing is flagged."""
    curve = quiet_curve()
    return event_table(Detection(curve, Scores(np.zeros(len(curve))), _ORIGIN, 5.0), ())


def lines_of(path: Path) -> list[str]:
    """The regions, without the head."""
    return path.read_text(encoding="utf-8").splitlines()[2:]


def test_that_outlines_are_polygons_on_the_sky(tmp_path: Path) -> None:
    write_events(events_of(found()), tmp_path / "found.reg")
    text = (tmp_path / "found.reg").read_text(encoding="utf-8")
    assert text.startswith("# Region file format: DS9 version 4.1\nglobal ")
    streak, strange = lines_of(tmp_path / "found.reg")
    assert streak.startswith("icrs; polygon(")
    assert "tag={streak} tag={artefact}" in streak
    assert "text={strange 7.5}" in strange
    assert "tag={sky}" in strange
    sky = tan_sky((20, 16))
    corners = np.array([float(one) for one in streak[len("icrs; polygon(") : streak.index(")")].split(",")])
    x, y = sky.to_pixel(corners[::2], corners[1::2])
    np.testing.assert_allclose(np.column_stack([x, y]), _SQUARE, atol=1e-3)


def test_that_pixels_count_from_one_where_there_is_no_sky(tmp_path: Path) -> None:
    write_events(events_of(found(on_sky=False)), tmp_path / "found.reg")
    assert lines_of(tmp_path / "found.reg")[0].startswith("image; polygon(4.00,5.00,10.00,5.00,")


def test_that_what_has_no_outline_is_a_circle(tmp_path: Path) -> None:
    write_events(events_of(found(on_sky=False, outlines=False)), tmp_path / "found.reg")
    assert lines_of(tmp_path / "found.reg")[0].startswith("image; circle(13.00,11.00,5)")
    write_events(events_of(found(outlines=False)), tmp_path / "found.reg")
    assert lines_of(tmp_path / "found.reg")[0].startswith("icrs; circle(")


def test_that_several_pictures_are_told_apart(tmp_path: Path) -> None:
    one = found()
    assert one.scores.objects is not None
    objects = replace(one.scores.objects, frames=("1", "2", "1"))
    several = replace(one, scores=Scores(one.scores.values, objects=objects))
    write_events(events_of(several), tmp_path / "found.reg")
    assert "text={streak 9.0 a.fits 2}" in lines_of(tmp_path / "found.reg")[0]


def test_that_events_in_time_are_no_regions(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="events in time"):
        write_events(in_time(), tmp_path / "found.reg")
    assert WRITER not in writers_of(in_time())
    assert WRITER in writers_of(events_of(found()))


def test_that_outlines_in_stamps_are_polygons_on_the_sky_as_well() -> None:
    sky = tan_sky((40, 40))
    middle = np.array([20.0]), np.array([15.0])
    ra, dec = sky.to_sky(*middle)
    slopes = sky.slopes(*middle)
    data = CutoutSet(Source(), np.zeros((1, 9, 9), np.float32), ("a",), ra_deg=ra, dec_deg=dec, slopes_deg=slopes)
    objects = Objects(np.array([4.0]), np.array([4.0]), ("strange",), (box(4, 4, 3),), ra, dec)
    region = str(events_of(Detection(data, Scores(np.array([7.0]), objects=objects), _ORIGIN, 5.0))["region_sky"][0])
    corners = np.array([float(one) for one in region.removeprefix("POLYGON ICRS ").split()])
    x, y = sky.to_pixel(corners[::2], corners[1::2])
    np.testing.assert_allclose(np.column_stack([x, y]), np.array(box(20, 15, 3)), atol=1e-3)
