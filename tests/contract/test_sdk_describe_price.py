from __future__ import annotations

import pytest
from alibabacloud_ecs20140526.models import (
    DescribePriceRequest,
    DescribePriceRequestDataDisk,
    DescribePriceRequestSystemDisk,
)
from alibabacloud_tea_openapi.exceptions import ClientException

from tests.contract.sdk_support import Sdk, Shape, check_shape

DETAIL: Shape = {
    "Resource": str,
    "OriginalPrice": (int, float),
    "DiscountPrice": (int, float),
    "TradePrice": (int, float),
    "SubRules": {"Rule": [{"RuleId": int, "Description": str}]},
}
PRICE: Shape = {
    "Currency": str,
    "OriginalPrice": (int, float),
    "DiscountPrice": (int, float),
    "TradePrice": (int, float),
    "DetailInfos": {"DetailInfo": [DETAIL]},
}


def request(**changes: object) -> DescribePriceRequest:
    return DescribePriceRequest(
        **{
            "region_id": "cn-beijing",
            "resource_type": "instance",
            "instance_type": "ecs.g7.xlarge",
            "instance_network_type": "vpc",
            "price_unit": "Hour",
            "period": 1,
            "amount": 1,
            "internet_charge_type": "PayByTraffic",
            "internet_max_bandwidth_out": 5,
            "system_disk": DescribePriceRequestSystemDisk(category="cloud_essd", size=40, performance_level="PL0"),
            "data_disk": [DescribePriceRequestDataDisk(category="cloud_auto", size=200)],
            **changes,
        }
    )


def test_every_field_that_is_read_is_there_with_its_type(sdk: Sdk) -> None:
    info: Shape = {"Price": PRICE, "Rules": {"Rule": [{"RuleId": int, "Description": str}]}}
    check_shape(sdk.send(request()), {"PriceInfo": info, "RequestId": str})


def test_the_details_add_up(sdk: Sdk) -> None:
    info = sdk.send(request())["PriceInfo"]
    assert isinstance(info, dict)
    price = info["Price"]
    details = {row["Resource"]: row["TradePrice"] for row in price["DetailInfos"]["DetailInfo"]}
    assert details == {"InstanceType": 1.01, "SystemDisk": 0.028, "DataDisk": 0.2, "bandwidth": 0.0}
    assert price["TradePrice"] == pytest.approx(sum(details.values()))


def test_what_has_no_price_is_refused(sdk: Sdk) -> None:
    with pytest.raises(ClientException) as refused:
        sdk.send(request(instance_type="ecs.unknown.large"))
    assert (refused.value.code, refused.value.status_code) == ("InvalidInstanceType.ValueNotSupported", 400)
