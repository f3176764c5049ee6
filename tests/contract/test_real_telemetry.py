"""Real telemetry against independent readings: SMAP and MSL channels, and OPS-SAT's tables."""

import csv
import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from desktop_app.core.errors import ReadError
from desktop_app.core.telemetry import Telemetry
from desktop_app.io import open_file, summarise
from tests.data import SHARED

pytestmark = pytest.mark.real_data


def real(name: str) -> Path:
    path = SHARED / "telemetry" / name
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    return path


def opened(path: Path, part: str | None = None) -> Telemetry:
    data = open_file(path, part=part)
    assert isinstance(data, Telemetry)
    return data


def test_that_every_channel_of_smap_and_msl_is_what_numpy_reads() -> None:
    path = real("smap_msl_dev.npz")
    truth = json.loads(real("smap_msl_dev_labels.json").read_text())
    parts = opened(path).source.parts
    assert len(parts) == 42
    assert set(truth) <= set(parts)
    with np.load(path, allow_pickle=False) as arrays:
        for name in parts:
            data = opened(path, name)
            for stretch, found in (("test", data), ("train", data.training)):
                assert found is not None
                np.testing.assert_array_equal(found.values[:, 0], arrays[f"{name}.{stretch}.value"])
                np.testing.assert_array_equal(found.values[:, 1:], arrays[f"{name}.{stretch}.commands"])
            assert data.values.shape[1] == {"SMAP": 25, "MSL": 55}[data.source.mission]
            assert [channel.role for channel in data.channels] == ["measured"] + ["command"] * (len(data.channels) - 1)
            said = truth.get(name, {"anomalies": []})["anomalies"]
            assert [(label.start, label.stop, label.kind) for label in data.labels] == sorted(
                (start, end + 1, kind) for start, end, kind in said
            )


def test_that_a_channel_without_labels_has_none() -> None:
    data = opened(real("smap_msl_dev.npz"), "T-10")
    assert data.labels == ()
    assert not data.labelled.any()


def test_that_the_same_channels_in_a_folder_are_the_same(tmp_path: Path) -> None:
    path = real("smap_msl_dev.npz")
    for stretch in ("train", "test"):
        (tmp_path / "data" / stretch).mkdir(parents=True)
    truth = json.loads(real("smap_msl_dev_labels.json").read_text())
    with np.load(path, allow_pickle=False) as arrays:
        for name in ("P-2", "M-6"):
            for stretch in ("train", "test"):
                both = (arrays[f"{name}.{stretch}.value"], arrays[f"{name}.{stretch}.commands"])
                np.save(tmp_path / "data" / stretch / f"{name}.npy", np.column_stack(both))
    lines = ["chan_id,spacecraft,anomaly_sequences,class,num_values"]
    for name in ("P-2", "M-6"):
        pairs = [[start, end] for start, end, _ in truth[name]["anomalies"]]
        kinds = [kind for _, _, kind in truth[name]["anomalies"]]
        lines.append(f'{name},{truth[name]["spacecraft"]},"{pairs}","[{", ".join(kinds)}]",1')
    (tmp_path / "labeled_anomalies.csv").write_text("\n".join(lines))
    for name in ("P-2", "M-6"):
        one, other = opened(tmp_path / "data", name), opened(path, name)
        assert one.digest == other.digest
        assert one.labels == other.labels
        assert one.source.mission == other.source.mission


def test_that_the_values_of_ops_sat_are_those_of_the_table() -> None:
    path = real("opssat/opssat_real_mixed.csv")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    data = opened(path)
    assert data.source.parts == ("CADC0872",)
    moments = [datetime.fromisoformat(row["timestamp"]).timestamp() for row in rows]
    np.testing.assert_allclose(data.time + data.zero_unix_s, moments, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(data.values[:, 0], [float(row["value"]) for row in rows])
    np.testing.assert_array_equal(data.labelled, [row["anomaly"] == "1" for row in rows])
    assert data.cadence_s == 5


def test_that_the_statistics_of_ops_sat_are_refused_with_a_way_out() -> None:
    with pytest.raises(ReadError, match="statistics of segments") as caught:
        open_file(real("opssat/dataset_train.csv"))
    assert "channel, timestamp, value" in caught.value.hint


def test_that_the_truth_beside_the_light_curves_is_a_list_of_labels() -> None:
    path = SHARED / "truth" / "events.csv"
    if not path.exists():
        pytest.skip(f"the real data are not here: {path}")
    with pytest.raises(ReadError, match="list of labels"):
        open_file(path)


def test_that_summaries_of_real_telemetry_count_channels() -> None:
    summary = summarise(real("smap_msl_dev.npz"))
    assert (summary.kind, summary.shape) == ("telemetry", (42,))
