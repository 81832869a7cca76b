from __future__ import annotations

import contextlib

import numpy as np
import pytest

from seedance_widgets.options import Options


@pytest.fixture
def options() -> Options:
    return Options()


def test_the_defaults(options):
    assert repr(options) == (
        "options(embed_cap=5242880, width=480, autoplay=True, loop=True, muted=True, posters=True)"
    )


@pytest.mark.parametrize(
    ("name", "value"), [("embed_cap", 0), ("width", 1), ("autoplay", False), ("width", np.int64(300))]
)
def test_what_is_set_is_read_back_and_listed(options, name, value):
    setattr(options, name, value)
    assert getattr(options, name) == value
    assert f"{name}={value}" in repr(options)


@pytest.mark.parametrize("wrong", ["widht", "Width", "widths"])
def test_a_misspelled_option_names_the_nearest(options, wrong):
    with pytest.raises(AttributeError, match="Did you mean 'width'"):
        setattr(options, wrong, 300)
    with pytest.raises(AttributeError, match="Did you mean 'width'"):
        getattr(options, wrong)


def test_an_unknown_option_lists_what_there_is(options):
    with pytest.raises(AttributeError, match="There are: embed_cap, width, autoplay, loop, muted, posters"):
        options.zzz = 1


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("width", "300", TypeError, "a whole number of pixels, not '300'"),
        ("width", 1.5, TypeError, "a whole number of pixels, not 1.5"),
        ("width", True, TypeError, "a whole number of pixels, not True"),
        ("width", 0, ValueError, "pixels from 1 up, not 0"),
        ("embed_cap", -1, ValueError, "bytes from 0 up, not -1"),
        ("loop", 1, TypeError, "True or False, not 1"),
        ("muted", None, TypeError, "True or False, not None"),
    ],
)
def test_a_wrong_value_is_refused_and_changes_nothing(options, name, value, error, words):
    before = repr(options)
    with pytest.raises(error, match=words):
        setattr(options, name, value)
    assert repr(options) == before


def test_set_lasts_for_the_block(options):
    with options.set(width=300, loop=False) as inside:
        assert inside is options
        assert (options.width, options.loop) == (300, False)
    assert (options.width, options.loop) == (480, True)


def test_set_puts_back_only_what_it_changed_and_also_after_an_error(options):
    with contextlib.suppress(RuntimeError), options.set(width=300):
        options.loop = False
        raise RuntimeError
    assert (options.width, options.loop) == (480, False)


def test_set_without_a_block_is_for_good(options):
    options.set(width=300)
    assert options.width == 300


def test_set_changes_all_or_nothing(options):
    with pytest.raises(AttributeError, match="Did you mean 'loop'"):
        options.set(width=300, lop=False)
    assert options.width == 480


def test_deleting_an_option_gives_its_default_back(options):
    options.width = 300
    del options.width
    assert options.width == 480
