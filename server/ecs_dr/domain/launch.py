"""The one instance to be created: everything that RunInstances will be told."""

from __future__ import annotations

from ecs_dr.domain.disks import ReplicaDisk
from ecs_dr.domain.model import JsonObject, JsonValue, Model, Tag
from ecs_dr.domain.source import CpuOptions, MetadataOptions


class LaunchRequest(Model):
    """Every parameter of the launch. Nothing that matters is left to a default of the API."""

    region_id: str
    zone_id: str
    image_id: str
    instance_type: str
    vswitch_id: str
    security_group_ids: tuple[str, ...]
    instance_name: str
    description: str = ""
    charge_type: str = "PostPaid"
    period: int | None = None
    """Months; PrePaid alone."""
    spot_strategy: str = "NoSpot"
    spot_price_limit: float | None = None
    spot_duration: int | None = None
    internet_charge_type: str = ""
    internet_max_bandwidth_out: int = 0
    """Mbps. More than 0 makes the API allocate a public IPv4 address."""
    disks: tuple[ReplicaDisk, ...]
    key_pair_name: str = ""
    resource_group_id: str = ""
    deletion_protection: bool = False
    credit_specification: str = ""
    metadata_options: MetadataOptions | None = None
    cpu_options: CpuOptions | None = None
    tags: tuple[Tag, ...] = ()

    def parameters(self) -> JsonObject:
        """The parameters as sent, without the ClientToken (RunInstances)."""
        params: JsonObject = {
            "RegionId": self.region_id,
            "ZoneId": self.zone_id,
            "ImageId": self.image_id,
            "InstanceType": self.instance_type,
            "VSwitchId": self.vswitch_id,
            "SecurityGroupIds": list(self.security_group_ids),
            "InstanceName": self.instance_name,
            "InstanceChargeType": self.charge_type,
            "InternetMaxBandwidthOut": self.internet_max_bandwidth_out,
            "Amount": 1,
        }
        params.update(self._optional_parameters())
        params.update(self._billing_parameters())
        for disk in self.disks:
            if disk.type == "system":
                params["SystemDisk"] = _system_disk(disk)
        data: list[JsonValue] = [_data_disk(disk) for disk in self.disks if disk.type == "data"]
        if data:
            params["DataDisk"] = data
        if self.tags:
            params["Tag"] = [{"Key": tag.key, "Value": tag.value} for tag in self.tags]
        return params

    def _optional_parameters(self) -> JsonObject:
        params: JsonObject = {
            name: value
            for name, value in (
                ("Description", self.description),
                ("InternetChargeType", self.internet_charge_type),
                ("KeyPairName", self.key_pair_name),
                ("ResourceGroupId", self.resource_group_id),
                ("CreditSpecification", self.credit_specification),
            )
            if value
        }
        if self.deletion_protection:
            params["DeletionProtection"] = True
        if self.metadata_options is not None:
            if self.metadata_options.http_endpoint:
                params["HttpEndpoint"] = self.metadata_options.http_endpoint
            if self.metadata_options.http_tokens:
                params["HttpTokens"] = self.metadata_options.http_tokens
        if self.cpu_options is not None and self.cpu_options.core_count:
            params["CpuOptions"] = {
                "Core": self.cpu_options.core_count,
                "ThreadsPerCore": self.cpu_options.threads_per_core,
            }
        return params

    def _billing_parameters(self) -> JsonObject:
        params: JsonObject = {}
        if self.charge_type == "PrePaid":
            params.update({"Period": self.period, "PeriodUnit": "Month", "AutoRenew": False})
        elif self.spot_strategy != "NoSpot":
            params["SpotStrategy"] = self.spot_strategy
            if self.spot_price_limit is not None:
                params["SpotPriceLimit"] = self.spot_price_limit
            if self.spot_duration is not None:
                params["SpotDuration"] = self.spot_duration
        return params


def _disk_parameters(disk: ReplicaDisk) -> JsonObject:
    params: JsonObject = {"Category": disk.category}
    if disk.performance_level is not None and disk.category == "cloud_essd":
        params["PerformanceLevel"] = disk.performance_level
    if disk.category == "cloud_auto":
        params["BurstingEnabled"] = bool(disk.bursting_enabled)
        if disk.provisioned_iops is not None:
            params["ProvisionedIops"] = disk.provisioned_iops
    if disk.name:
        params["DiskName"] = disk.name
    if disk.description:
        params["Description"] = disk.description
    if disk.kms_key_id and disk.encrypted:
        params["KMSKeyId"] = disk.kms_key_id
    return params


def _system_disk(disk: ReplicaDisk) -> JsonObject:
    params = _disk_parameters(disk)
    params["Size"] = str(disk.size_gib)
    if disk.encrypted:
        params["Encrypted"] = True
    return params


def _data_disk(disk: ReplicaDisk) -> JsonObject:
    params = _disk_parameters(disk)
    params["Device"] = disk.device
    params["Size"] = disk.size_gib
    params["DeleteWithInstance"] = disk.delete_with_instance
    if disk.encrypted:
        params["Encrypted"] = "true"
    return params
