"""A fourth, small assignment: layers of a base class, which keep what they give on themselves, and a chain of them."""
