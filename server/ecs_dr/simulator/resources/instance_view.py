"""An instance as DescribeInstances writes it (ECS API, DescribeInstances, response parameters)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ecs_dr.cloud.transport import Json
from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.clock import timestamp
from ecs_dr.simulator.lifecycle import instance_status
from ecs_dr.simulator.model_compute import Instance

_DNS_RECORDS = (
    "EnableIpDnsARecord",
    "EnableIpDnsPtrRecord",
    "EnableInstanceIdDnsARecord",
    "EnableInstanceIdDnsAAAARecord",
)


def instance_view(call: Call, instance: Instance, extras: Collection[str]) -> dict[str, Json]:
    """The instance's entry; `extras` are the AdditionalAttributes that were asked for."""
    view: dict[str, Json] = {
        **_identity(call, instance),
        **_hardware(call, instance),
        **_billing(instance),
        **_network(instance, with_ipv6="NETWORK_PRIMARY_ENI_IP" in extras),
        **_placement(instance),
        "Tags": ecs_tags(instance.tags),
        "OperationLocks": {"LockReason": [{"LockReason": reason, "LockMsg": ""} for reason in instance.lock_reasons]},
    }
    if "META_OPTIONS" in extras:
        view["MetadataOptions"] = {
            "HttpEndpoint": instance.metadata.http_endpoint,
            "HttpTokens": instance.metadata.http_tokens,
            "HttpPutResponseHopLimit": instance.metadata.http_put_response_hop_limit,
        }
    if "LOGIN_AS_NON_ROOT" in extras:
        view["ImageOptions"] = {"LoginAsNonRoot": instance.login_as_non_root}
    if "PRIVATE_DNS_OPTIONS" in extras:
        view["PrivateDnsNameOptions"] = {
            "HostnameType": instance.private_dns.get("HostnameType", "Custom"),
            **{name: instance.private_dns.get(name, "").lower() == "true" for name in _DNS_RECORDS},
        }
    return view


def ecs_tags(tags: Mapping[str, str]) -> Json:
    """Tags as ECS answers them: `TagKey` and `TagValue` (VPC says `Key` and `Value`)."""
    return {"Tag": [{"TagKey": key, "TagValue": value} for key, value in tags.items()]}


def _identity(call: Call, instance: Instance) -> dict[str, Json]:
    return {
        "InstanceId": instance.instance_id,
        "InstanceName": instance.instance_name,
        "Description": instance.description,
        "HostName": instance.host_name,
        "RegionId": instance.region_id,
        "ZoneId": instance.zone_id,
        "ClusterId": "",
        "Status": instance_status(call.world, instance, call.now),
        "ImageId": instance.image_id,
        "OSName": instance.os_name,
        "OSNameEn": instance.os_name_en,
        "OSType": instance.os_type,
        "SerialNumber": instance.serial_number,
        "KeyPairName": instance.key_pair_name,
        "ResourceGroupId": instance.resource_group_id,
        "DeletionProtection": instance.deletion_protection,
        "SecurityOptions": {"EnableSecureBoot": instance.secure_boot},
        "HibernationOptions": {"Configured": instance.hibernation_configured},
        "Recyclable": False,
        "DeviceAvailable": True,
        "IoOptimized": True,
    }


def _hardware(call: Call, instance: Instance) -> dict[str, Json]:
    kind = call.world.instance_types.get(instance.instance_type)
    cpu = kind.cpu if kind else 0
    threads = kind.threads_per_core if kind else 1
    view: dict[str, Json] = {
        "InstanceType": instance.instance_type,
        "InstanceTypeFamily": kind.family if kind else "",
        "Cpu": cpu,
        "Memory": int(kind.memory_gib * 1024) if kind else 0,
        "GPUAmount": kind.gpu_amount if kind else 0,
        "GPUSpec": kind.gpu_spec if kind else "",
        "CpuOptions": {
            "CoreCount": instance.cpu_options.core_count or cpu // threads,
            "ThreadsPerCore": instance.cpu_options.threads_per_core or threads,
            "Numa": instance.cpu_options.numa,
            "TopologyType": instance.cpu_options.topology_type,
        },
        "CreditSpecification": instance.credit_specification,
    }
    if kind and kind.local_storage_amount:
        view["LocalStorageAmount"] = kind.local_storage_amount
        view["LocalStorageCapacity"] = kind.local_storage_gib
    return view


def _billing(instance: Instance) -> dict[str, Json]:
    # A pay-as-you-go instance "expires" in 2099, as on the real cloud.
    expired = timestamp(instance.expired_time, seconds=False) or "2099-12-31T15:59Z"
    created = timestamp(instance.creation_time, seconds=False)
    return {
        "InstanceChargeType": instance.instance_charge_type,
        "SpotStrategy": instance.spot_strategy,
        "SpotPriceLimit": instance.spot_price_limit,
        "SpotDuration": instance.spot_duration,
        "SpotInterruptionBehavior": instance.spot_interruption_behavior,
        "CreationTime": created,
        "StartTime": created,
        "ExpiredTime": expired,
        "AutoReleaseTime": timestamp(instance.auto_release_time, seconds=False),
        "StoppedMode": instance.stopped_mode,
        "SaleCycle": "Month" if instance.instance_charge_type == "PrePaid" else "",
    }


def _network(instance: Instance, *, with_ipv6: bool) -> dict[str, Json]:
    classic = instance.network_type == "classic"
    eip = instance.eip
    return {
        "InstanceNetworkType": instance.network_type,
        "InternetChargeType": instance.internet_charge_type,
        "InternetMaxBandwidthOut": instance.internet_max_bandwidth_out,
        "InternetMaxBandwidthIn": instance.internet_max_bandwidth_in,
        "VlanId": "",
        "VpcAttributes": {
            "VpcId": "" if classic else instance.vpc_id,
            "VSwitchId": "" if classic else instance.vswitch_id,
            "NatIpAddress": "",
            "PrivateIpAddress": {"IpAddress": [] if classic else [instance.private_ip_address]},
        },
        "InnerIpAddress": {"IpAddress": [instance.private_ip_address] if classic else []},
        "PublicIpAddress": {"IpAddress": [instance.public_ip_address] if instance.public_ip_address else []},
        "EipAddress": {
            "AllocationId": eip.allocation_id if eip else "",
            "IpAddress": eip.ip_address if eip else "",
            "InternetChargeType": eip.internet_charge_type if eip else "",
            **({"Bandwidth": eip.bandwidth, "IsSupportUnassociate": True} if eip else {}),
        },
        "SecurityGroupIds": {"SecurityGroupId": list(instance.security_group_ids)},
        "NetworkInterfaces": {"NetworkInterface": [] if classic else _interfaces(instance, with_ipv6=with_ipv6)},
    }


def _interfaces(instance: Instance, *, with_ipv6: bool) -> list[Json]:
    primary: dict[str, Json] = {
        "NetworkInterfaceId": instance.network_interface_id,
        "Type": "Primary",
        "PrimaryIpAddress": instance.private_ip_address,
        "MacAddress": instance.mac_address,
        "PrivateIpSets": {"PrivateIpSet": [{"PrivateIpAddress": instance.private_ip_address, "Primary": True}]},
    }
    if with_ipv6:
        primary["Ipv6Sets"] = {"Ipv6Set": [{"Ipv6Address": address} for address in instance.ipv6_addresses]}
    secondary: list[Json] = [
        {
            "NetworkInterfaceId": eni.network_interface_id,
            "Type": "Secondary",
            "PrimaryIpAddress": eni.private_ip_address,
            "MacAddress": eni.mac_address,
            "PrivateIpSets": {"PrivateIpSet": [{"PrivateIpAddress": eni.private_ip_address, "Primary": True}]},
        }
        for eni in instance.secondary_enis
    ]
    return [primary, *secondary]


def _placement(instance: Instance) -> dict[str, Json]:
    place = instance.placement
    view: dict[str, Json] = {
        "DeploymentSetId": place.deployment_set_id,
        "HpcClusterId": place.hpc_cluster_id,
        "DedicatedHostAttribute": {
            "DedicatedHostId": place.dedicated_host_id,
            "DedicatedHostName": "",
            "DedicatedHostClusterId": "",
        },
        "DedicatedInstanceAttribute": {"Tenancy": place.tenancy, "Affinity": place.affinity},
        "EcsCapacityReservationAttr": {
            "CapacityReservationId": place.private_pool_id,
            "CapacityReservationPreference": place.private_pool_match,
        },
    }
    if place.deployment_set_group_no is not None:
        view["DeploymentSetGroupNo"] = place.deployment_set_group_no
    return view
