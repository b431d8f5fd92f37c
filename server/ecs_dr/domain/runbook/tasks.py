"""The tasks of a runbook. Official templates use every construct that is used here; nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ecs_dr.domain.images.model import EVERY_STATUS, ImageRequest
from ecs_dr.domain.lineage import lineage_tags
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.network.model import VSwitchRequest
from ecs_dr.domain.runbook.language import EXECUTION, ITEM, both, one_value, select, spelled
from ecs_dr.domain.runbook.model import RunbookMember

FAILED = ("UnAvailable", "CreateFailed", "Deprecated")
IMAGE_DELAY_SECONDS = 60
IMAGE_RETRIES = 300
"""Five hours. OOS allows 300 retries."""
LAUNCH_DELAY_SECONDS = 10
LAUNCH_RETRIES = 180

REGION = "{{ regionId }}"
RATE = "{{ rateControl }}"
IMAGE_IDS = "{{ createImages.imageIds }}"
IMAGE_OF = "{{ findImages.imageIdBySource }}"


def task(name: str, action: str, properties: JsonObject, about: JsonObject, **more: JsonValue) -> JsonObject:
    """One task of a template: what it calls, with which properties, and what it hands on."""
    return {"Name": name, "Action": action, "Description": about, "Properties": properties, **more}


def call(service: str, api: str, parameters: JsonObject) -> JsonObject:
    """The properties of an ExecuteAPI task."""
    return {"Service": service, "API": api, "Parameters": parameters}


def await_value(properties: JsonObject, selector: str, wanted: str, stop: Sequence[str] = ()) -> JsonObject:
    """The properties of a task that looks for one value."""
    looked: JsonObject = {**properties, "PropertySelector": selector, "DesiredValues": [wanted]}
    return {**looked, "StopRetryValues": [*stop]} if stop else looked


def constantly(delay: int, retries: int) -> JsonObject:
    """A bounded wait with an even pace."""
    return {"Retries": retries, "DelayType": "Constant", "Delay": delay}


def check_sources(members: Sequence[RunbookMember]) -> JsonObject:
    """Every source is there, and in a state of which an image can be made."""
    ids: list[JsonValue] = [member.source_id for member in members]
    selector = (
        "[.Instances.Instance[].Status] | "
        f'if length == {len(ids)} and all(. == "Running" or . == "Stopped") then "ready" else "notReady" end'
    )
    parameters: JsonObject = {"RegionId": REGION, "InstanceIds": ids, "PageSize": 100}
    properties = await_value(call("ECS", "DescribeInstances", parameters), selector, "ready")
    return task("checkSources", "ACS::CheckFor", properties, both("export.task.check_sources"))


def approve(name: str, content: str, about: JsonObject) -> JsonObject:
    """Somebody's go-ahead for what the following tasks create; a rejection cancels the execution."""
    properties: JsonObject = {
        "Approvers": "{{ approvers }}",
        "MinRequiredApprovals": "{{ minRequiredApprovals }}",
        "NotifyType": "WebHook",
        "WebHook": {
            "URI": "{{ webHookUrl }}",
            "Headers": {"Content-Type": "application/json"},
            "Content": {"msgtype": "text", "text": {"content": content}},
        },
    }
    return task(name, "ACS::Approve", properties, about)


def vswitch_id(number: int) -> str:
    """The reference to a VSwitch that the runbook made or found."""
    return f"{{{{ waitVSwitch{number}.vSwitchId }}}}"


def make_vswitch(number: int, request: VSwitchRequest) -> list[JsonObject]:
    """The VSwitch: the one with that block in that zone if it is there already, as after a first execution."""
    quoted = json.dumps(request.cidr_block)
    own = f"[.VSwitches.VSwitch[] | select(.CidrBlock == {quoted})]"
    look: JsonObject = {"RegionId": REGION, "VpcId": request.vpc_id, "ZoneId": request.zone_id, "PageSize": 50}
    find = task(
        f"findVSwitch{number}",
        "ACS::ExecuteAPI",
        call("VPC", "DescribeVSwitches", look),
        both("export.task.find_vswitch", cidr=request.cidr_block),
        Outputs={"vSwitchId": {"Type": "String", "ValueSelector": f'{own} | .[0].VSwitchId // ""'}},
    )
    parameters = {
        **spelled(request.parameters()),
        "RegionId": REGION,
        "ClientToken": f"{EXECUTION}-vsw-{number}",
    }
    create = task(
        f"createVSwitch{number}",
        "ACS::ExecuteAPI",
        call("VPC", "CreateVSwitch", parameters),
        both("export.task.create_vswitch", cidr=request.cidr_block, zone=request.zone_id),
        When={"Fn::Equals": [f"{{{{ findVSwitch{number}.vSwitchId }}}}", ""]},
    )
    selector = f'{own} | .[0].Status // "Pending"'
    wait = task(
        f"waitVSwitch{number}",
        "ACS::WaitFor",
        await_value(call("VPC", "DescribeVSwitches", look), selector, "Available"),
        both("export.task.wait_vswitch"),
        **constantly(5, 60),
        Outputs={"vSwitchId": {"Type": "String", "ValueSelector": f"{own} | .[0].VSwitchId"}},
    )
    return [find, create, wait]


def image_request(region_id: str) -> ImageRequest:
    """What CreateImage is told in each round: the request that the product itself sends, for the source of the round.

    The name holds the execution's id: a second execution, a drill next month, makes images of its own.
    """
    return ImageRequest(
        region_id=region_id,
        instance_id=ITEM,
        image_name=f"Create_from_{ITEM}_{EXECUTION}",
        tags=lineage_tags(EXECUTION, ITEM, "image"),
    )


def make_images(members: Sequence[RunbookMember]) -> list[JsonObject]:
    """All images side by side, then one wait for all of them."""
    ids: list[JsonValue] = [member.source_id for member in members]
    parameters = {
        **spelled(image_request(REGION).parameters()),
        "ClientToken": f"{EXECUTION}-img-{ITEM}",
    }
    create = task(
        "createImages",
        "ACS::ExecuteAPI",
        call("ECS", "CreateImage", parameters),
        both("export.task.create_images"),
        Loop={"Items": ids, "RateControl": RATE, "Outputs": joined("imageIds", "imageId")},
        Outputs={"imageId": {"Type": "String", "ValueSelector": "ImageId"}},
    )
    failed = " or ".join(f". == {json.dumps(status)}" for status in FAILED)
    selector = (
        '[.Images.Image[] | if .Status == "Available" and .Usable == false then "Creating" else .Status end] | '
        f"(map(select({failed})) | .[0]) // "
        f'(if length == {len(ids)} and all(. == "Available") then "Available" else "Creating" end)'
    )
    wait = task(
        "waitImages",
        "ACS::WaitFor",
        await_value(call("ECS", "DescribeImages", _all_images()), selector, "Available", FAILED),
        both("export.task.wait_images"),
        **constantly(IMAGE_DELAY_SECONDS, IMAGE_RETRIES),
    )
    return [create, wait]


def read_images(members: Sequence[RunbookMember]) -> list[JsonObject]:
    """Which image came of which source, and whether its disks have the device names that the launches use."""
    mapping = '.Images.Image | map({key: (.ImageName | split("_") | .[2]), value: .ImageId}) | from_entries'
    find = task(
        "findImages",
        "ACS::ExecuteAPI",
        call("ECS", "DescribeImages", _all_images()),
        both("export.task.find_images"),
        Outputs={"imageIdBySource": {"Type": "Json", "ValueSelector": mapping}},
    )
    devices = '[.DiskDeviceMappings.DiskDeviceMapping[] | select(.Type != "system") | .Device] | sort | join("+")'
    selector = f'[.Images.Image[] | (.ImageName | split("_") | .[2]) + "=" + ({devices})] | sort | join(",")'
    check = task(
        "checkImageDevices",
        "ACS::CheckFor",
        await_value(call("ECS", "DescribeImages", _all_images()), selector, _devices(members)),
        both("export.task.check_devices"),
    )
    return [find, check]


def _devices(members: Sequence[RunbookMember]) -> str:
    rows = (
        f"{one.source_id}={'+'.join(sorted(disk.device for disk in one.launch.disks if disk.type == 'data'))}"
        for one in members
    )
    return ",".join(sorted(rows))


def _all_images() -> JsonObject:
    return {
        "RegionId": REGION,
        "ImageId": {"Fn::Join": [",", IMAGE_IDS]},
        "Status": EVERY_STATUS,
        "PageSize": 100,
    }


def joined(name: str, field: str) -> JsonObject:
    """What a loop gathers of its rounds."""
    return {name: {"AggregateType": "Fn::ListJoin", "AggregateField": field}}


def launch_parameters(members: Sequence[RunbookMember], vswitches: Sequence[VSwitchRequest]) -> JsonObject:
    """RunInstances for the source of the round, as the product itself would launch it, from the image just made."""
    rows: dict[str, JsonValue] = {}
    for member in members:
        parameters = spelled(member.launch.parameters())
        if member.new_vswitch is not None:
            parameters["VSwitchId"] = vswitch_id(vswitches.index(member.new_vswitch) + 1)
        rows[member.source_id] = parameters
    common = one_value(rows)
    if not isinstance(common, dict):
        raise TypeError("launches of one shape have the same parameters")
    return {
        **common,
        "RegionId": REGION,
        "ImageId": select(ITEM, IMAGE_OF),
        "ClientToken": f"{EXECUTION}-run-{ITEM}",
    }


def shapes(members: Sequence[RunbookMember]) -> tuple[tuple[RunbookMember, ...], ...]:
    """Members whose launches have the same parameters and as many disks: one loop each."""
    grouped: dict[tuple[tuple[str, ...], int], list[RunbookMember]] = {}
    for member in members:
        names = tuple(sorted(spelled(member.launch.parameters())))
        grouped.setdefault((names, len(member.launch.disks)), []).append(member)
    return tuple(tuple(group) for group in grouped.values())


def launch(name: str, members: Sequence[RunbookMember], vswitches: Sequence[VSwitchRequest]) -> JsonObject:
    """The launches of one shape."""
    ids: list[JsonValue] = [member.source_id for member in members]
    return task(
        name,
        "ACS::ExecuteAPI",
        call("ECS", "RunInstances", launch_parameters(members, vswitches)),
        both("export.task.launch"),
        Loop={"Items": ids, "RateControl": RATE, "Outputs": joined("replicaIds", "replicaId")},
        Outputs={"replicaId": {"Type": "String", "ValueSelector": "InstanceIdSets.InstanceIdSet[0]"}},
    )


def read_back(name: str, members: Sequence[RunbookMember]) -> list[JsonObject]:
    """Wait for Running, then see that place, type and disks are what was launched."""
    replicas = f"{{{{ {name}.replicaIds }}}}"
    parameters: JsonObject = {"RegionId": REGION, "InstanceIds": replicas, "PageSize": 100}
    count = len(members)
    running = (
        "[.Instances.Instance[].Status] | "
        f'if length == {count} and all(. == "Running") then "Running" else "Pending" end'
    )
    wait = task(
        f"{name}Running",
        "ACS::WaitFor",
        await_value(call("ECS", "DescribeInstances", parameters), running, "Running"),
        both("export.task.wait_running"),
        **constantly(LAUNCH_DELAY_SECONDS, LAUNCH_RETRIES),
    )
    rows = sorted(f"{one.launch.instance_name}|{one.launch.instance_type}|{one.launch.zone_id}" for one in members)
    placed = '[.Instances.Instance[] | [.InstanceName, .InstanceType, .ZoneId] | join("|")] | sort | join(",")'
    check = task(
        f"{name}Placed",
        "ACS::CheckFor",
        await_value(call("ECS", "DescribeInstances", parameters), placed, ",".join(rows)),
        both("export.task.check_placed"),
    )
    disks = len(members[0].launch.disks)
    complete = (
        '[.Disks.Disk[] | select(.Status == "In_use")] | '
        f'if length == {disks} and all(.Type == "system" or (.SourceSnapshotId // "") != "") '
        'then "complete" else "incomplete" end'
    )
    content = task(
        f"{name}Disks",
        "ACS::WaitFor",
        await_value(
            call("ECS", "DescribeDisks", {"RegionId": REGION, "InstanceId": ITEM, "PageSize": 100}),
            complete,
            "complete",
        ),
        both("export.task.check_disks"),
        **constantly(LAUNCH_DELAY_SECONDS, 30),
        Loop={"Items": replicas, "RateControl": RATE},
    )
    return [wait, check, content]
