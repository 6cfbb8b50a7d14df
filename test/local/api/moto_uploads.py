"""Completes an upload twice at the same time, while a third call lists its parts. Prints the results as JSON."""

from moto.core.utils import CaseInsensitiveDict  # noqa: F401
