"""Which signal is looked at: a part of the window's state."""

from dataclasses import dataclass

from desktop_app.core.transits.folded import Stretch
from desktop_app.ui.signals.signal_picture import SignalPicture


@dataclass(frozen=True, eq=False)
class SignalView:
    """Which signal is looked at, and how.

    Attributes
    ----------
    place : int or None
        Among the signals of the detection.
    stretch : Stretch
    picture : SignalPicture or None
        What is drawn of it; that of another one until it is folded.
    """

    place: int | None = None
    stretch: Stretch = Stretch.DIP
    picture: SignalPicture | None = None


NO_SIGNAL = SignalView()
