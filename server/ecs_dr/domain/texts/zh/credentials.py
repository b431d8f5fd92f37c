"""Chinese texts: why no credential came of the provider that is set up."""

from collections.abc import Mapping

_NEVER = "请勿在对话中输入密钥。然后重试（check_credentials）。"

TEXTS: Mapping[str, str] = {
    "step.credentials.pending": "凭证提供方尚未响应：已等待 {seconds} 秒，最长 {limit} 秒。它仍在进行；尚未向阿里云发送任何请求。",
    "error.credentials_sign_in_expired.message": "配置 {profile} 的登录已过期（{provider}）。没有发送任何请求。",
    "error.credentials_sign_in_expired.cause": "凭证提供方已配置，但登录已过期或被撤销。",
    "error.credentials_sign_in_expired.actions": f"在对话之外重新登录：`aliyun configure --profile {{profile}}`。\n{_NEVER}",
    "error.credentials_unknown_profile.message": "阿里云 CLI 的配置中没有名为 {profile} 的配置（{provider}）。没有发送任何请求。",
    "error.credentials_unknown_profile.cause": "ALIBABA_CLOUD_PROFILE、配置文件的 `current` 或某个 source_profile 指向了文件中不存在的配置。",
    "error.credentials_unknown_profile.actions": f"改用已存在的配置（`aliyun configure list` 可列出），或新建：`aliyun configure --profile {{profile}}`。\n{_NEVER}",
    "error.credentials_unreadable.message": "凭证所在的文件无法读取（{provider}）。没有发送任何请求。",
    "error.credentials_unreadable.cause": "配置文件或令牌文件不存在、不是 UTF-8 编码的有效 JSON（带字节顺序标记也不行），或当前进程无权读取。",
    "error.credentials_unreadable.actions": f"在对话之外检查 ~/.aliyun/config.json 或环境变量所指的文件；`aliyun configure` 可重新生成。\n{_NEVER}",
    "error.credentials_role_not_assumed.message": "凭证提供方的 RAM 角色扮演失败（{provider}，配置 {profile}）。未向 ECS 发送任何请求。",
    "error.credentials_role_not_assumed.cause": "扮演角色所用的身份无效、无权调用 sts:AssumeRole，或不受该角色信任；也可能无法访问 STS 服务。",
    "error.credentials_role_not_assumed.actions": f"在 RAM 控制台检查该角色的信任策略，并检查扮演它的身份。\n{_NEVER}",
    "error.credentials_command_failed.message": "提供凭证的外部命令执行失败（{provider}，配置 {profile}）。没有发送任何请求。",
    "error.credentials_command_failed.cause": "命令无法启动、以错误结束，或其输出不是阿里云 CLI 所要求的 JSON。",
    "error.credentials_command_failed.actions": f"在对话之外的终端中运行该配置的 process_command，查看其输出。\n{_NEVER}",
    "error.credentials_too_slow.message": "凭证提供方未在限时内响应（{provider}），已被结束。没有发送任何请求。",
    "error.credentials_too_slow.cause": "提供凭证的程序或服务所用时间超过了 ECS_DR_CREDENTIAL_SECONDS。",
    "error.credentials_too_slow.actions": f"在终端中查看它在等待什么（浏览器、提示输入），或调大 ECS_DR_CREDENTIAL_SECONDS。\n{_NEVER}",
    "error.credentials_metadata_silent.message": "实例元数据服务没有给出凭证（{provider}）。没有发送任何请求。",
    "error.credentials_metadata_silent.cause": "已配置 ECS RAM 角色，但本机不是 ECS 实例、未授予角色，或无法访问元数据服务。",
    "error.credentials_metadata_silent.actions": f"在控制台为实例授予 RAM 角色，或配置其他凭证提供方（`aliyun configure`）。\n{_NEVER}",
    "error.credentials_service_failed.message": "ALIBABA_CLOUD_CREDENTIALS_URI 处的服务没有给出凭证（{provider}）。没有发送任何请求。",
    "error.credentials_service_failed.cause": "该服务拒绝、无法访问，或其响应不是 SDK 所要求的格式。",
    "error.credentials_service_failed.actions": f"在对话之外检查该服务。\n{_NEVER}",
    "error.credentials_incomplete.message": "凭证提供方的配置不完整（{provider}，配置 {profile}）。没有发送任何请求。",
    "error.credentials_incomplete.cause": "某项为空或不受支持：有 AccessKey ID 而无 AccessKey Secret、有角色而无 ARN，或模式未知。",
    "error.credentials_incomplete.actions": f"在对话之外补全，例如 `aliyun configure --profile {{profile}}`。\n{_NEVER}",
    "error.credentials_profile_loop.message": "配置 {profile} 直接或间接地以自身为来源（{provider}）。没有发送任何请求。",
    "error.credentials_profile_loop.cause": "ChainableRamRoleArn 配置从 source_profile 取得第一个身份；此处形成了循环。",
    "error.credentials_profile_loop.actions": f"在 ~/.aliyun/config.json 中为其指定持有密钥的 source_profile。\n{_NEVER}",
    "error.credentials_other.message": "凭证提供方失败（{provider}）。没有发送任何请求。",
    "error.credentials_other.cause": "它已配置，但给出的原因未知；其原文可能含有机密，故不转述。",
    "error.credentials_other.actions": f"在对话之外的终端中用阿里云 CLI 验证，例如 `aliyun sts GetCallerIdentity`。\n{_NEVER}",
}
