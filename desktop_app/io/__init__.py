"""Readers, one file a format: from a file or folder to a dataset."""

from pathlib import Path

from desktop_app.core.data import Dataset, curve_in, kind_of
from desktop_app.core.errors import ParamError, ReadError
from desktop_app.core.light_curve import LightCurve, with_flux, with_preset
from desktop_app.core.pixels import TargetPixels, with_pixel_preset
from desktop_app.core.progress import Report, silent
from desktop_app.core.quality import PRESETS, Preset
from desktop_app.core.registry import Registry
from desktop_app.core.telemetry import Telemetry
from desktop_app.io.listing import list_folder
from desktop_app.io.reader import FileSummary, Reader
from desktop_app.io.tables.column_choice import ColumnChoice, remembered

_OTHER_KIND = "Look at it in the window, or with 'peculiar info'."

# The first that accepts a file reads it: the more particular formats stand first.
READERS: Registry[Reader] = Registry(
    "reader",
    {
        "target-pixels": "desktop_app.io.pixels.target_pixels:READER",
        "qlp": "desktop_app.io.curves.qlp:READER",
        "cdips": "desktop_app.io.curves.cdips:READER",
        "tglc": "desktop_app.io.curves.tglc:READER",
        "eleanor": "desktop_app.io.curves.eleanor:READER",
        "everest": "desktop_app.io.curves.everest:READER",
        "k2sc": "desktop_app.io.curves.k2sc:READER",
        "k2sff": "desktop_app.io.curves.k2sff:READER",
        "k2varcat": "desktop_app.io.curves.k2varcat:READER",
        "spoc": "desktop_app.io.curves.spoc:READER",
        "flux-table": "desktop_app.io.curves.flux_table:READER",
        "rate-table": "desktop_app.io.curves.rate_table:READER",
        "image": "desktop_app.io.images.image:READER",
        "cutouts": "desktop_app.io.images.cutouts:READER",
        "frames": "desktop_app.io.images.frames:READER",
        "telemetry-parquet": "desktop_app.io.telemetry.telemetry_parquet:READER",
        "parquet": "desktop_app.io.tables.parquet:READER",
        "votable": "desktop_app.io.tables.votable:READER",
        "telemetry-long": "desktop_app.io.telemetry.telemetry_long:READER",
        "telemetry-text": "desktop_app.io.telemetry.telemetry_text:READER",
        "text": "desktop_app.io.tables.text:READER",
        "telemanom": "desktop_app.io.telemetry.telemanom:READER",
        "npz": "desktop_app.io.telemetry.npz:READER",
        "npy": "desktop_app.io.telemetry.npy:READER",
        "housekeeping": "desktop_app.io.telemetry.housekeeping:READER",
        "hdf5": "desktop_app.io.telemetry.hdf5:READER",
    },
)


def open_file(
    path: str | Path,
    *,
    part: str | None = None,
    flux: str | None = None,
    quality: Preset = "default",
    columns: ColumnChoice | None = None,
    report: Report = silent,
) -> Dataset:
    """What a file or folder holds; of what kind it is, is told by its content.

    Parameters
    ----------
    path : str or Path
        A file; or a folder that is one thing: a sequence of frames, a set of cut-outs, channels of telemetry.
    part : str, optional
        Which of its parts, as ``source.parts`` of the dataset names them; the reader's choice where not given.
    flux : str, optional
        Which of its flux columns to look at; the reader's choice where not given.
    quality : str
        Which QUALITY bits hide a row: none, default, hard or hardest.
    columns : ColumnChoice, optional
        Which columns of a table are time and flux; where not given, what was chosen for an earlier table laid out
        alike, else what the names of the columns tell.
    report : callable
        Told the progress of what takes long; may raise `JobCancelled`.

    Raises
    ------
    ReadError
        The file cannot be read, or is of no known kind.
    ParamError
        It has no such part or column, or there is no such preset.
    """
    if quality not in PRESETS:
        raise ParamError(f"There is no quality preset called {quality!r}.", hint=f"Choose from: {', '.join(PRESETS)}.")
    path = Path(path)
    data = _read(path, part, columns, report)
    match data:
        case LightCurve():
            return with_preset(data if flux is None else with_flux(data, flux), quality)
        case TargetPixels():
            if flux is not None:
                # There is one, and who asks for another is told its name.
                with_flux(data.curve, flux)
            return with_pixel_preset(data, quality)
        case Telemetry():
            from desktop_app.io.telemetry.labels import with_chosen_labels

            return with_chosen_labels(data)
        case _:
            return data


def open_curve(
    path: str | Path,
    *,
    part: str | None = None,
    flux: str | None = None,
    quality: Preset = "default",
    columns: ColumnChoice | None = None,
) -> LightCurve:
    """The light curve in a file, or the one its target pixels add up to; parameters and errors as in `open_file`."""
    data = open_file(path, part=part, flux=flux, quality=quality, columns=columns)
    curve = curve_in(data)
    if curve is None:
        raise ReadError(f"{Path(path).name} holds no light curve: its kind is {kind_of(data)}.", hint=_OTHER_KIND)
    return curve


def summarise(path: str | Path) -> FileSummary:
    """What a file says of itself in its headers, in a few milliseconds.

    Raises
    ------
    ReadError
    """
    path = Path(path)
    if remembered():
        from desktop_app.io.tables.mapping import recalled, summarise_mapped

        if recalled(path) is not None:
            return summarise_mapped(path)
    return _reader_of(path).summarise(path)


def suffixes() -> tuple[str, ...]:
    """What the names of readable files usually end in, lower case with the dot."""
    return tuple(dict.fromkeys(suffix for reader in READERS.values() for suffix in reader.suffixes))


def data_files(folder: Path) -> list[Path]:
    """The files in ``folder`` and all below it whose names end like those of readable files, in order of name."""
    return [path for path, _version in list_folder(folder, suffixes()).files]


def _read(path: Path, part: str | None, columns: ColumnChoice | None, report: Report) -> Dataset:
    if columns is not None or remembered():
        from desktop_app.io.tables.mapping import read_mapped, read_recalled, recalled

        if columns is not None:
            return read_mapped(path, columns, part)
        earlier = recalled(path)
        if earlier is not None:
            return read_recalled(path, earlier, part)
    reader = _reader_of(path)
    return reader.read(path, part) if reader.read_told is None else reader.read_told(path, part, report)


def _reader_of(path: Path) -> Reader:
    from desktop_app.io.refusal import folder_refusal, refusal
    from desktop_app.io.source import read_head

    of_folders = path.is_dir()
    head = b"" if of_folders else read_head(path)
    for reader in READERS.values():
        if reader.of_folders == of_folders and reader.accepts(path, head):
            return reader
    raise folder_refusal(path) if of_folders else refusal(path, head)
