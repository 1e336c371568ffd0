"""Zhangfa turns a company's sales policy into a running system."""

__version__ = "0.1.0"
