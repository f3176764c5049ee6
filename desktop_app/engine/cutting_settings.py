"""How pictures are cut into stamps: where, how large, and how many of one object."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from desktop_app.core.errors import ParamError

By = Literal["sources", "grid", "catalogue"]
One = Literal["", "best", "median"]
BY: tuple[By, ...] = ("sources", "grid", "catalogue")
ONE: tuple[One, ...] = ("", "best", "median")
MOST_SIDE_PX = 512


@dataclass(frozen=True)
class Cutting:
    """The settings of a cut.

    Attributes
    ----------
    by : str
        "sources" that are found in the picture, squares of a "grid", or positions of a "catalogue".
    side_px : int
        Of a stamp; 0 for one that fits the sources.
    sigma, least_px : float, int
        How far above the sky the pixels of a source are, in sigmas, and how many there are.
    least_snr : float
        Sources with a lower signal-to-noise ratio are left out; 0 keeps all.
    overlap : float
        Which share of a square of a grid the next one covers as well.
    catalogue : Path, optional
        FITS, VOTable, ECSV or CSV with positions on the sky or in pixels.
    recentre : bool
        Whether positions are moved onto the light near them.
    one : str
        How many stamps of an object that is in many frames: "" for all, "best" for the one with the highest
        signal-to-noise ratio, "median" for the median of its best.

    Raises
    ------
    ParamError
        A value that is out of its range.
    """

    by: By = "sources"
    side_px: int = 0
    sigma: float = 3.0
    least_px: int = 5
    least_snr: float = 0.0
    overlap: float = 0.0
    catalogue: Path | None = None
    recentre: bool = False
    one: One = ""

    def __post_init__(self) -> None:
        ranges = (
            (self.by in BY, f"by = {self.by!r}", f"It is one of: {', '.join(BY)}."),
            (self.one in ONE, f"one = {self.one!r}", "It is best or median, or nothing for all stamps."),
            (
                self.side_px == 0 or 3 <= self.side_px <= MOST_SIDE_PX,
                f"side_px = {self.side_px}",
                f"A stamp has 3 to {MOST_SIDE_PX} pixels, or 0 for what fits the sources.",
            ),
            (1 <= self.sigma <= 1000, f"sigma = {self.sigma:g}", "It is at least 1."),
            (1 <= self.least_px <= 10_000, f"least_px = {self.least_px}", "It is at least 1."),
            (self.least_snr >= 0, f"least_snr = {self.least_snr:g}", "It is at least 0."),
            (0 <= self.overlap < 1, f"overlap = {self.overlap:g}", "It is at least 0 and below 1."),
            (
                (self.by == "catalogue") == (self.catalogue is not None),
                f"by = {self.by!r} {'without' if self.catalogue is None else 'with'} a catalogue",
                "Give a catalogue where stamps are cut by one, and only there.",
            ),
        )
        for fine, said, hint in ranges:
            if not fine:
                raise ParamError(f"{said} is not possible.", hint=hint)

    def of_one_frame(self) -> dict[str, object]:
        """What the cut of a single frame depends on, as JSON types; the catalogue goes by its content."""
        return {
            "by": self.by,
            "sigma": self.sigma,
            "least_px": self.least_px,
            "least_snr": self.least_snr,
            "overlap": self.overlap,
            "recentre": self.recentre,
        }
