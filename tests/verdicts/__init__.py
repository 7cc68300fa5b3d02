"""What must not move: every verdict of the sample class, the stories and the attacks, and each platform's sheet."""
