"""The words that an author declares an assignment with, and a library of standard cases."""
