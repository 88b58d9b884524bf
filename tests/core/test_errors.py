"""Which errors are shown to the user, and which exceptions aren't errors."""

import pytest

from core.errors import ConfigError, CoreError, DatabaseDamagedError, DatasetError, RunError, Stopped, WeightsError


@pytest.mark.parametrize("kind", [DatasetError, ConfigError, WeightsError, RunError, DatabaseDamagedError])
def test_errors_that_users_can_fix_share_a_base_class(kind):
    with pytest.raises(CoreError, match=r"^It is gone\. Import it again\.$"):
        raise kind("It is gone. Import it again.")


def test_a_damaged_database_is_an_error_of_runs():
    assert issubclass(DatabaseDamagedError, RunError)


def test_stopping_is_never_taken_for_an_error():
    assert not issubclass(Stopped, CoreError)
    with pytest.raises(Stopped):
        try:
            raise Stopped
        except CoreError:
            pytest.fail("Stopping was shown as an error.")


def test_each_kind_is_stored_under_its_own_code():
    """Runs that failed have these codes on disk."""
    kinds = (CoreError, DatasetError, ConfigError, WeightsError, RunError, DatabaseDamagedError)
    codes = ["error", "dataset", "config", "weights", "run", "database_damaged"]
    assert [kind.code for kind in kinds] == codes
