"""What is drawn of data that are no light curve, made ready away from the window's thread."""

from desktop_app.core.cutouts import CutoutSet
from desktop_app.core.data import Dataset
from desktop_app.core.pixels import TargetPixels
from desktop_app.core.sky_image import SkyImage
from desktop_app.core.telemetry import Telemetry
from desktop_app.ui.images.gallery_picture import GalleryPicture, gallery_picture
from desktop_app.ui.images.image_picture import ImageDrawing, drawing_of_image
from desktop_app.ui.picture import CurvePicture
from desktop_app.ui.pixels.pixel_picture import PixelDrawing, pixel_drawing
from desktop_app.ui.telemetry.telemetry_picture import TelemetryPicture, telemetry_picture

Drawing = CurvePicture | GalleryPicture | ImageDrawing | PixelDrawing | TelemetryPicture


def drawing_of(data: Dataset) -> Drawing | None:
    """``data``, ready to be drawn; None for a light curve, which `picture_of` makes ready."""
    match data:
        case Telemetry():
            return telemetry_picture(data)
        case TargetPixels():
            return pixel_drawing(data)
        case SkyImage():
            return drawing_of_image(data)
        case CutoutSet():
            return gallery_picture(data)
        case _:
            return None
