"""The simulator over HTTPS: who has its certificate is served, who has not refuses to speak."""

from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import DescribeInstancesRequest
from darabonba.exceptions import UnretryableException

from tests.contract.sdk_support import REGION, Sdk, Tls

REQUEST = DescribeInstancesRequest(region_id=REGION)


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_sdk_speaks_https_with_the_simulator(served_over_tls: Tls, mode: str) -> None:
    assert Sdk(served_over_tls.server, mode, served_over_tls).rows(REQUEST, "Instances", "Instance")


def test_who_was_not_given_the_certificate_does_not_trust_it(served_over_tls: Tls) -> None:
    stranger = Sdk(served_over_tls.server, "async")
    with pytest.raises(UnretryableException, match="certificate verify failed"):
        stranger.send(REQUEST, protocol="https")
