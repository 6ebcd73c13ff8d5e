"""The camera of the wall: the shared sheet, where Qt finds a camera."""

from app.gui.widgets.camera_devices import cameras


def has_camera_support() -> bool:
    """Return whether photos can be taken now."""
    return bool(cameras())
