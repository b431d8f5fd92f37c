"""English texts: why no credential came of the provider that is set up."""

from collections.abc import Mapping

_NEVER = "Never type a key into the chat. Then try again (check_credentials)."

TEXTS: Mapping[str, str] = {
    "step.credentials.pending": "The credential provider has not answered yet: {seconds} s so far, it may take up to {limit} s. It goes on; nothing was sent to Alibaba Cloud.",
    "error.credentials_sign_in_expired.message": "The sign-in behind profile {profile} has expired ({provider}). Nothing was sent.",
    "error.credentials_sign_in_expired.cause": "The credential provider is set up, and its sign-in is too old or was withdrawn.",
    "error.credentials_sign_in_expired.actions": f"Outside this chat, sign in again: `aliyun configure --profile {{profile}}`.\n{_NEVER}",
    "error.credentials_unknown_profile.message": "There is no profile {profile} in the aliyun CLI's configuration ({provider}). Nothing was sent.",
    "error.credentials_unknown_profile.cause": "ALIBABA_CLOUD_PROFILE, the file's `current` or a profile's source_profile names one that the file does not hold.",
    "error.credentials_unknown_profile.actions": f"Name one that exists (`aliyun configure list` shows them), or make it: `aliyun configure --profile {{profile}}`.\n{_NEVER}",
    "error.credentials_unreadable.message": "A file that the credentials come from cannot be read ({provider}). Nothing was sent.",
    "error.credentials_unreadable.cause": "The configuration or the token file is missing, is not valid JSON in UTF-8 (also not with a byte order mark), or may not be read by this process.",
    "error.credentials_unreadable.actions": f"Look at ~/.aliyun/config.json, or at the file that the environment names, outside this chat; `aliyun configure` writes a new one.\n{_NEVER}",
    "error.credentials_role_not_assumed.message": "The RAM role of the credential provider could not be assumed ({provider}, profile {profile}). Nothing was sent to ECS.",
    "error.credentials_role_not_assumed.cause": "The identity before it is not valid, may not call sts:AssumeRole, the role does not trust it, or the STS service cannot be reached.",
    "error.credentials_role_not_assumed.actions": f"Look in the RAM console at the role's trust policy, and check the identity that assumes it.\n{_NEVER}",
    "error.credentials_command_failed.message": "The external command that supplies the credentials failed ({provider}, profile {profile}). Nothing was sent.",
    "error.credentials_command_failed.cause": "It could not be started, ended with an error, or its output is not the JSON that the aliyun CLI expects.",
    "error.credentials_command_failed.actions": f"Run the profile's process_command in a terminal, outside this chat, and see what it says.\n{_NEVER}",
    "error.credentials_too_slow.message": "The credential provider did not answer in time ({provider}). It was ended; nothing was sent.",
    "error.credentials_too_slow.cause": "A program or a service that supplies the credentials took longer than ECS_DR_CREDENTIAL_SECONDS allows.",
    "error.credentials_too_slow.actions": f"See in a terminal what it waits for (a browser, a prompt), or give it longer with ECS_DR_CREDENTIAL_SECONDS.\n{_NEVER}",
    "error.credentials_metadata_silent.message": "The instance metadata service gave no credentials ({provider}). Nothing was sent.",
    "error.credentials_metadata_silent.cause": "An ECS RAM role is configured, but this machine is no ECS instance, has no role attached, or cannot reach its metadata service.",
    "error.credentials_metadata_silent.actions": f"Attach the RAM role to the instance in the console, or set up another provider (`aliyun configure`).\n{_NEVER}",
    "error.credentials_service_failed.message": "The service at ALIBABA_CLOUD_CREDENTIALS_URI gave no credentials ({provider}). Nothing was sent.",
    "error.credentials_service_failed.cause": "It refused, could not be reached, or its answer is not what the SDK expects.",
    "error.credentials_service_failed.actions": f"Look at that service outside this chat.\n{_NEVER}",
    "error.credentials_incomplete.message": "The credential provider lacks something ({provider}, profile {profile}). Nothing was sent.",
    "error.credentials_incomplete.cause": "One of its values is empty or not supported: a key without its secret, a role without its ARN, an unknown mode.",
    "error.credentials_incomplete.actions": f"Complete it outside this chat, for example with `aliyun configure --profile {{profile}}`.\n{_NEVER}",
    "error.credentials_profile_loop.message": "Profile {profile} names itself as its source, directly or by another ({provider}). Nothing was sent.",
    "error.credentials_profile_loop.cause": "A ChainableRamRoleArn profile takes its first identity from its source_profile; here that leads in a circle.",
    "error.credentials_profile_loop.actions": f"Give it a source_profile that holds a key, in ~/.aliyun/config.json.\n{_NEVER}",
    "error.credentials_other.message": "The credential provider failed ({provider}). Nothing was sent.",
    "error.credentials_other.cause": "It is set up, and gave a reason that is not known here; its words may hold secrets and are not repeated.",
    "error.credentials_other.actions": f"Try it with the aliyun CLI in a terminal, outside this chat, for example `aliyun sts GetCallerIdentity`.\n{_NEVER}",
}
