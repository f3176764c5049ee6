"""Small pictures of stamps, painted when they come into view and kept while the look stays."""

from collections import OrderedDict
from time import perf_counter

import numpy as np
from PySide6.QtGui import QImage

from desktop_app.core.arrays import Floats
from desktop_app.core.cuts import Interval
from desktop_app.core.larger_pixels import Values
from desktop_app.core.reduction import shrunk
from desktop_app.ui.images.colour_maps import Colours
from desktop_app.ui.images.gallery_picture import GalleryPicture, own_cuts, stamp_image
from desktop_app.ui.images.image_raster import Look, spread_cuts, table_of
from desktop_app.ui.images.look_bar import MANUAL, LookChoice

KEPT = 3000
SPENT_S = 0.03


class Thumbnails:
    """The pictures of a set of stamps."""

    def __init__(self) -> None:
        self._picture: GalleryPicture | None = None
        self._choice = LookChoice()
        self._common = False
        self._missing = ""
        self._images: OrderedDict[int, QImage] = OrderedDict()
        self._table: tuple[Look, Colours] | None = None
        self._until_s = 0.0
        self._side_px = 96

    def show_look(self, picture: GalleryPicture | None, choice: LookChoice, missing: str, *, common: bool) -> None:
        """Other stamps or another look: everything is painted anew."""
        self._picture, self._choice, self._common, self._missing = picture, choice, common, missing
        self._images.clear()
        self._table = None

    def set_side(self, side_px: int) -> None:
        """How many pixels of the screen a stamp is drawn on, along a side; larger ones are made smaller first."""
        if side_px == self._side_px:
            return
        largest = 0 if self._picture is None else max(self._picture.data.images.shape[1:])
        if largest > min(side_px, self._side_px):
            self._images.clear()
        self._side_px = side_px

    def begin(self) -> None:
        """A paint begins: the time to spend in it counts from now."""
        self._until_s = perf_counter() + SPENT_S

    def image(self, place: int) -> QImage | None:
        """The picture of one stamp; None where the time of this paint is spent."""
        if place in self._images:
            self._images.move_to_end(place)
            return self._images[place]
        if self._picture is None or perf_counter() > self._until_s:
            return None
        stamp = self._small(self._picture.data.images[place])
        look = self.look_of(place)
        image = stamp_image(
            stamp, spread_cuts(look, self._sample_of(place)), self._table_of(look, place), self._missing
        )
        self._images[place] = image
        if len(self._images) > KEPT:
            self._images.popitem(last=False)
        return image

    def look_of(self, place: int) -> Look:
        """How one stamp looks: between the user's cuts, those of all, or its own."""
        assert self._picture is not None
        return self._choice.look_between(self._cuts_of(place), difference=self._picture.difference)

    def _small(self, stamp: Values) -> Values:
        step = max(stamp.shape) / max(1, self._side_px)
        return stamp if step <= 1 else shrunk(stamp, step)

    def _cuts_of(self, place: int) -> Interval:
        assert self._picture is not None
        name = self._choice.cuts
        if name == MANUAL:
            return self._choice.manual
        if self._common:
            return next(cuts for choice, cuts in self._picture.cuts.items() if choice == name)
        return own_cuts(self._picture.data.images[place], name)

    def _sample_of(self, place: int) -> Floats:
        """What histogram equalisation equalises."""
        assert self._picture is not None
        if self._common or self._choice.stretch != "histogram":
            return self._picture.sample
        stamp = self._picture.data.images[place]
        return np.sort(stamp[np.isfinite(stamp)]).astype(np.float64)

    def _table_of(self, look: Look, place: int) -> Colours:
        if look.stretch != "histogram" or not self._common:
            return table_of(look, self._sample_of(place))
        if self._table is None or self._table[0] != look:
            self._table = (look, table_of(look, self._sample_of(place)))
        return self._table[1]
