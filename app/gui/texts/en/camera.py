"""The camera."""

TEXTS = {
    "take": "Take photos",
    "title": "Take photos on site",
    "shutter": "Take (Space)",
    "which": "Camera",
    "view": "Picture of the camera",
    "shots": "Photos taken now",
    "file_name": "photo-{stamp}.jpg",
    "starting": "Opening the camera…",
    "wait": "The camera is busy; wait a moment.",
    "hint": "Space or Enter takes a photo, as many as wanted; Esc closes.",
    "counted": "{count} taken, the last one: {name}",
    "retry": "Open again",
    "none": "No camera was found. Plug one in; it opens by itself.",
    "trouble_denied": "The system does not let this program use the camera. Allow it in the privacy settings, then open again.",
    "trouble_busy": "The camera does not open: another program uses it, or the privacy settings forbid it. Settle that, then open again.",
    "trouble_gone": "The camera was unplugged. Plug it in again or choose another one.",
    "trouble_full": "This photo was not taken: the temporary folder cannot be written, the disk may be full. Make room, then try again.",
    "trouble_shot": "This photo was not taken; please try again.",
}
