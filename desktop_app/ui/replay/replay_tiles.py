"""Numbers about the stretch that is drawn of a replay, and how fast the machine is."""

from math import isfinite

import numpy as np
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop_app.ui.flow import Flow
from desktop_app.ui.named import named
from desktop_app.ui.replay.replay_state import ReplayState
from desktop_app.ui.theme import tabular
from desktop_app.ui.words import significant

_NAMES = ("Now", "Least", "Mean", "Most", "Score", "Latency", "Rate")
_TIPS = {
    "Now": "The last value that came in",
    "Least": "Of the stretch drawn",
    "Mean": "Of the stretch drawn",
    "Most": "Of the stretch drawn",
    "Score": "Of the last value, in limits of the channel",
    "Latency": "From a sample's coming in to its score, measured",
    "Rate": "Rows that come in each second, measured",
}


class ReplayTiles(QWidget):
    """A small number with its name each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = Flow(12, 4)
        self.tiles: dict[str, QLabel] = {}
        for name in _NAMES:
            tile = QFrame(self)
            tile.setToolTip(_TIPS[name])
            column = QVBoxLayout(tile)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            number = named(QLabel("–", tile), f"replay-tile-{name.lower()}", label=name)
            number.setFont(tabular(number.font()))
            number.setMinimumWidth(number.fontMetrics().horizontalAdvance("−0,000.0"))
            column.addWidget(named(QLabel(name, tile), role="muted"))
            column.addWidget(number)
            self.tiles[name] = number
            flow.add(tile)
        self.setLayout(flow)

    def show_replay(self, state: ReplayState) -> None:
        """Tell the numbers of the channel that is drawn."""
        for name, number in zip(_NAMES, _numbers(state), strict=True):
            self.tiles[name].setText(number)


def _numbers(state: ReplayState) -> tuple[str, ...]:
    if state.place < 0 or not state.rolling.time.size:
        return ("–",) * len(_NAMES)
    values, scores = state.rolling.values[:, state.place], state.rolling.scores[:, state.place]
    known = values[np.isfinite(values)]
    spread = (float(known.min()), float(known.mean()), float(known.max())) if known.size else (float("nan"),) * 3
    return (
        *(significant(value) for value in (float(values[-1]), *spread)),
        f"{scores[-1]:.2f}" if isfinite(scores[-1]) else "none",
        f"{1e6 * state.latency_s:,.0f} µs" if isfinite(state.latency_s) else "–",
        f"{state.rate:,.0f} /s" if isfinite(state.rate) else "–",
    )
