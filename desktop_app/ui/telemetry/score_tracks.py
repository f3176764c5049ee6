"""What is drawn of the scores of telemetry, made ready away from the window's thread."""

from dataclasses import dataclass

import numpy as np

from desktop_app.core.arrays import Floats
from desktop_app.core.detection import Detection
from desktop_app.core.pyramid import Pyramid, build_pyramids
from desktop_app.ui.score_histogram import ScoreHistogram, histogram_of_channel, histogram_of_channels
from desktop_app.ui.score_scale import LIMITS

TRACKS = ("low", "high", "model")


@dataclass(frozen=True, eq=False)
class ChannelTrack:
    """The scores of one channel and what the detector says of it, ready to be drawn.

    Attributes
    ----------
    score : Pyramid
        Scores as `ui.picture.squeezed`; empty where nobody looked.
    tracks : mapping of str to Pyramid
        Those of `TRACKS` that the detector has for the channel, in the unit of the channel.
    top : float
        The highest score; NaN where nobody looked.
    histogram : ScoreHistogram or None
    """

    score: Pyramid
    tracks: dict[str, Pyramid]
    top: float
    histogram: ScoreHistogram | None


@dataclass(frozen=True, eq=False)
class ScoreTracks:
    """The scores of one detection in telemetry, ready to be drawn.

    Attributes
    ----------
    channels : tuple of ChannelTrack
        One for each channel of the data, in their order.
    histogram : ScoreHistogram or None
        Of all channels together.
    """

    channels: tuple[ChannelTrack, ...]
    histogram: ScoreHistogram | None


def score_tracks(detection: Detection) -> ScoreTracks:
    """The scores of ``detection``, ready to be drawn."""
    data, scores = detection.telemetry, detection.scores
    squeezed = build_pyramids(data.time, np.arcsinh(scores.values))
    drawn = {name: build_pyramids(data.time, scores.tracks[name]) for name in TRACKS if name in scores.tracks}
    channels = []
    for place, score in enumerate(squeezed):
        tracks = {name: every[place] for name, every in drawn.items() if len(every[place])}
        top = float(np.sinh(score.values.max())) if len(score) else float("nan")
        channels.append(ChannelTrack(score, tracks, top, histogram_of_channel(detection, place)))
    return ScoreTracks(tuple(channels), histogram_of_channels(detection))


def lane_top(track: ChannelTrack) -> float:
    """The squeezed score at the upper edge of the lane of a channel: its highest, and room for the threshold."""
    least = np.arcsinh(LIMITS.histogram_top)
    return float(1.08 * max(float(np.arcsinh(track.top)) if np.isfinite(track.top) else 0.0, float(least)))


def heights_of(levels: tuple[float, ...], values: Floats) -> Floats:
    """Where values of an enumeration are drawn: its levels stand evenly spaced."""
    return np.interp(values, levels, np.arange(len(levels), dtype=np.float64)) if levels else values
