"""Jobs about data sets are given the same pictures and archives as the data sets' own tests."""

from tests.core.datasets.conftest import picture, store, zip_of

__all__ = ["picture", "store", "zip_of"]
