from core.datasets.folders.tree import by_folder, class_folders, wrapping_depth


def folders(*paths):
    return [tuple(path.split("/")) if path else () for path in paths]


def test_wrapping_folders_are_those_that_hold_all_others():
    assert wrapping_depth(folders("a/b/cat", "a/b/dog", "")) == 2
    assert wrapping_depth(folders("data /cat", "data/dog")) == 1
    assert wrapping_depth(folders("A/1", "a/1")) == 0
    assert wrapping_depth(folders("cat", "cat")) == 0
    assert wrapping_depth([]) == 0


def test_what_lies_in_each_folder():
    paths = folders("a/cat", "a/dog/x", "a", "b")
    assert by_folder(paths, 0) == {"a": [("cat",), ("dog", "x"), ()], "b": [()]}
    assert by_folder(paths, 1) == {"cat": [()], "dog": [("x",)]}


def test_class_folders_are_the_outermost_that_differ():
    assert class_folders(folders("train/cat/x", "train/dog ")) == {"cat", "dog"}
    assert class_folders(folders("", "")) == set()
