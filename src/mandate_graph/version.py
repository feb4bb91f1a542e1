"""The version of the program; inferences name it as their agent's."""

__all__ = ["__version__"]

__version__ = "0.1.0"
