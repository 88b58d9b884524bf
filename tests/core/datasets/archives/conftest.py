"""Shared by tests of archives: extraction as the store does it, and summaries of the result."""

import io

import pytest

from core.datasets.archives.archive import extract
from core.errors import DatasetError
from core.wording.reasons import reason


@pytest.fixture
def take(tmp_path, limits):
    """Extracts an archive's bytes and checks what must hold after every extraction."""

    def take(data, limits=limits, **options):
        folder = tmp_path / "pictures"
        folder.mkdir(exist_ok=True)
        extraction = extract(io.BytesIO(data), folder, "some.zip", limits, **options)
        assert sorted(path.name for path in folder.iterdir()) == [file.file_name for file in extraction.files]
        assert {path.name for path in tmp_path.iterdir()} == {"pictures"}
        return extraction

    return take


@pytest.fixture
def refusal(take, limits):
    def refusal(data, limits=limits):
        with pytest.raises(DatasetError) as caught:
            take(data, limits)
        return str(caught.value)

    return refusal


def labels(extraction):
    return [file.label for file in extraction.files]


def skipped(extraction):
    return {item.name: reason(item.reason) for item in extraction.skipped}
