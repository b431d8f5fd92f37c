"""Every tool as a host sees it: name, arguments, annotations, and the words that say when to call it."""

from __future__ import annotations

from dataclasses import dataclass

from ecs_dr.domain.application.waves import LONGEST_TEXT
from ecs_dr.domain.model import JsonObject, JsonValue
from ecs_dr.domain.steps import ToolName


@dataclass(frozen=True)
class Argument:
    """One argument. All are text: identifiers, names, one CIDR block; at most `longest` characters."""

    name: str
    description: str
    required: bool = True
    longest: int = 512


@dataclass(frozen=True)
class ToolSpec:
    """One tool.

    Attributes:
        name: At most 24 characters, since hosts put the server's name before it.
        description: English with the words a lexical search would use; says when to call it.
        reads_only: Creates nothing on the cloud.
        repeatable: Calling it again does nothing more.
        open_world: Talks to the cloud (or the credential provider chain).
    """

    name: ToolName
    title: str
    description: str
    arguments: tuple[Argument, ...] = ()
    reads_only: bool = True
    repeatable: bool = True
    open_world: bool = True

    def input_schema(self) -> JsonObject:
        """A flat JSON schema: strings alone, no references, no null unions, no defaults."""
        properties: dict[str, JsonValue] = {
            argument.name: {"type": "string", "description": argument.description} for argument in self.arguments
        }
        schema: JsonObject = {"type": "object", "properties": properties, "additionalProperties": False}
        required: list[JsonValue] = [argument.name for argument in self.arguments if argument.required]
        if required:
            schema["required"] = required
        return schema


_SESSION = Argument("session_id", "Its id")
_LANGUAGE = Argument("language", "zh or en", required=False)

TOOLS: tuple[ToolSpec, ...] = (
    ToolSpec(
        name="check_credentials",
        title="Check credentials",
        description=(
            "Check which Alibaba Cloud credential provider answers. Call it before the rest, and after a permission "
            "error. Shows no key."
        ),
    ),
    ToolSpec(
        name="collect_source",
        title="Step 1: read the source",
        description=(
            "Start the disaster recovery (DR, failover, backup, clone) of an Alibaba Cloud ECS instance in another "
            "availability zone: read it. Call it first. Returns the session_id."
        ),
        arguments=(
            Argument("instance_id", "E.g. i-bp1abc"),
            Argument("region_id", "E.g. cn-hangzhou"),
            _LANGUAGE,
        ),
        repeatable=False,
    ),
    ToolSpec(
        name="plan_recovery",
        title="Plan the recovery",
        description=(
            "Compare the other zones by stock, disk support, VSwitch and price (cost), check permissions. Call it "
            "after collect_source, before anything is spent."
        ),
        arguments=(_SESSION, Argument("target_zone_id", "Zone", required=False)),
    ),
    ToolSpec(
        name="create_image",
        title="Step 2: create the image",
        description=(
            "Create a whole-instance image (snapshots of all disks) of the source, which keeps running. Call it after "
            "collect_source. Billed."
        ),
        arguments=(_SESSION, Argument("image_name", "Name", required=False)),
        reads_only=False,
    ),
    ToolSpec(
        name="image_from_snapshots",
        title="Step 2: image from snapshots",
        description=(
            "Create the image from existing snapshots instead of from the source. Call it when the zone is down, or "
            "the source is locked or gone."
        ),
        arguments=(_SESSION, Argument("image_name", "Name", required=False)),
        reads_only=False,
    ),
    ToolSpec(
        name="adopt_image",
        title="Step 2: use an existing image",
        description=(
            "Use an image that exists instead of a new one; checks that it stems from the source. "
            "Call it when the user has one, or the source is locked, expired or down."
        ),
        arguments=(_SESSION, Argument("image_id", "E.g. m-bp1abc; without: asks", required=False)),
    ),
    ToolSpec(
        name="wait_for_image",
        title="Step 3: wait for the image",
        description=("Wait until the image is Available. Call it after create_image, and again while in_progress."),
        arguments=(_SESSION,),
    ),
    ToolSpec(
        name="choose_target",
        title="Step 4a: choose zone and type",
        description=("The user chooses zone and instance type by stock. Call it after collect_source."),
        arguments=(
            _SESSION,
            Argument("target_zone_id", "Zone", required=False),
            Argument("instance_type", "Type, smaller or larger", required=False),
        ),
    ),
    ToolSpec(
        name="prepare_vswitch",
        title="Step 4b: choose or create the VSwitch",
        description=(
            "The user chooses a VSwitch (subnet) in the target zone, or has one created with a free CIDR block. "
            "Call it after choose_target."
        ),
        arguments=(
            _SESSION,
            Argument("vswitch_id", "VSwitch", required=False),
            Argument("cidr_block", "CIDR block", required=False),
        ),
        reads_only=False,
    ),
    ToolSpec(
        name="check_disks",
        title="Step 4c: check disk categories",
        description=("Check the target's disk categories; the user chooses substitutes. Call it after choose_target."),
        arguments=(_SESSION,),
    ),
    ToolSpec(
        name="create_instance",
        title="Step 5: create the replica",
        description=(
            "Create the replica, one new ECS instance, once the user confirmed all parameters. Call it when zone, "
            "VSwitch and disks are settled: it waits for the image. Billed."
        ),
        arguments=(_SESSION, Argument("instance_name", "Name", required=False)),
        reads_only=False,
    ),
    ToolSpec(
        name="verify_instance",
        title="Step 6: verify the replica",
        description=(
            "Wait until the replica runs, and compare it with the source. Call it after create_instance, and while "
            "in_progress."
        ),
        arguments=(_SESSION,),
    ),
    ToolSpec(
        name="answer_question",
        title="Answer an open question",
        description=(
            "Pass on the user's own choice after needs_answer; creates nothing. Ask the user first and wait; never "
            "choose for them."
        ),
        arguments=(
            _SESSION,
            Argument("question_id", "The open question"),
            Argument("choice", "The option's value"),
            Argument("text", "With the choice custom", required=False),
        ),
        reads_only=False,
        repeatable=False,
    ),
    ToolSpec(
        name="get_session",
        title="Show sessions",
        description=(
            "Show state, resources, decisions and open questions of a recovery, or list all. Call it after an "
            "interruption."
        ),
        arguments=(Argument("session_id", "Leave out to list all", required=False),),
        open_world=False,
    ),
    ToolSpec(
        name="resume_session",
        title="Resume a recovery",
        description=(
            "Take up an earlier recovery after a crash or restart, by the tags of what it made. "
            "Call it when a session_id is unknown here."
        ),
        arguments=(
            Argument("session_id", "The earlier session_id"),
            Argument("instance_id", "Its source instance"),
            Argument("region_id", "Its region"),
            Argument("report", "Name of a kept report, where the source is gone", required=False),
            _LANGUAGE,
        ),
    ),
    ToolSpec(
        name="list_standbys",
        title="List standbys",
        description=(
            "What each instance could be recovered from today (RPO, readiness): image or snapshots, age, zones. Call "
            "it before trouble."
        ),
        arguments=(
            Argument("region_id", "Region"),
            Argument("instance_ids", "By comma; without: all", required=False),
            Argument("tag", "KEY=VALUE, by comma: all hold", required=False),
            Argument("max_age_hours", "Older is stale; 24", required=False),
            _LANGUAGE,
        ),
    ),
    ToolSpec(
        name="plan_application",
        title="Plan an application",
        description=("Plan the recovery of several instances in waves. Call it for a whole service."),
        arguments=(
            Argument("region_id", "Their region"),
            Argument("waves", "i-1,i-2|i-3: | between waves", longest=LONGEST_TEXT),
            Argument("target_zone_id", "Zone", required=False),
            _LANGUAGE,
        ),
        repeatable=False,
    ),
    ToolSpec(
        name="recover_application",
        title="Recover an application",
        description=(
            "Make the images, launch and verify wave after wave. Call it after plan_application, while in_progress, "
            "after a restart."
        ),
        arguments=(
            Argument("application_id", "From plan_application"),
            Argument("region_id", "After a restart", required=False),
            Argument("waves", "After a restart", required=False, longest=LONGEST_TEXT),
        ),
        reads_only=False,
    ),
    ToolSpec(
        name="export_runbook",
        title="Export a runbook",
        description="Write the plan as an OOS template (runbook). Call it after the plan.",
        arguments=(Argument("session_id", "Or an application's id"),),
    ),
)
