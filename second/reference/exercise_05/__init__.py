"""Exercise 5: non-linearities and the affine layer, forward and backward."""
