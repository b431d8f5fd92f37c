"""Chinese texts: what is said when a call must wait, or ends before its work does."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "error.too_many_sessions.message": "本服务端已有 {limit} 个恢复会话，每个都已创建资源或正在执行，其中没有您可以结束的会话。",
    "error.too_many_sessions.cause": "为避免任何人看不到已存在并计费的资源，不会为新会话结束它们。",
    "error.too_many_sessions.actions": "请等待某个会话闲置满一天或服务端重启后，再次调用该工具。\n或为本次恢复单独启动一个服务端：在 stdio 上运行 ecs-dr serve 即可。",
    "step.busy": "该步骤的另一次调用仍在进行，本次调用未做任何操作。请再次调用该工具，轮到时会继续。",
    "step.still_reading": "阿里云响应较慢，本次调用已到时限（{action}，已取得 {count} 个响应）。已读取的内容会保留，下一次调用从该处继续。",
}
