"""Packages that only show or log something: inside they are stood in for, and outside nobody is told to do without.

takes: nothing.
gives: their names.
must not know: what stands in for them.
"""

SHOWING = (
    "matplotlib", "seaborn", "plotly", "tqdm", "IPython", "ipywidgets", "icecream", "loguru", "rich", "wandb",
    "tensorboard",
)  # fmt: skip
