"""Every console link, in one place."""

from __future__ import annotations

from ecs_dr.domain.telling import Words


def image_list(region_id: str) -> Words:
    """The custom images of a region."""
    return Words(f"https://ecs.console.aliyun.com/image/{region_id}/images")


def instance_list(region_id: str) -> Words:
    """The instances of a region."""
    return Words(f"https://ecs.console.aliyun.com/server/region/{region_id}")


def instance(region_id: str, instance_id: str) -> Words:
    """The console's page of an instance."""
    return Words(f"https://ecs.console.aliyun.com/server/{instance_id}/detail?regionId={region_id}")


def vswitch_list(region_id: str) -> Words:
    """The VSwitches of a region."""
    return Words(f"https://vpc.console.aliyun.com/vpc/{region_id}/switches")


def vswitch(region_id: str, vswitch_id: str) -> Words:
    """The console's page of a VSwitch."""
    return Words(f"https://vpc.console.aliyun.com/vpc/{region_id}/switches/{vswitch_id}")


def snapshot_list(region_id: str) -> Words:
    """The snapshots of a region."""
    return Words(f"https://ecs.console.aliyun.com/snapshot/region/{region_id}")


def service_status() -> Words:
    """Known disturbances of every service and region."""
    return Words("https://status.aliyun.com")


def quota_center(product: str = "ecs") -> Words:
    """Quotas of a product (`ecs`, `vpc`), and the form to raise them."""
    return Words(f"https://quotas.console.aliyun.com/products/{product}/quotas")


def billing() -> Words:
    """Balance and payment methods."""
    return Words("https://usercenter2.aliyun.com/home")


def ram_policies() -> Words:
    """Where a policy is made and attached."""
    return Words("https://ram.console.aliyun.com/policies")


def access_keys() -> Words:
    """Where the identity's own credentials are looked after."""
    return Words("https://ram.console.aliyun.com/manage/ak")


def kms() -> Words:
    """Keys of the Key Management Service."""
    return Words("https://kms.console.aliyun.com")


def ticket() -> Words:
    """Where a support ticket is opened."""
    return Words("https://smartservice.console.aliyun.com/service/create-ticket")
