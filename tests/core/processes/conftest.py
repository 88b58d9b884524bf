"""Jobs on data sets use the same pictures and archives as the tests of data sets."""

from tests.core.datasets.conftest import picture, store, zip_of

__all__ = ["picture", "store", "zip_of"]
