"""Networks in NumPy, forward and backward side by side, in the order of the book's derivations."""
