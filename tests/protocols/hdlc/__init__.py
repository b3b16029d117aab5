"""HDLC: frames, streams, connections and their recovery, pushes, whole DLMS sessions."""
