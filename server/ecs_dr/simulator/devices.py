"""Device names of disks, in the order in which the cloud gives them."""

from __future__ import annotations

from collections.abc import Container, Iterator
from string import ascii_lowercase

_NAMES = (*ascii_lowercase[1:], *(f"a{letter}" for letter in ascii_lowercase))


def free_devices(taken: Container[str] = ()) -> Iterator[str]:
    """`/dev/xvdb`, `/dev/xvdc` … without those that are taken."""
    return (device for device in map("/dev/xvd{}".format, _NAMES) if device not in taken)
