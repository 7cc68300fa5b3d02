"""Other ways to write the four passes: wrong ones that students are known to hand in, and other right ones."""
