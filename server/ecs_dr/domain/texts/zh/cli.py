"""Chinese texts: what the command line says of itself, and how it refuses."""

from collections.abc import Mapping

_COMMANDS: Mapping[str, str] = {
    "cli.program": "在另一个可用区引导式地恢复一台阿里云 ECS 实例。源实例只被读取。",
    "cli.epilog": "任何命令、选项和配置项都不接受 AccessKey：凭证只来自阿里云默认凭证链。可以先试 `ecs-dr recover --simulate`，不需要凭证。",
    "cli.command.serve": "运行 MCP 服务端。在 stdio 上，stdout 只传输协议消息，日志写到 stderr。",
    "cli.command.recover": "在终端中恢复一台实例，经由同一个 MCP 服务端。\n\n退出码：六项成功标准全部满足为 0，未满足或中途停止为 1，Ctrl-C 为 130。",
    "cli.command.simulate": "单独运行模拟云：在本机回环地址上提供 ECS 和 VPC 的 HTTP API，可直接用未经修改的 SDK 访问。",
    "cli.command.doctor": "检查本机：版本、凭证提供方（不显示任何凭证内容）、服务接入点和每项 RAM 权限。\n\n带 --region-id 时尝试各个读取操作；再带 --instance-id 时还以预检方式检查 RunInstances，不会创建任何资源。退出码：已检查的各项均正常为 0，否则为 1。",
    "cli.command.standby": "列出每台实例今天能从什么恢复：最新的镜像或快照、多久之前、哪些可用区。只读取。\n\n不带 --instance-id 或 --tag 时读取整个地域。退出码：至少有一台实例且全部就绪为 0；有数据过旧、缺失或无处可创建为 1；有内容读不到为 2。",
    "cli.command.verify-report": "检查报告是否与写出时一致，并指出第一处不一致。\n\n退出码：完整为 0，被改动或不完整为 1，文件无法读取为 2。",
    "cli.command.fidelity": "列出实例的每个属性在灾备实例上如何处理，以及沿用了多少项。",
    "cli.command.policy": "输出一次恢复所需的最小 RAM 权限策略，供专用身份使用。不发送任何请求。",
    "cli.command.export": "把方案写成其他引擎可用的形式。",
    "cli.command.export.oos": "把方案写成阿里云 OOS 模板：参数已冻结，每次创建之前都要审批。\n\n只读取。没有决定的事项按推荐项导出并列出。单个模板达到 64 KB 时按批次拆分。退出码：已写出为 0，无法导出为 1，有内容读不到为 2。",
}

_OPTIONS: Mapping[str, str] = {
    "cli.option.help": "显示本页并退出。",
    "cli.option.version": "名称和版本。",
    "cli.option.transport": "本地客户端用 stdio，http 在 /mcp 提供服务。",
    "cli.option.host": "监听地址（http）；不是本机回环地址时需要令牌和 TLS。",
    "cli.option.port": "监听的 TCP 端口（http）。",
    "cli.option.behind_tls": "由 --host 前面的代理终结 TLS：本服务端使用 HTTP 明文。",
    "cli.option.simulate": "使用内置的模拟云而不是阿里云。SCENARIO 为内置场景的名称或 TOML 文件的路径；不填则为 healthy。",
    "cli.option.speed": "模拟时钟快多少倍。",
    "cli.option.variant": "真实行为尚不确定之处，模拟云按哪一种行事；可重复，见 docs/cloud-facts.md。",
    "cli.option.faults": "要注入的故障（TOML 文件，见 docs/simulator.md）；只能与 --simulate 同用。",
    "cli.option.instance_id": "源实例，例如 i-bp1…",
    "cli.option.region_id": "源实例所在的地域，例如 cn-beijing。",
    "cli.option.wave": "应用恢复：用逗号分隔的实例 ID；每批写一次。",
    "cli.option.yes": "所有问题都选推荐项；只能与 --simulate 同用。",
    "cli.option.from_snapshots": "用已有的快照创建镜像，例如可用区故障时。",
    "cli.option.from_report": "早先恢复的报告（JSON），用来说明源实例原来的配置，适用于源实例已无法读取时。",
    "cli.option.report": "把报告以 HTML、Markdown 和 JSON 写到该目录（代替 ECS_DR_REPORT_DIR）。",
    "cli.option.simulate.port": "127.0.0.1 上的 TCP 端口；0 表示任选一个空闲端口。",
    "cli.option.scenario": "内置场景的名称，或 TOML 文件的路径。",
    "cli.option.simulate.speed": "时钟快多少倍；0 表示手动推进，见文档。",
    "cli.option.simulate.faults": "要注入的故障（TOML 文件，见 docs/simulator.md）。",
    "cli.option.standby.instance_id": "一台实例；可重复。",
    "cli.option.tag": "可重复，须同时满足。",
    "cli.option.max_age": "早于该时长的数据视为过旧：24h、90m、2d。",
    "cli.option.form": "table 供人阅读，json 供程序使用。",
    "cli.option.file": "ecs-dr 写出的报告：HTML 或 JSON。",
    "cli.option.seal": "恢复结束时给出的校验码：必须与它相同。",
    "cli.option.markdown": "改为输出 references/fidelity.md（英文）。",
    "cli.option.account_id": "账号 ID；* 表示策略所属的账号。",
    "cli.option.ram_role_name": "要授予灾备实例的 RAM 角色。",
    "cli.option.export.oos.instance_id": "源实例；或使用 --wave。",
    "cli.option.export.oos.wave": "用逗号分隔的实例 ID；每批写一次。",
    "cli.option.target_zone_id": "全部恢复到该可用区；不填则选最合适的。",
    "cli.option.out": "模板写到哪个文件。",
    "cli.option.fresh": "写一个定时创建镜像的模板，使镜像保持较新。",
    "cli.option.export.oos.simulate": "改为读取模拟云。",
}

_FRAME: Mapping[str, str] = {
    "cli.usage": "用法：{line}",
    "cli.usage.options": "[选项]",
    "cli.usage.command": "命令 [参数]…",
    "cli.panel.options": "选项",
    "cli.panel.commands": "命令",
    "cli.panel.arguments": "参数",
    "cli.default": "[默认：{value}]",
    "cli.required": "[必填]",
}

_REFUSED: Mapping[str, str] = {
    "cli.error": "{what}没有启动任何服务，也没有发送任何请求。见 `{command} --help`。",
    "cli.error.no_option": "没有选项 {option}。",
    "cli.error.near": "是否想用 {near}？",
    "cli.error.no_value": "{what} 需要一个值。",
    "cli.error.missing": "缺少 {option}。",
    "cli.error.no_command": "没有命令 {what}。",
    "cli.error.bad_value": "{option}：{why}。",
    "cli.error.extra": "多出参数 {what}。",
    "cli.setting.float_parsing": "应为数字",
    "cli.setting.finite_number": "应为有限的数字",
    "cli.setting.int_parsing": "应为整数",
    "cli.setting.greater_than_equal": "不能小于 {ge}",
    "cli.setting.less_than_equal": "不能大于 {le}",
    "cli.setting.literal_error": "应为 {expected}",
    "cli.setting.timezone": "应为时差（UTC+8）、时区名称（Asia/Shanghai）或 local",
    "cli.setting.endpoint": "应为主机名（只替换其中的 {{region}}）或 http(s) URL",
    "cli.setting.endpoint_bare": "应只有主机名或 URL，不含用户名、路径、查询参数和片段",
    "cli.setting.endpoint_plain": "http:// 只用于本机回环地址，请改用 https://",
    "cli.setting.token_short": "令牌至少 {least} 个 ASCII 字符，不含空格",
    "cli.setting.token_no_file": "应为普通文件",
    "cli.setting.token_large": "文件超过 {most} 字节；其中应只有一个令牌",
    "cli.setting.token_unreadable": "文件不存在，或无法作为纯文本读取",
    "cli.setting.token_writable": "其他用户可以修改该文件，从而决定谁能访问您的云资源（请执行 chmod 600）",
    "cli.setting.token_readable": "其他用户可以读取该文件，从而访问您的云资源（请执行 chmod 600；挂载的密钥文件请用权限 0400）",
    "cli.error.world": "场景 {name} 无法使用（{why}）。没有启动任何服务。",
    "cli.error.no_faults": "--faults：没有文件 {file}。没有启动任何服务。",
    "cli.error.bad_faults": "--faults：文件 {file} 无法使用（{why}）。没有启动任何服务。",
    "cli.error.no_report": "没有报告 {report}（不跟随链接）。没有发送任何请求。",
    "cli.error.cut_short": "命令提前结束：{why}。",
    "cli.error.address": "无法在 {host} 的端口 {port} 上提供服务（{why}）。没有启动任何服务。",
    "cli.error.host.token": "{host} 不是本机回环地址。能访问该端口的任何人都可以用您的云上身份操作：请只在 127.0.0.1 上提供服务并通过 SSH 隧道访问，或将 ECS_DR_HTTP_TOKEN_FILE 设置为令牌文件（每个客户端都须发送该令牌），并加上 --behind-tls。没有启动任何服务。",
    "cli.error.host.tls": "{host} 不是本机回环地址，而本服务端只提供明文 HTTP：在途中监听的人可以读到令牌并用您的云上身份操作。请在前面放置终结 TLS 的代理并加上 --behind-tls，或只在 127.0.0.1 上提供服务并通过 SSH 隧道访问。没有启动任何服务。",
    "cli.error.no_world": "没有场景 {name}。内置场景：{worlds}；也可以给出 TOML 文件的路径。没有启动任何服务。",
    "cli.error.other": "参数无法使用（{why}）。",
    "cli.ignored": "没有这样的设置，已忽略：{names}（见 README 的“配置”）。",
    "cli.ignored.near": "{name}（是否应为 {near}？）",
    "cli.error.setting": "{why}。没有启动任何服务，也没有发送任何请求；请改正（见 README 的“配置”）后重新启动。",
    "cli.error.yes": "--yes 只能与 --simulate 同用：在阿里云上每个决定都由您作出。请去掉 --yes 并回答问题。",
    "cli.error.one_or_waves": "--instance-id 与 --wave（每批写一次）只能用其中一种。没有发送任何请求。",
    "cli.error.of_one": "--from-snapshots 和 --from-report 只用于一台实例，不能与 --wave 同用。没有发送任何请求。",
    "cli.error.region": "缺少 --region-id，例如 cn-beijing（或用 --simulate 使用模拟云）。没有发送任何请求。",
    "cli.error.policy_ids": "--instance-id 应为 i-bp1… 这样的 ID，--region-id 应为 cn-beijing 这样的地域。没有输出策略。",
    "cli.error.policy_names": "--account-id 应为数字或 *，--ram-role-name 应为 RAM 角色的名称。没有输出策略。",
    "cli.error.variant": "--variant 只能与 --simulate 同用：阿里云的行为不由它决定。没有发送任何请求。",
    "cli.error.faults": "--faults 只能与 --simulate 同用：不会在阿里云上制造故障。没有发送任何请求。",
    "cli.error.out": "--out FILE 指定模板写到哪里，--keep-fresh FILE 指定定时模板写到哪里，至少给出一个。没有发送任何请求，也没有写入任何文件。",
}

_FILES: Mapping[str, str] = {
    "cli.file.unreadable": "无法读取（{what}）",
    "cli.file.no_file": "不是普通文件",
    "cli.file.toml": "不是有效的 TOML：{what}",
    "cli.file.unknown_key": "{where}：没有这个键",
    "cli.file.number": "{where}：应为数字",
    "cli.file.integer": "{where}：应为整数",
    "cli.file.truth": "{where}：应为 true 或 false",
    "cli.file.choice": "{where}：应为 {what} 之一",
    "cli.file.missing": "{where}：缺少该键",
    "cli.file.effect": "{where}：没有效果 {what}，可用的有 {known}",
    "cli.file.calls": '{where}：calls 应形如 "1"、"2-4"、"3-" 或 "every"，而不是 {what}',
    "cli.file.variant": "没有变体 {what}，可用的有 {known}",
    "cli.file.variant_form": "--variant 应形如 NAME=READING，例如 list_order=shuffled，而不是 {what}",
}

_SIMULATE: Mapping[str, str] = {
    "simulate.serves": "模拟阿里云（ECS 和 VPC）：{url}",
    "simulate.scenario": "  场景      {name}：{description}",
    "simulate.source": "  源实例    {id}{where}",
    "simulate.where": "，地域 {region}，可用区 {zone}",
    "simulate.clock.as_yours": "  时钟      与本机一致",
    "simulate.clock.faster": "  时钟      以 {speed} 倍速运行",
    "simulate.clock.stopped": "  时钟      静止，通过 /_simulator/clock 推进",
    "simulate.faults": "  故障      {count} 条，来自 {file}",
    "simulate.use": """\
用 SDK 连接（任何语言，RPC 风格，签名 V3 或 HMAC-SHA1）：
  服务地址 {endpoint}，协议 http，地域 {region}
用本程序连接：
  ECS_DR_ECS_ENDPOINT={url} ECS_DR_VPC_ENDPOINT={url} \\
  ALIBABA_CLOUD_ACCESS_KEY_ID={key_id} \\
  ALIBABA_CLOUD_ACCESS_KEY_SECRET={key_secret} ecs-dr recover
该 AccessKey 是假的，只能用于此模拟环境。

查看内部状态：
  curl {url}/_simulator/state        当前的全部资源
  curl {url}/_simulator/journal      至今的全部请求
  curl -X POST {url}/_simulator/reset   回到初始状态
按 Ctrl-C 结束。""",
}

TEXTS: Mapping[str, str] = {**_COMMANDS, **_OPTIONS, **_FRAME, **_REFUSED, **_FILES, **_SIMULATE}
