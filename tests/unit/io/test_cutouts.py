"""Folders of stamps and of frames, and the catalogues beside them."""

from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.progress import JobCancelled
from desktop_app.core.sky_image import SkyImage
from desktop_app.io import open_file, summarise
from desktop_app.io.images.catalogue import read_catalogue
from desktop_app.io.images.cutouts import open_cutouts
from tests.image_files import TAN, Cards, pixels_of, write_extensions, write_image, write_packed

SIZE = (20, 24)


def stamps_in(folder: Path, names: list[str], *, bitpix: int = -32, sky: bool = False) -> Path:
    """A folder of stamps, each a tenth of a degree further east."""
    folder.mkdir(exist_ok=True)
    for seed, name in enumerate(names):
        cards: Cards = {**TAN, "CRVAL1": 150.0 + 0.1 * seed, "CRPIX1": 12.5, "CRPIX2": 10.5} if sky else {}
        pixels = pixels_of(16 if bitpix == 16 else -32, SIZE, seed=seed)
        write_image(folder / name, pixels, {"BUNIT": "DN", "TELESCOP": "P48", **cards})
    return folder


def cutouts(path: Path, part: str | None = None) -> CutoutSet:
    found = open_file(path, part=part)
    assert isinstance(found, CutoutSet)
    return found


@pytest.mark.parametrize("ending", [".fits", ".fits.gz"])
def test_that_a_folder_of_many_small_images_is_a_set_of_stamps(tmp_path: Path, ending: str) -> None:
    folder = stamps_in(tmp_path / "stars", [f"star_{n}{ending}" for n in (1, 2, 3, 9, 10, 20, 30, 100)], sky=True)
    found = cutouts(folder)
    assert found.ids == tuple(f"star_{n}" for n in (1, 2, 3, 9, 10, 20, 30, 100))
    for seed in range(8):
        np.testing.assert_array_equal(found.images[seed], pixels_of(-32, SIZE, seed=seed))
    assert found.unit == "DN"
    np.testing.assert_allclose(found.ra_deg, 150 + 0.1 * np.arange(8), atol=1e-9)
    np.testing.assert_allclose(found.dec_deg, 2.2, atol=1e-9)
    summary = summarise(folder)
    assert (summary.kind, summary.rows, summary.shape, summary.mission) == ("cutouts", 8, SIZE, "P48")
    assert found.source.parts == ()
    with pytest.raises(ParamError, match="has no parts"):
        open_file(folder, part="science")


def test_that_stamps_in_extensions_and_in_tiles_are_read_too(tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    for n in range(4):
        write_extensions(folder / f"a{n}.fits", [(pixels_of(-32, (40, 50), seed=n), {"EXTNAME": "SCI", **TAN})])
        write_packed(folder / f"b{n}.fits.fz", "rice-16", seed=n)
    found = cutouts(folder)
    assert found.ids == ("a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3")
    np.testing.assert_array_equal(found.images[2], pixels_of(-32, seed=2))
    np.testing.assert_array_equal(found.images[6], pixels_of(16, seed=2))
    assert np.isfinite(found.ra_deg).tolist() == [True] * 4 + [False] * 4


def test_that_stamps_of_another_size_and_broken_ones_are_left_out_and_told(tmp_path: Path) -> None:
    folder = stamps_in(tmp_path / "stars", [f"star_{n}.fits" for n in range(10)])
    write_image(folder / "star_4b.fits", pixels_of(-32, (9, 9)))
    whole = (folder / "star_0.fits").read_bytes()
    for n in range(5):
        (folder / f"torn_{n}.fits").write_bytes(whole[:3000])
    found = cutouts(folder)
    assert len(found) == 10
    notes = found.source.notes
    assert notes[0] == "torn_0.fits is cut short: 1,800 bytes of PRIMARY are missing."
    assert "2 more files cannot be read." in notes
    assert "1 of 11 stamps are left out: they do not have 24 × 20 pixels." in notes


def test_that_the_pictures_of_alerts_are_the_parts_of_their_folder(tmp_path: Path) -> None:
    names = [f"ZTF18a{n}_{role}.fits" for n in range(4) for role in ("science", "template", "difference")]
    folder = stamps_in(tmp_path / "alerts", names)
    found = cutouts(folder)
    assert found.source.parts == ("science", "template", "difference")
    assert found.source.part == "science"
    assert found.ids == ("ZTF18a0", "ZTF18a1", "ZTF18a2", "ZTF18a3")
    template = cutouts(folder, "template")
    np.testing.assert_array_equal(template.images[1], pixels_of(-32, SIZE, seed=names.index("ZTF18a1_template.fits")))
    assert summarise(folder).rows == 4


@pytest.mark.parametrize("kind", ["csv", "tsv", "ecsv", "votable", "fits"])
def test_that_a_catalogue_is_joined_by_the_column_that_names_the_stamps(tmp_path: Path, kind: str) -> None:
    from astropy.table import Table

    folder = stamps_in(tmp_path / "stars", [f"star_{n}.fits" for n in range(8)])
    table = Table(
        {
            "number": [100, 101, 102, 103],
            "file": ["star_2.fits", "star_0.fits", "star_7.fits", "star_77.fits"],
            "type": ["galaxy", "star", "star", "star"],
            "mag": [17.5, np.nan, 19.25, 20.0],
        }
    )
    table["mag"].unit = "mag"
    forms = {"csv": "ascii.csv", "tsv": "ascii.tab", "ecsv": "ascii.ecsv", "votable": "votable", "fits": "fits"}
    path = tmp_path / f"catalogue.{kind}"
    table.write(path, format=forms[kind])
    found = open_cutouts(folder, catalogue=path)
    assert found.labels["type"] == ("star", "", "galaxy", "", "", "", "", "star")
    np.testing.assert_array_equal(found.columns["mag"].values, [np.nan, np.nan, 17.5, *4 * [np.nan], 19.25])
    np.testing.assert_array_equal(found.columns["number"].values[[0, 2, 7]], [101, 100, 102])
    assert found.columns["mag"].unit == ("mag" if kind not in ("csv", "tsv") else "")
    told = f"{path.name} is joined by its column file: 3 of 8 stamps have a row, 1 of its 4 rows belong to no stamp."
    assert found.source.notes[-1] == told


def test_that_a_catalogue_among_the_stamps_is_found_and_makes_few_stamps_a_set(tmp_path: Path) -> None:
    folder = stamps_in(tmp_path / "stars", ["a_1.fits", "a_2.fits", "a_3.fits"])
    assert isinstance(open_file(folder), SkyImage)
    (folder / "labels.csv").write_text("id,class\na_1,star\na_3,galaxy\n")
    assert cutouts(folder).labels == {"id": ("a_1", "", "a_3"), "class": ("star", "", "galaxy")}


def test_that_a_catalogue_in_fits_among_the_stamps_is_no_stamp(tmp_path: Path) -> None:
    from astropy.table import Table

    folder = stamps_in(tmp_path / "stars", [f"star_{n}.fits" for n in range(8)])
    Table({"ID": ["star_3", "star_5"], "Z": [0.5, 1.5]}).write(folder / "catalog.fits")
    found = cutouts(folder)
    assert len(found) == summarise(folder).rows == 8
    assert found.columns["Z"].values[3] == 0.5
    assert found.source.notes == ("catalog.fits is joined by its column ID: 2 of 8 stamps have a row.",)


def test_that_a_broken_catalogue_among_the_stamps_is_told_and_one_that_is_given_refused(tmp_path: Path) -> None:
    folder = stamps_in(tmp_path / "stars", [f"star_{n}.fits" for n in range(8)])
    broken = folder / "labels.csv"
    broken.write_text("id,id\n1,2\n")
    told = "labels.csv has no line that names each of its columns once."
    assert cutouts(folder).source.notes[-1] == f"The catalogue is left out: {told}"
    with pytest.raises(ReadError, match="no line that names each"):
        open_cutouts(folder, catalogue=broken)


def test_that_a_part_of_a_name_is_enough(tmp_path: Path) -> None:
    names = [f"ZTF18a{n}_24754338{n}_{role}.fits" for n in range(4) for role in ("sci", "ref", "diff")]
    folder = stamps_in(tmp_path / "alerts", names)
    (folder / "scores.csv").write_text(
        "objectId,group,drb\nZTF18a2,a,0.25\nZTF18a0,b,0.75\nZTF18a3,b,0.5\nZTF18a1,a,0.125\n"
    )
    found = cutouts(folder)
    np.testing.assert_array_equal(found.columns["drb"].values, [0.75, 0.125, 0.25, 0.5])
    assert "by its column objectId: 4 of 4" in found.source.notes[-1]


def test_that_a_class_or_a_row_number_is_not_taken_for_a_name(tmp_path: Path) -> None:
    folder = stamps_in(tmp_path / "stars", [f"star_{n}.fits" for n in range(8)])
    (folder / "table.csv").write_text("n,type,mag\n" + "".join(f"{n},star,{n + 10}\n" for n in range(8)))
    found = cutouts(folder)
    assert "by no column: 0 of 8 stamps have a row" in found.source.notes[-1]
    assert np.isnan(found.columns["mag"].values).all()


def test_that_a_catalogue_without_names_is_joined_by_position(tmp_path: Path) -> None:
    folder = stamps_in(tmp_path / "stars", [f"star_{n}.fits" for n in range(8)], sky=True)
    rows = [(150.2 + 0.5 / 3600, 2.2, 17.0), (150.0, 2.2 - 1.5 / 3600, 18.0), (150.5 + 9 / 3600, 2.2, 19.0)]
    path = tmp_path / "positions.csv"
    path.write_text("RAJ2000,DEJ2000,mag\n" + "".join(f"{ra},{dec},{mag}\n" for ra, dec, mag in rows))
    found = open_cutouts(folder, catalogue=path)
    np.testing.assert_array_equal(found.columns["mag"].values, [18, np.nan, 17, *5 * [np.nan]])
    assert "by position within 3″: 2 of 8 stamps have a row, 1 of its 3 rows" in found.source.notes[-1]
    wider = open_cutouts(folder, catalogue=path, radius_arcsec=10.0)
    assert wider.columns["mag"].values[5] == 19.0


def test_that_reading_stamps_tells_its_progress_and_can_be_cancelled(tmp_path: Path) -> None:
    folder = stamps_in(tmp_path / "stars", [f"star_{n}.fits" for n in range(120)])
    told: list[float] = []
    open_cutouts(folder, report=lambda done, _text: told.append(done))
    assert told == sorted(told)
    assert len(told) >= 3

    def cancel(done: float, _text: str) -> None:
        if done > 0.2:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        open_cutouts(folder, report=cancel)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no rows"),
        (b"\0" * 50, "is no table"),
        (b"# only a comment\n", "has no rows"),
        (b"a,b\n1,2,3\n", "no line that names each of its columns once"),
        (b"a,b\n", "has no rows"),
        (b'<?xml version="1.0"?><VOTABLE><broken', "no sound XML"),
        (b"<VOTABLE><RESOURCE><TABLE/></RESOURCE></VOTABLE>", "has no columns"),
    ],
)
def test_that_what_is_no_catalogue_is_refused_with_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=said):
        read_catalogue(path)


def frames_in(folder: Path, times: list[str | None], shape: tuple[int, int] = (40, 300)) -> Path:
    folder.mkdir()
    for seed, time in enumerate(times):
        cards: Cards = {"OBJECT": "HAT-P-32", **({} if time is None else {"DATE-OBS": time})}
        write_image(folder / f"frame_{seed}.fits", pixels_of(16, shape, seed=seed), cards)
    return folder


def test_that_a_folder_of_equally_large_images_is_a_sequence_in_order_of_time(tmp_path: Path) -> None:
    folder = frames_in(tmp_path / "night", [f"2017-12-20T0{hour}:00:00" for hour in (3, 1, 2)])
    frame = open_file(folder)
    assert isinstance(frame, SkyImage)
    assert frame.source.parts == ("frame_1.fits", "frame_2.fits", "frame_0.fits")
    assert frame.source.part == "frame_1.fits"
    assert frame.source.path == folder
    np.testing.assert_array_equal(frame.pixels, pixels_of(16, (40, 300), seed=1))
    last = open_file(folder, part="frame_0.fits")
    assert isinstance(last, SkyImage)
    assert last.jd == pytest.approx(frame.jd + 2 / 24)
    summary = summarise(folder)
    assert (summary.kind, summary.rows, summary.shape, summary.object_name) == ("image", 3, (40, 300), "HAT-P-32")
    with pytest.raises(ParamError, match=r"no part called 'frame_9\.fits'"):
        open_file(folder, part="frame_9.fits")


def test_that_frames_without_time_are_in_order_of_name(tmp_path: Path) -> None:
    folder = frames_in(tmp_path / "night", ["2017-12-20T03:00:00", None, "2017-12-20T01:00:00"])
    frame = open_file(folder)
    assert frame.source.parts == ("frame_0.fits", "frame_1.fits", "frame_2.fits")
    assert "in order of their names" in frame.source.notes[0]


def test_that_frames_of_another_size_are_left_out_and_told(tmp_path: Path) -> None:
    folder = frames_in(tmp_path / "night", [f"2017-12-20T{hour:02}:00:00" for hour in range(12)])
    write_image(folder / "frame_3b.fits", pixels_of(16, (9, 300)))
    frame = open_file(folder)
    assert len(frame.source.parts) == 12
    assert frame.source.notes[0] == "1 of 13 files are left out: they are no images of 300 × 40 pixels."


def test_that_folders_of_other_things_are_no_sequence(tmp_path: Path) -> None:
    mixed = frames_in(tmp_path / "mixed", ["2017-12-20T03:00:00", None])
    write_image(mixed / "frame_1b.fits", pixels_of(16, (9, 300)))
    for folder in (tmp_path, mixed):
        with pytest.raises(ReadError, match="is a folder, and no data set by itself"):
            open_file(folder)
