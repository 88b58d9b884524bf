"""What to do about a source that isn't read as meant, in the words of the page, which has boxes and buttons."""

from core.wording.coded import Catalogue

# See `core.wording.readings`. The boxes are those of `column_choice` and of the receipt.
ON_PAGE: Catalogue = {
    "name_encoding": "If that looks wrong, choose another encoding below.",
    "name_column": "Choose one of them below.",
    "name_form": "Choose its columns below if it holds the classes.",
    "name_files": "Choose the right column below, or fix the names and import it again.",
    "name_labels": "Choose the right column below.",
    "take_unlabelled": "Only to adapt a model to them, import them without labels.",
    "take_folders": "If the folders are the classes, use them as they are shown below.",
    "several_ways": "{name} can be read in more than one way.",
    "similar_classes": "{name} has classes whose names differ only by case, accents or width.",
    "leave_classes_out": "Add some, or go on without what is too small.",
}
