"""What a launch leaves behind: an instance, and its disks."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import IPv4Network
from typing import Literal, cast

from ecs_dr.simulator.actions import Call
from ecs_dr.simulator.devices import free_devices
from ecs_dr.simulator.errors import Fault
from ecs_dr.simulator.model_catalogue import InstanceType
from ecs_dr.simulator.model_compute import (
    AutoRenew,
    CpuOptions,
    Disk,
    Image,
    Instance,
    MetadataOptions,
    Placement,
)
from ecs_dr.simulator.params import boolean, decimal, integer, optional_integer, struct, text
from ecs_dr.simulator.resources.launch_disks import PlannedDisk
from ecs_dr.simulator.resources.launch_network import LaunchNetwork
from ecs_dr.simulator.tables import INTERNET

_DAYS = {"Week": 7, "Month": 30}
_PUBLIC_NETWORKS = (IPv4Network("203.0.113.0/24"), IPv4Network("198.18.0.0/15"))


def new_instance(call: Call, image: Image, network: LaunchNetwork, index: int, name: str) -> Instance:
    """The instance as it is going to rest, in Running; its first minutes are worked out from its launch."""
    params = call.params
    world = call.world
    instance_id = world.new_id("i", call.region)
    mbps = integer(params, "InternetMaxBandwidthOut", 0)
    instance = Instance(
        instance_id=instance_id,
        instance_name=name or instance_id,
        description=text(params, "Description"),
        host_name=text(params, "HostName", f"iZ{instance_id.partition('-')[2]}Z"),
        instance_type=text(params, "InstanceType"),
        region_id=call.region,
        zone_id=network.vswitch.zone_id,
        image_id=image.image_id,
        os_name=image.os_name,
        os_name_en=image.os_name_en,
        os_type=image.os_type,
        vpc_id=network.vswitch.vpc_id,
        vswitch_id=network.vswitch.vswitch_id,
        private_ip_address=network.addresses[index],
        ipv6_addresses=network.ipv6_addresses[index],
        security_group_ids=tuple(network.security_group_ids),
        internet_max_bandwidth_out=mbps,
        internet_max_bandwidth_in=integer(params, "InternetMaxBandwidthIn", 100 if mbps <= 10 else mbps),
        public_ip_address=_public_address(call) if mbps else "",
        network_interface_id=world.new_id("eni", call.region),
        mac_address=world.ids.mac(),
        serial_number=world.ids.serial(),
        launched_at=call.now,
        creation_time=call.now,
        resource_group_id=text(params, "ResourceGroupId"),
    )
    _add_billing(call, instance)
    _add_options(call, instance, image)
    return instance


def _add_billing(call: Call, instance: Instance) -> None:
    params = call.params
    if text(params, "InternetChargeType") == "PayByBandwidth":
        instance.internet_charge_type = "PayByBandwidth"
    if text(params, "InstanceChargeType") == "PrePaid":
        unit = text(params, "PeriodUnit", "Month")
        instance.instance_charge_type = "PrePaid"
        instance.expired_time = call.now + timedelta(days=_DAYS[unit] * integer(params, "Period", 1))
        renewal = integer(params, "AutoRenewPeriod", 1)
        instance.auto_renew = AutoRenew(boolean(params, "AutoRenew"), renewal, unit)
    spot = text(params, "SpotStrategy", "NoSpot")
    if spot != "NoSpot":
        instance.spot_strategy = cast("Literal['SpotWithPriceLimit', 'SpotAsPriceGo']", spot)
        instance.spot_price_limit = decimal(params, "SpotPriceLimit")
        instance.spot_duration = integer(params, "SpotDuration", 1)
        instance.spot_interruption_behavior = text(params, "SpotInterruptionBehavior", "Terminate")
    release = text(params, "AutoReleaseTime")
    if release:
        late = timedelta(minutes=call.world.variants["release_time"] == "next_minute")
        instance.auto_release_time = datetime.fromisoformat(release) + late


def _add_options(call: Call, instance: Instance, image: Image) -> None:
    params = call.params
    cpu = struct(params, "CpuOptions")
    instance.key_pair_name = text(params, "KeyPairName")
    instance.password_set = bool(text(params, "Password")) or boolean(params, "PasswordInherit")
    instance.ram_role_name = text(params, "RamRoleName")
    instance.user_data = text(params, "UserData")
    instance.deletion_protection = boolean(params, "DeletionProtection")
    instance.credit_specification = text(params, "CreditSpecification")
    instance.security_enhancement_strategy = text(params, "SecurityEnhancementStrategy")
    instance.jumbo_frame = boolean(params, "NetworkOptions.EnableJumboFrame", default=True)
    instance.login_as_non_root = boolean(params, "ImageOptions.LoginAsNonRoot") and image.login_as_non_root
    instance.secure_boot = boolean(params, "SecurityOptions.EnableSecureBoot")
    instance.private_dns = struct(params, "PrivateDnsNameOptions")
    instance.hibernation_configured = boolean(params, "HibernationOptions.Configured")
    instance.metadata = MetadataOptions(
        http_endpoint="disabled" if text(params, "HttpEndpoint") == "disabled" else "enabled",
        http_tokens="required" if text(params, "HttpTokens") == "required" else "optional",
        http_put_response_hop_limit=integer(params, "HttpPutResponseHopLimit", 1, 1, 64),
    )
    instance.cpu_options = CpuOptions(
        core_count=integer(cpu, "Core", 0),
        threads_per_core=integer(cpu, "ThreadsPerCore", 0),
        numa=text(cpu, "Numa", "ON"),
        topology_type=text(cpu, "TopologyType"),
    )
    instance.placement = Placement(
        deployment_set_id=text(params, "DeploymentSetId"),
        deployment_set_group_no=optional_integer(params, "DeploymentSetGroupNo"),
        dedicated_host_id=text(params, "DedicatedHostId"),
        tenancy=text(params, "Tenancy"),
        affinity=text(params, "Affinity"),
        hpc_cluster_id=text(params, "HpcClusterId"),
        storage_set_id=text(params, "StorageSetId"),
        private_pool_id=text(params, "PrivatePoolOptions.Id"),
        private_pool_match=text(params, "PrivatePoolOptions.MatchCriteria"),
    )


def new_disk(call: Call, instance: Instance, planned: PlannedDisk, image: Image, attached: datetime) -> Disk:
    """A cloud disk of the new instance; data disks are attached, and listed, a little later."""
    system = planned.kind == "system"
    prepaid = instance.instance_charge_type == "PrePaid"
    return Disk(
        disk_id=call.world.new_id("d", call.region),
        disk_name=planned.texts.disk_name,
        description=planned.texts.description,
        instance_id=instance.instance_id,
        type=planned.kind,
        device=planned.device,
        category=planned.choice.category,
        performance_level=planned.choice.performance_level,
        bursting_enabled=planned.choice.bursting_enabled,
        provisioned_iops=planned.choice.provisioned_iops,
        size=planned.size,
        region_id=call.region,
        zone_id=instance.zone_id,
        creation_time=call.now,
        attached_at=None if system else attached,
        portable=system or not prepaid,
        delete_with_instance=planned.delete_with_instance,
        auto_snapshot_policy_id=planned.texts.auto_snapshot_policy_id,
        encrypted=planned.encryption.encrypted,
        kms_key_id=planned.encryption.kms_key_id,
        charge_type="PrePaid" if prepaid else "PostPaid",
        expired_time=instance.expired_time,
        image_id=image.image_id if system or planned.snapshot_id in _snapshots(image) else "",
        source_snapshot_id=planned.snapshot_id,
        storage_cluster_id=planned.texts.storage_cluster_id,
        storage_set_id=instance.placement.storage_set_id,
        resource_group_id=instance.resource_group_id,
    )


def _snapshots(image: Image) -> frozenset[str]:
    return frozenset(mapping.snapshot_id for mapping in image.mappings if mapping.snapshot_id)


def new_local_disks(call: Call, instance: Instance, kind: InstanceType, taken: list[str]) -> list[Disk]:
    """The empty local disks that come with some instance types, on the devices the others leave free."""
    free = free_devices(taken)
    return [
        Disk(
            disk_id=call.world.new_id("d", call.region),
            instance_id=instance.instance_id,
            type="data",
            device=next(free),
            category=kind.local_storage_category,
            size=kind.local_storage_gib,
            region_id=call.region,
            zone_id=instance.zone_id,
            creation_time=call.now,
            portable=False,
            resource_group_id=instance.resource_group_id,
        )
        for _ in range(kind.local_storage_amount)
    ]


def _public_address(call: Call) -> str:
    """A public address that nobody has yet, from ranges kept for documentation and benchmarks (RFC 5737, RFC 2544).

    Raises:
        Fault: There is none left.
    """
    held = call.world.instances.addresses
    for network in _PUBLIC_NETWORKS:
        for address in held.free(INTERNET, network[1], network[-2]):
            return address
    raise Fault("InvalidOperation.PublicIpAddressNoStock", "No public IP address is in stock.", 403)
