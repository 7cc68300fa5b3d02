"""Packages that are stood in for inside, and of which nobody outside is told to do without.

takes: nothing.
gives: their names.
must not know: what stands in for them.
"""

COMPUTING = ("scipy", "scipy.special")
"""A package and its module, of which there are the functions that networks are made of."""
SHOWING = (
    "matplotlib", "pylab", "seaborn", "plotly", "tqdm", "IPython", "ipywidgets", "icecream", "loguru", "rich", "wandb",
    "tensorboard", "ipdb", "pudb",
)  # fmt: skip
"""What only shows or logs something; of pylab, which is numpy as well, that part is numpy's own."""
