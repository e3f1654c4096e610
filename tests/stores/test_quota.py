"""The arithmetic of quotas where no store can be brought: a clock that was set back."""

from __future__ import annotations

import pytest

from zenoo_security.stores import Quota
from zenoo_security.stores.quota import decide, rested_at


@pytest.mark.parametrize("back_s", [0.5, 59.0, 3600.0])
def test_a_clock_that_was_set_back_frees_nothing_early(back_s):
    """Two were taken; a minute after the later of them, by whatever clock, all is there again."""
    quota, start = Quota(b"k", 3, 60.0, "sliding_window"), 1_700_000_000.0
    state, _ = decide([quota], [None], start, 1, spend=True)
    state, [taken] = decide([quota], state, start - back_s, 1, spend=True)
    assert (taken.remaining, taken.reset_after_s) == (1, pytest.approx(60.0 + back_s))
    assert rested_at(quota, state[0]) == start + 60.0
    [answer] = decide([quota], state, start + 59.9, 3, spend=False)[1]
    assert (answer.allowed, answer.retry_after_s) == (False, pytest.approx(0.1))
    assert decide([quota], state, start + 60.0, 3, spend=False)[1][0].allowed


def test_what_is_over_the_limit_is_none_that_is_left():
    """A state that another limit has left behind is answered, and frees nothing."""
    wide, narrow = (Quota(b"k", limit, 60.0, "sliding_window") for limit in (9, 3))
    state, _ = decide([wide], [None], 100.0, 9, spend=True)
    assert decide([narrow], state, 100.0, 1, spend=True)[1][0][:3] == (False, 0, 60.0)
