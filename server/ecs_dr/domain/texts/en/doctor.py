"""English texts: doctor."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "doctor.program": "Program",
    "doctor.not_installed": "not installed: run ./scripts/recover once, or install requirements.lock",
    "doctor.credentials": "Credentials (of the Alibaba Cloud credential provider chain; no value is ever shown)",
    "doctor.provider": "Provider",
    "doctor.identity_type": "Type",
    "doctor.none": "None found",
    "doctor.how_to_configure": "No provider of the chain has credentials, so nothing was sent. Configure one outside of any chat: run `aliyun configure` in a terminal, set the ALIBABA_CLOUD_* environment variables of the process, or attach a RAM role to the ECS instance this runs on. To try everything without credentials: ecs-dr recover --simulate.",
    "doctor.endpoints": "Endpoints",
    "doctor.actions": "RAM actions: all that this program can ever call (the optional ones only read)",
    "doctor.action": "Action",
    "doctor.needed": "Needed",
    "doctor.state": "State",
    "doctor.required": "yes",
    "doctor.optional": "optional",
    "doctor.state.permitted": "permitted",
    "doctor.state.denied": "not permitted (see references/ram-policies.md)",
    "doctor.state.unreached": "no answer from the endpoint",
    "doctor.state.needs_credentials": "not tried: no credentials",
    "doctor.state.needs_region": "not tried: pass --region-id",
    "doctor.state.needs_instance": "not tried: pass --instance-id",
    "doctor.state.only_with_decision": "not tried: sent only with your decision",
    "doctor.state.not_tried": "not tried here",
    "doctor.healthy": "Nothing is missing as far as it was tried.",
    "doctor.missing": "Something that a recovery needs is missing: see above.",
}
