"""One class with one method, worth two points: what eleven awkward notebooks are tried on."""
