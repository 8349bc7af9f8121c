"""The fleet that benchmarks measure: adopted as real schools would, so that `check` finds nothing in it."""

import pytest

from benchmarks.county import AS_OF, Place, write_county
from policygen.project.check import Selection, check


@pytest.mark.slow
def test_a_generated_county_has_nothing_to_mend(tmp_path):
    write_county(tmp_path, 6)
    checked = check(tmp_path, [Selection()], AS_OF)
    assert [each.message for each in checked.diagnostics] == []
    assert len(checked.policies) == 6 * 5


def test_no_school_has_the_name_of_another():
    names = [Place(number).name for number in range(2_000)]
    assert len({*names}) == len(names)
