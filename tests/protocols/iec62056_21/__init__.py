"""IEC 62056-21: messages and the hand-over of mode E."""
