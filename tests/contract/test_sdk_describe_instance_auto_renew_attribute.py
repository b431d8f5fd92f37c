from __future__ import annotations

from alibabacloud_ecs20140526.models import DescribeInstanceAutoRenewAttributeRequest

from tests.contract.sdk_support import Sdk, Shape, World, check_shape

SOURCE = "i-2zesource0001"
ROW: Shape = {
    "InstanceId": str,
    "AutoRenewEnabled": bool,
    "Duration": int,
    "PeriodUnit": str,
    "RenewalStatus": str,
}


def request() -> DescribeInstanceAutoRenewAttributeRequest:
    return DescribeInstanceAutoRenewAttributeRequest(region_id="cn-beijing", instance_id=SOURCE)


def test_a_subscription_says_how_it_goes_on(sdk: Sdk, world: World) -> None:
    world.state.instances[SOURCE].instance_charge_type = "PrePaid"
    world.state.instances[SOURCE].auto_renew.enabled = True
    check_shape(sdk.send(request()), {"InstanceRenewAttributes": {"InstanceRenewAttribute": [ROW]}})
    (row,) = sdk.rows(request(), "InstanceRenewAttributes", "InstanceRenewAttribute")
    assert (row["AutoRenewEnabled"], row["Duration"], row["PeriodUnit"]) == (True, 1, "Month")


def test_a_pay_as_you_go_instance_is_not_listed(sdk: Sdk) -> None:
    assert sdk.rows(request(), "InstanceRenewAttributes", "InstanceRenewAttribute") == []
