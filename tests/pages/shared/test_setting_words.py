"""The values of settings in words."""

from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.settings import Settings
from pages.components.shared.setting_words import setting_words


def test_a_data_set_to_adapt_to_has_its_name_even_once_it_is_gone(home: Settings, shapes: DatasetIndex) -> None:
    assert setting_words("adapt_to", "") == "None"
    assert setting_words("adapt_to", shapes.id) == "Shapes"
    DatasetStore(home).delete(shapes.id)
    assert setting_words("adapt_to", shapes.id) == f"a data set that was deleted ({shapes.id})"


def test_other_settings_are_as_everywhere() -> None:
    assert setting_words("flip", True) == "On"
    assert setting_words("backbone", "vgg16") == "VGG16"
