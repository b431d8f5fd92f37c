"""Chinese texts: what the replica's console says of its start."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    "boot.label": "系统启动",
    "boot.verdict.login": "登录提示",
    "boot.verdict.emergency": "紧急模式",
    "boot.verdict.panic": "内核崩溃",
    "boot.verdict.unknown": "无法判断",
    "boot.login": "系统命令行输出中有登录提示：操作系统已启动；其上的服务未检查。",
    "boot.emergency": "警告，系统命令行输出停在紧急模式或救援模式，等待人工处理。运行中不等于已启动：请在控制台用 VNC 连接查看"
    "（常见原因是 /etc/fstab 中有一行指向不存在的云盘）。",
    "boot.panic": "警告，内核崩溃（panic）。运行中不等于已启动：请在控制台用 VNC 连接查看，常见原因是缺少该实例规格的驱动，"
    "或找不到根分区。",
    "boot.unknown": "无法判断。系统命令行输出中既没有登录提示，也没有已知故障：请用 VNC 查看或登录确认。",
    "boot.empty": "暂时无法判断，系统命令行输出仍为空。请在一分钟后再次验证（verify_instance）。",
    "boot.windows": "无法判断，Windows 实例没有系统命令行输出。请用 VNC 查看是否出现登录界面。",
    "boot.denied": "无法判断，当前身份无权调用 {action}。请用 VNC 查看或登录确认。",
    "boot.late": "暂时无法判断，本次调用的时限内没有得到系统命令行输出（{action}）。请再次验证（verify_instance），或用 VNC 查看。",
    "boot.refused": "无法判断，阿里云没有返回系统命令行输出（{action}）。请用 VNC 查看或登录确认。",
}
