"""One module per document; the registry finds them."""
