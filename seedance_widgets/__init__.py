"""Interactive widgets for text-to-video models in JupyterLab."""

__version__ = "0.1.0"
