"""Chinese texts: doctor."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "doctor.program": "程序",
    "doctor.not_installed": "未安装：运行一次 ./scripts/recover，或安装 requirements.lock",
    "doctor.credentials": "凭证（来自阿里云默认凭证链，不显示任何凭证内容）",
    "doctor.provider": "凭证提供者",
    "doctor.identity_type": "类型",
    "doctor.none": "未找到",
    "doctor.how_to_configure": "默认凭证链中没有可用凭证，因此没有发送任何请求。请在对话之外配置：在终端运行 `aliyun configure`，或为进程设置 ALIBABA_CLOUD_* 环境变量，或为所在的 ECS 实例绑定 RAM 角色。没有凭证也可以完整试用：ecs-dr recover --simulate。",
    "doctor.endpoints": "服务地址（Endpoint）",
    "doctor.actions": "RAM 权限：本程序可能调用的全部操作（可选项均为只读）",
    "doctor.action": "操作",
    "doctor.needed": "是否必需",
    "doctor.state": "状态",
    "doctor.required": "必需",
    "doctor.optional": "可选",
    "doctor.state.permitted": "有权限",
    "doctor.state.denied": "无权限（见 references/ram-policies.md）",
    "doctor.state.unreached": "服务地址无响应",
    "doctor.state.needs_credentials": "未检查：没有凭证",
    "doctor.state.needs_region": "未检查：请加上 --region-id",
    "doctor.state.needs_instance": "未检查：请加上 --instance-id",
    "doctor.state.only_with_decision": "未检查：只在您确认后才发送",
    "doctor.state.not_tried": "此处不检查",
    "doctor.healthy": "已检查的各项均正常。",
    "doctor.missing": "缺少恢复所需的条件：见上文。",
}
