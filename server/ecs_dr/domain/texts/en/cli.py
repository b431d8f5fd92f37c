"""English texts: what the command line says of itself, and how it refuses."""

from collections.abc import Mapping

_COMMANDS: Mapping[str, str] = {
    "cli.program": "Guided disaster recovery of an Alibaba Cloud ECS instance into another availability zone. The source instance is only read.",
    "cli.epilog": "No command, option or setting takes an access key: credentials come from the default credential chain of Alibaba Cloud alone. Try `ecs-dr recover --simulate`: it needs none.",
    "cli.command.serve": "Run the MCP server. On stdio, stdout carries the protocol alone; logs go to stderr.",
    "cli.command.recover": "Recover an instance here in the terminal, through the same MCP server.\n\nExit code: 0 when all six success criteria hold, 1 when they do not or the recovery stopped, 130 after Ctrl-C.",
    "cli.command.simulate": "Run the cloud simulator alone: HTTP on loopback, speaking the ECS and VPC API to the unmodified SDKs.",
    "cli.command.doctor": "Say what works on this machine: versions, credential provider (never a value), endpoints, each RAM action.\n\nWith --region-id the reading actions are tried; with --instance-id as well RunInstances too, as a dry run that creates nothing. Exit code: 0 when everything that was checked is in order, else 1.",
    "cli.command.standby": "Say what each instance could be recovered from today: newest image or snapshots, age, zones. Reads only.\n\nWithout --instance-id or --tag: the whole region. Exit code: 0 when there is at least one instance and all are fresh and launchable, 1 when something is stale, missing or launchable nowhere, 2 when something could not be read.",
    "cli.command.verify-report": "Check that a report is as it was written, and name the first place where it is not.\n\nExit code: 0 when it is whole, 1 when it is broken, 2 when the file cannot be read.",
    "cli.command.fidelity": "Say of every attribute of an instance what becomes of it on the replica, and how many are carried over.",
    "cli.command.policy": "Print the least RAM policy for one recovery, for an identity that does nothing else. Sends nothing.",
    "cli.command.export": "Write a plan down for another engine.",
    "cli.command.export.oos": "Write a template for Alibaba Cloud OOS: the plan, frozen, with approvals before everything that is created.\n\nReads only. What nobody decided is exported as recommended and listed. A template of 64 KB or more is split by wave. Exit code: 0 when it was written, 1 when this cannot be exported, 2 when something could not be read.",
}

_OPTIONS: Mapping[str, str] = {
    "cli.option.help": "Show this page and stop.",
    "cli.option.version": "Name and version.",
    "cli.option.transport": "stdio for a local host, http for /mcp.",
    "cli.option.host": "The address to listen on (http); one that is not loopback needs a token and TLS.",
    "cli.option.port": "The TCP port to listen on (http).",
    "cli.option.behind_tls": "A proxy in front of --host ends TLS: this server speaks plain HTTP.",
    "cli.option.simulate": "Use the embedded cloud simulator instead of Alibaba Cloud. SCENARIO is a built-in world or the path of a TOML file; without it: healthy.",
    "cli.option.speed": "How many times faster the simulated clock runs.",
    "cli.option.variant": "How the simulated cloud behaves where the real one is not known for sure; repeatable, see docs/cloud-facts.md.",
    "cli.option.faults": "A TOML file of faults to inject (see docs/simulator.md); only with --simulate.",
    "cli.option.instance_id": "The source instance, as i-bp1…",
    "cli.option.region_id": "The source's region, as cn-beijing.",
    "cli.option.wave": "An application: comma-separated ids; again for each wave.",
    "cli.option.yes": "Answer every question with the recommended option; only with --simulate.",
    "cli.option.from_snapshots": "Make the image from snapshots that exist, for example when the zone is down.",
    "cli.option.from_report": "A report of an earlier recovery (JSON) that tells what the source was, when it cannot be read any more.",
    "cli.option.report": "Write the report there as HTML, Markdown and JSON (instead of ECS_DR_REPORT_DIR).",
    "cli.option.simulate.port": "The TCP port on 127.0.0.1; 0 takes a free one.",
    "cli.option.scenario": "A built-in world, or the path of a TOML file.",
    "cli.option.simulate.speed": "How many times faster its clock runs; 0: stepped by hand, see the docs.",
    "cli.option.simulate.faults": "A TOML file of faults to inject (see docs/simulator.md).",
    "cli.option.standby.instance_id": "An instance; may be given again.",
    "cli.option.tag": "May be given again: all must hold.",
    "cli.option.max_age": "Older data is stale: 24h, 90m, 2d.",
    "cli.option.form": "table for a person, json for a program.",
    "cli.option.file": "A report as ecs-dr wrote it: HTML or JSON.",
    "cli.option.seal": "The seal that was told when the recovery ended: it must be this one.",
    "cli.option.markdown": "Print references/fidelity.md instead, in English.",
    "cli.option.account_id": "The account's number; * is the policy's own.",
    "cli.option.ram_role_name": "A RAM role that the replica is to be given.",
    "cli.option.export.oos.instance_id": "The source; or give --wave.",
    "cli.option.export.oos.wave": "Comma-separated ids; again for each wave.",
    "cli.option.target_zone_id": "Where all go; without it: the best zone.",
    "cli.option.out": "Where the template is written.",
    "cli.option.fresh": "A template on a timer that keeps a fresh image.",
    "cli.option.export.oos.simulate": "Read the practice cloud instead.",
}

_FRAME: Mapping[str, str] = {
    "cli.usage": "Usage: {line}",
    "cli.usage.options": "[OPTIONS]",
    "cli.usage.command": "COMMAND [ARGS]...",
    "cli.panel.options": "Options",
    "cli.panel.commands": "Commands",
    "cli.panel.arguments": "Arguments",
    "cli.default": "[default: {value}]",
    "cli.required": "[required]",
}

_REFUSED: Mapping[str, str] = {
    "cli.error": "{what} Nothing was started or sent. See `{command} --help`.",
    "cli.error.no_option": "There is no option {option}.",
    "cli.error.near": "Did you mean {near}?",
    "cli.error.no_value": "{what} needs a value.",
    "cli.error.missing": "{option} is needed.",
    "cli.error.no_command": "There is no command {what}.",
    "cli.error.bad_value": "{option}: {why}.",
    "cli.error.extra": "{what} is not expected here.",
    "cli.setting.float_parsing": "it takes a number",
    "cli.setting.finite_number": "it takes a finite number",
    "cli.setting.int_parsing": "it takes a whole number",
    "cli.setting.greater_than_equal": "it takes at least {ge}",
    "cli.setting.less_than_equal": "it takes at most {le}",
    "cli.setting.literal_error": "it takes {expected}",
    "cli.setting.timezone": "it takes an offset (UTC+8), a name (Asia/Shanghai) or local",
    "cli.setting.endpoint": "it takes a host name, in which {{region}} alone is filled in, or an http(s) URL",
    "cli.setting.endpoint_bare": "it takes a host or URL alone: no user, path, query or fragment",
    "cli.setting.endpoint_plain": "http:// is accepted for loopback addresses alone; use https://",
    "cli.setting.token_short": "a token has at least {least} ASCII characters and no space",
    "cli.setting.token_no_file": "it takes a regular file",
    "cli.setting.token_large": "the file is larger than {most} bytes; it holds one token alone",
    "cli.setting.token_unreadable": "there is no such file, or it cannot be read as plain text",
    "cli.setting.token_writable": "others can change the file, and with it who reaches your cloud (chmod 600)",
    "cli.setting.token_readable": "others can read the file, and with it reach your cloud (chmod 600; for a mounted secret: its mode 0400)",
    "cli.error.world": "World {name} cannot be used: {why}. Nothing was started.",
    "cli.error.no_faults": "--faults: there is no file {file}. Nothing was started.",
    "cli.error.bad_faults": "--faults: {file} cannot be used: {why}. Nothing was started.",
    "cli.error.no_report": "There is no report at {report} (a link is not followed). Nothing was sent.",
    "cli.error.cut_short": "The command ended early: {why}.",
    "cli.error.address": "{host}, port {port}, cannot be served: {why}. Nothing was started.",
    "cli.error.host.token": "{host} is not a loopback address. Anyone who reaches this port could act with your cloud identity: serve on 127.0.0.1 and reach it through an SSH tunnel, or set ECS_DR_HTTP_TOKEN_FILE to a file with a token that every client must send, together with --behind-tls. Nothing was started.",
    "cli.error.host.tls": "{host} is not a loopback address, and this server speaks plain HTTP: whoever listens on the way could read the token and act with your cloud identity. Put a proxy that ends TLS in front of it and start it with --behind-tls, or serve on 127.0.0.1 and reach it through an SSH tunnel. Nothing was started.",
    "cli.error.no_world": "There is no world {name}. Built-in worlds: {worlds}; or give the path of a TOML file. Nothing was started.",
    "cli.error.other": "{why}",
    "cli.ignored": "No such setting, so ignored: {names} (README, Configuration).",
    "cli.ignored.near": "{name} (did you mean {near}?)",
    "cli.error.setting": "{why}. Nothing was started or sent; correct it (README, Configuration) and start again.",
    "cli.error.yes": "--yes works only together with --simulate: on Alibaba Cloud each decision is yours. Run without --yes and answer the questions.",
    "cli.error.one_or_waves": "Give either --instance-id or --wave (once for each wave). Nothing was sent.",
    "cli.error.of_one": "--from-snapshots and --from-report are for one instance, not for --wave. Nothing was sent.",
    "cli.error.region": "--region-id is needed, as cn-beijing (or --simulate for the practice cloud). Nothing was sent.",
    "cli.error.policy_ids": "--instance-id takes an id as i-bp1…, --region-id a region as cn-beijing. No policy was printed.",
    "cli.error.policy_names": "--account-id takes a number or *, --ram-role-name the name of a RAM role. No policy was printed.",
    "cli.error.variant": "--variant works only together with --simulate: Alibaba Cloud behaves as it does. Nothing was sent.",
    "cli.error.faults": "--faults works only together with --simulate: nothing is made to go wrong on Alibaba Cloud. Nothing was sent.",
    "cli.error.out": "--out FILE says where the template is written, --keep-fresh FILE where the one on a timer is. Give one of them. Nothing was sent or written.",
}

_FILES: Mapping[str, str] = {
    "cli.file.unreadable": "cannot be read ({what})",
    "cli.file.no_file": "it is no regular file",
    "cli.file.toml": "not valid TOML: {what}",
    "cli.file.unknown_key": "{where}: there is no such key",
    "cli.file.number": "{where}: a number is needed",
    "cli.file.integer": "{where}: a whole number is needed",
    "cli.file.truth": "{where}: true or false is needed",
    "cli.file.choice": "{where}: one of {what}",
    "cli.file.missing": "{where}: it is missing",
    "cli.file.effect": "{where}: there is no effect {what}; there are {known}",
    "cli.file.calls": '{where}: calls must be like "1", "2-4", "3-" or "every", not {what}',
    "cli.file.variant": "there is no variant {what}; there are {known}",
    "cli.file.variant_form": "--variant is NAME=READING, as list_order=shuffled, not {what}",
}

_SIMULATE: Mapping[str, str] = {
    "simulate.serves": "Simulated Alibaba Cloud (ECS and VPC) at {url}",
    "simulate.scenario": "  scenario  {name}: {description}",
    "simulate.source": "  source    {id}{where}",
    "simulate.where": " in {region}, zone {zone}",
    "simulate.clock.as_yours": "  clock     runs as yours does",
    "simulate.clock.faster": "  clock     runs {speed} times as fast",
    "simulate.clock.stopped": "  clock     stands still; step it through /_simulator/clock",
    "simulate.faults": "  faults    {count} from {file}",
    "simulate.use": """\
Point an SDK client at it (any language, RPC style, signature V3 or HMAC-SHA1):
  endpoint {endpoint}, protocol http, region {region}
Point the recovery at it:
  ECS_DR_ECS_ENDPOINT={url} ECS_DR_VPC_ENDPOINT={url} \\
  ALIBABA_CLOUD_ACCESS_KEY_ID={key_id} \\
  ALIBABA_CLOUD_ACCESS_KEY_SECRET={key_secret} ecs-dr recover
The key is fake and opens nothing but this simulator.

Look inside:
  curl {url}/_simulator/state        everything that exists
  curl {url}/_simulator/journal      every request so far
  curl -X POST {url}/_simulator/reset   back to the beginning
Ctrl-C ends it.""",
}

TEXTS: Mapping[str, str] = {**_COMMANDS, **_OPTIONS, **_FRAME, **_REFUSED, **_FILES, **_SIMULATE}
