"""What tables say of pictures, how outlines overlap, and what an evaluation makes of them."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.images.objects import box
from desktop_app.core.images.polygons import overlap
from desktop_app.core.progress import silent
from desktop_app.engine.evaluate.images.report import Request, as_json, evaluate
from desktop_app.engine.evaluate.images.truth import kinds_in, read_image_truth
from tests.pictures import star_field


@pytest.mark.parametrize(
    ("label", "kinds", "denied"),
    [
        ("streak (1; a sample)", {"streak"}, set()),
        ("cosmic rays (2+ tracks) on a spectral image", {"cosmic ray"}, set()),
        ("no full streak seen; elongated sources", set(), {"streak"}),
        ("no streak seen; saturated star", {"saturation"}, {"streak"}),
        ("raw edge/overscan", {"edge"}, set()),
        ("strong lens", set(), set()),
    ],
)
def test_that_labels_are_read_for_what_they_say_and_deny(label: str, kinds: set[str], denied: set[str]) -> None:
    assert kinds_in(label) == kinds
    assert kinds_in(label, denied=True) == denied


def test_that_alerts_have_a_role_a_score_and_perhaps_an_asteroid(tmp_path: Path) -> None:
    table = tmp_path / "images.csv"
    table.write_text(
        "file,label,source\n"
        "a/x_science.fits,science; rb=0.71 drb=0.99; known asteroid 12 at 0.0 arcsec,packet\n"
        "a/y_science.fits,science; rb=0.3 drb=nan,packet\n"
        "b/z.fits,galaxy,survey\n",
        encoding="utf-8",
    )
    moving, other, class_ = read_image_truth(table).known
    assert (moving.role, moving.real, moving.moving) == ("science", 0.99, True)
    assert (other.real, other.moving) == (0.3, False)
    assert (class_.role, class_.folder) == ("", "b")
    assert np.isnan(class_.real)


def test_that_outlines_of_one_file_come_together(tmp_path: Path) -> None:
    table = tmp_path / "images.csv"
    table.write_text(
        "file,label,kind,region_pixels\na.fits,trail,streak,0 0 9 0 9 1 0 1\na.fits,trail,streak,0 5 9 5 9 6\n"
        "b.fits,normal frame,,\n",
        encoding="utf-8",
    )
    known, normal = read_image_truth(table).known
    assert [len(outline) for outline in known.outlines["streak"]] == [4, 3]
    assert known.artefacts == {"streak"}
    assert "cosmic ray" in normal.denied


@pytest.mark.parametrize(
    ("row", "said"), [("a.fits,x,trail,", "no kind of artefact"), ("a.fits,x,streak,0 0 9", "no outline")]
)
def test_that_what_cannot_be_meant_is_told_with_its_line(tmp_path: Path, row: str, said: str) -> None:
    table = tmp_path / "images.csv"
    table.write_text(f"file,label,kind,region_pixels\n{row}\n", encoding="utf-8")
    with pytest.raises(ReadError, match=said) as caught:
        read_image_truth(table)
    assert "line 2" in caught.value.message


def test_that_overlap_is_intersection_over_union() -> None:
    whole, half = box(50, 50, 20), ((30.0, 30.0), (50.0, 30.0), (50.0, 70.0), (30.0, 70.0))
    assert overlap([whole], [whole]) == 1.0
    assert overlap([whole], [half]) == pytest.approx(0.5, abs=0.02)
    assert overlap([], [whole]) == 0.0
    assert overlap([box(0, 0, 3)], [box(40, 0, 3)]) == 0.0
    triangle = ((0.0, 0.0), (40.0, 0.0), (0.0, 40.0))
    assert overlap([triangle], [box(20, 20, 20)]) == pytest.approx(0.5, abs=0.03)
    assert np.isnan(overlap([], []))


def write_picture(path: Path, pixels: NDArray[np.float32]) -> Path:
    """A picture in FITS."""
    from astropy.io import fits

    path.parent.mkdir(parents=True, exist_ok=True)
    fits.PrimaryHDU(pixels).writeto(path)
    return path


def evaluated(folder: Path, rows: list[str], *detectors: str) -> dict[str, object]:
    """The report on ``folder``, as programs read it."""
    table = folder / "truth.csv"
    table.write_text("\n".join(["file,label,kind,region_pixels", *rows]) + "\n", encoding="utf-8")
    done = as_json(evaluate(Request(folder, table, detectors), silent))
    whole: dict[str, object] = json.loads(json.dumps(done, allow_nan=False))
    return whole


def test_that_rare_stamps_are_ranked_beside_plain_recipes(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    y, x = np.mgrid[:24, :24] - 11.5
    rows = []
    for place in range(44):
        ring = place % 11 == 0
        radius = np.hypot(x, y)
        light = np.exp(-((radius - 8) ** 2) / 4) if ring else np.exp(-(radius**2) / (6 + rng.random()))
        stamp = 100 + 200 * light + rng.normal(0, 2, (24, 24))
        write_picture(tmp_path / "stamps" / f"s{place}.fits", stamp.astype(np.float32))
        rows.append(f"stamps/s{place}.fits,{'ring' if ring else 'star'},,")
    done = evaluated(tmp_path, rows, "knn")
    classes = done["classes"]
    assert isinstance(classes, list)
    rare = next(one for one in classes if one["rare"] == "ring")
    assert (rare["stamps"], rare["of_rare"], rare["thinned"]) == (44, 4, False)
    by_name = {one["method"]: one for one in rare["rankings"]}
    assert by_name["knn"]["auc"] > 0.95
    assert by_name["chance"]["auc"] < 0.9
    assert {one["method"] for one in rare["rankings"] if one["control"]} >= {"pixels, PCA error", "chance"}


def test_that_artefacts_are_looked_for_by_kind_and_place(tmp_path: Path) -> None:
    pixels = star_field((300, 340), seed=2)
    rows_px, columns_px = np.mgrid[:300, :340]
    along = 0.5 * columns_px + 30
    trail = np.abs(rows_px - along) / np.hypot(1, 0.5) < 2
    write_picture(tmp_path / "trail.fits", (pixels + 150 * trail).astype(np.float32))
    write_picture(tmp_path / "plain.fits", star_field((300, 341), seed=3))
    region = "0 27.8 339 197.3 339 201.7 0 32.2"
    rows = [f"trail.fits,a trail,streak,{region}", "plain.fits,normal frame,,", "gone.fits,galaxy,,"]
    done = evaluated(tmp_path, rows, "artefacts")
    frames = {one["file"]: one for one in done["frames"]}  # type: ignore[attr-defined]
    assert dict(frames["trail.fits"]["found"])["streak"] == 1
    assert dict(frames["trail.fits"]["overlaps"])["streak"] > 0.5
    assert frames["trail.fits"]["missed"] == []
    assert "streak" not in frames["plain.fits"]["false"]
    assert done["no_file"] == ["gone.fits"]


def test_that_wrong_names_and_empty_folders_are_told(tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text("file,label\nx.fits,star\n", encoding="utf-8")
    request = Request(tmp_path, tmp_path / "truth.csv")
    with pytest.raises(ReadError, match="None of the files"):
        evaluate(request, silent)
    with pytest.raises(ParamError, match="tarot"):
        evaluate(Request(tmp_path, tmp_path / "truth.csv", ("tarot",)), silent)
    with pytest.raises(ParamError, match="one detector"):
        evaluate(Request(tmp_path, tmp_path / "truth.csv", ("knn", "sources"), {"k": "1"}), silent)
