"""HelloAsso exports, and lists of one's own: read, compared with the roster, taken in."""
