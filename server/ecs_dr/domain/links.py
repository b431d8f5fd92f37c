"""Every console link, in one place."""

from __future__ import annotations


def image_list(region_id: str) -> str:
    """The custom images of a region."""
    return f"https://ecs.console.aliyun.com/image/{region_id}/images"


def instance_list(region_id: str) -> str:
    """The instances of a region."""
    return f"https://ecs.console.aliyun.com/server/region/{region_id}"


def instance(region_id: str, instance_id: str) -> str:
    """The console's page of an instance."""
    return f"https://ecs.console.aliyun.com/server/{instance_id}/detail?regionId={region_id}"


def vswitch_list(region_id: str) -> str:
    """The VSwitches of a region."""
    return f"https://vpc.console.aliyun.com/vpc/{region_id}/switches"


def vswitch(region_id: str, vswitch_id: str) -> str:
    """The console's page of a VSwitch."""
    return f"https://vpc.console.aliyun.com/vpc/{region_id}/switches/{vswitch_id}"


def snapshot_list(region_id: str) -> str:
    """The snapshots of a region."""
    return f"https://ecs.console.aliyun.com/snapshot/region/{region_id}"


def service_status() -> str:
    """Known disturbances of every service and region."""
    return "https://status.aliyun.com"


def quota_center(product: str = "ecs") -> str:
    """Quotas of a product (`ecs`, `vpc`), and the form to raise them."""
    return f"https://quotas.console.aliyun.com/products/{product}/quotas"


def billing() -> str:
    """Balance and payment methods."""
    return "https://usercenter2.aliyun.com/home"


def ram_policies() -> str:
    """Where a policy is made and attached."""
    return "https://ram.console.aliyun.com/policies"


def access_keys() -> str:
    """Where the identity's own credentials are looked after."""
    return "https://ram.console.aliyun.com/manage/ak"


def kms() -> str:
    """Keys of the Key Management Service."""
    return "https://kms.console.aliyun.com"


def ticket() -> str:
    """Where a support ticket is opened."""
    return "https://smartservice.console.aliyun.com/service/create-ticket"
