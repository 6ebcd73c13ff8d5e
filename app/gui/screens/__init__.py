"""One package per screen; the catalogue finds them."""
