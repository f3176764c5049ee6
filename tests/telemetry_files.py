"""Telemetry files of every format, written by seeded functions."""

import json
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

from desktop_app.core.arrays import Floats

CHANNELS = ("A-2", "A-10", "P-1")
TRAIN_ROWS = 40
TEST_ROWS = 90
START = "2022-01-27T02:20:37.125Z"
START_UNIX_S = 1_643_250_037.125
SEGMENTS = {"A-2": [(10, 19), (30, 39)], "A-10": [(5, 5)], "P-1": [(80, 89)]}


def arrays(seed: int, *, commands: int = 24, rows: int = TEST_ROWS) -> Floats:
    """One value and one-hot commands; shape (rows, 1 + commands)."""
    rng = np.random.default_rng(seed)
    table = np.zeros((rows, 1 + commands))
    table[:, 0] = rng.uniform(-1, 1, rows)
    table[np.arange(rows), rng.integers(0, 1 + commands, rows)] = 1
    table[:, 0] = rng.uniform(-1, 1, rows)
    return table


def telemanom_folder(
    folder: Path, names: Sequence[str] = CHANNELS, *, commands: int = 24, rows: int = TEST_ROWS
) -> Path:
    """``train``, ``test`` and the table of labels, as the SMAP and MSL data come."""
    for n, name in enumerate(names):
        for stretch, count in (("train", TRAIN_ROWS), ("test", rows)):
            (folder / stretch).mkdir(parents=True, exist_ok=True)
            table = arrays(2 * n + (stretch == "test"), commands=commands, rows=count)
            np.save(folder / stretch / f"{name}.npy", table)
    lines = ["chan_id,spacecraft,anomaly_sequences,class,num_values"]
    for name, segments in SEGMENTS.items():
        pairs = "[" + ", ".join(f"[{start}, {end}]" for start, end in segments) + "]"
        kinds = "[" + ", ".join(["point", "contextual"][: len(segments)]) + "]"
        lines.append(f'{name},SMAP,"{pairs}","{kinds}",{rows}')
    (folder / "labeled_anomalies.csv").write_text("\n".join(lines) + "\n")
    return folder


def packed(path: Path, names: Sequence[str] = CHANNELS) -> Path:
    """The same channels in one archive, with their labels in JSON beside it."""
    found = {}
    for n, name in enumerate(names):
        for stretch, count in (("train", TRAIN_ROWS), ("test", TEST_ROWS)):
            table = arrays(2 * n + (stretch == "test"), rows=count)
            found[f"{name}.{stretch}.value"] = table[:, 0]
            found[f"{name}.{stretch}.commands"] = table[:, 1:].astype(np.uint8)
    np.savez_compressed(path, allow_pickle=False, **found)
    labels = {
        name: {"spacecraft": "MSL", "anomalies": [[start, end, "point"] for start, end in segments]}
        for name, segments in SEGMENTS.items()
    }
    path.with_name(f"{path.stem}_labels.json").write_text(json.dumps(labels))
    return path


def npy_bytes(descr: str, shape: str, content: bytes, *, fortran: str = "False", version: int = 1) -> bytes:
    """An array with a header of one's own."""
    header = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}".encode()
    size = len(header).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + size + header + content


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """An archive of members with contents of one's own."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def npy(array: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]", *, allow_pickle: bool = False) -> bytes:
    """The bytes of an array as numpy saves it."""
    stream = BytesIO()
    np.save(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def dates(n: int, *, step_ms: int = 500) -> list[str]:
    """ISO dates from `START` on."""
    first = np.datetime64(START.rstrip("Z"), "ms")
    return [f"{date}Z" for date in np.datetime_as_string(first + np.arange(n) * step_ms)]


def table_text(n: int = 60, *, seed: int = 0, time: Sequence[str] | None = None, delimiter: str = ",") -> str:
    """A table of channels of every kind: numbers, a constant, states, yes and no, labels, and gaps."""
    rng = np.random.default_rng(seed)
    times = dates(n) if time is None else list(time)
    rows = [["time", "voltage [V]", "board id", "mode", "heater", "label"]]
    for k in range(n):
        voltage = "" if k % 7 == 3 else f"{28 + rng.standard_normal():.6f}"
        mode, labelled = "SAFE" if k % 20 < 5 else "NOMINAL", str(int(40 <= k < 50))
        rows.append([times[k], voltage, "3", mode, str(k % 3 == 0), labelled])
    return "\n".join(delimiter.join(row) for row in rows) + "\n"


def long_text(n: int = 30) -> str:
    """A long table of two channels on clocks of their own and one of states."""
    lines = ["channel,timestamp,value,unit,label"]
    for k, date in enumerate(dates(n, step_ms=1000)):
        lines.append(f"B-2,{date},{k / 4},V,{'anomaly' if 10 <= k < 15 else 'nominal'}")
        if k % 3 == 0:
            lines.append(f"B-10,{date},{-k},A,nominal")
        if k % 5 == 0:
            lines.append(f"MODE,{date},{'SAFE' if k % 2 else 'IDLE'},,nominal")
    return "\n".join(lines) + "\n"


def hdf5_file(path: Path, n: int = 50) -> Path:
    """Groups with times of their own, an enumeration, texts, links, and datasets that are refused."""
    import h5py

    rng = np.random.default_rng(4)
    with h5py.File(path, "w") as file:
        bus = file.create_group("bus")
        bus["time"] = START_UNIX_S + np.arange(n)
        bus["voltage"] = rng.standard_normal(n)
        bus["voltage"].attrs["units"] = "V"
        bus.create_dataset("gyro", data=rng.standard_normal((n, 3)), chunks=(10, 3), compression="gzip", shuffle=True)
        bus["mode"] = np.array([b"SAFE", b"NOMINAL"] * (n // 2))
        kind = h5py.enum_dtype({"OFF": 0, "ON": 5}, "i1")
        bus.create_dataset("switch", data=np.array([0, 5] * (n // 2), "i1"), dtype=kind)
        bus["label"] = (np.arange(n) >= n - 5).astype("i1")
        thermal = file.create_group("thermal")
        thermal.create_dataset("date", data=dates(20))
        thermal["temperature"] = np.arange(20.0)
        file["elsewhere"] = h5py.ExternalLink("/etc/hostname", "/x")
        file["again"] = h5py.SoftLink("/bus/voltage")
        file["round"] = file["bus"]
        file.create_dataset("nothing", shape=(10**10,), dtype="f8", chunks=(1000,))
    return path


def housekeeping_file(path: Path, n: int = 40) -> Path:
    """Two tables: a filter file in terrestrial time with columns of every form, and one that counts from no date."""
    from astropy.io import fits

    rng = np.random.default_rng(5)
    columns = [
        fits.Column("TIME", "D", unit="s", array=5e8 + 0.25 + np.arange(n)),
        fits.Column("ANG_DIST", "E", unit="deg", array=rng.standard_normal(n).astype(np.float32)),
        fits.Column("POINTING", "2D", unit="deg", array=rng.standard_normal((n, 2))),
        fits.Column("SAA", "L", array=np.arange(n) % 2 == 0),
        fits.Column("FLAGS", "8X", array=rng.random((n, 8)) > 0.5),
        fits.Column("MODE", "8A", array=["SLEW", "POINT"] * (n // 2)),
        fits.Column("TEMP", "I", unit="K", null=-1, array=np.arange(n) - 1),
        fits.Column("HITS", "PE()", array=np.array([np.zeros(k % 3, np.float32) for k in range(n)], dtype=object)),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="FILTER")
    table.header.update(
        MJDREFI=51910, MJDREFF=7.428703703703703e-4, TIMESYS="TT", TELESCOP="SWIFT", TIMEUNIT="s", TIMEDEL=1.0
    )
    other = fits.BinTableHDU.from_columns(
        [fits.Column("TIME", "D", array=np.arange(9.0)), fits.Column("HK1", "J", array=np.arange(9))], name="HK"
    )
    fits.HDUList([fits.PrimaryHDU(), table, other]).writeto(path, overwrite=True)
    return path


def parquet_file(path: Path, n: int = 60) -> Path:
    """Dates to the nanosecond, numbers with nulls, states, yes and no, and labels."""
    import pyarrow
    import pyarrow.parquet

    start = np.datetime64("2022-01-27T02:20:37", "ns")
    table = pyarrow.table(
        {
            "time": pyarrow.array(start + np.arange(n) * 1_500_000_001),
            "voltage": pyarrow.array([None if k % 7 == 3 else 28.0 + k / 10 for k in range(n)]),
            "count": pyarrow.array([None if k == 2 else k for k in range(n)], pyarrow.int32()),
            "mode": pyarrow.array(["SAFE", "IDLE"] * (n // 2)).dictionary_encode(),
            "heater": [k % 3 == 0 for k in range(n)],
            "is_anomaly": [int(40 <= k < 50) for k in range(n)],
        }
    )
    pyarrow.parquet.write_table(table, path)
    return path
