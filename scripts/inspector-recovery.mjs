// Drives whole recoveries on the simulated cloud with mcpdo, the command-line client of the MCP Inspector: on both
// protocol eras, with forms and without. Every question gets its recommended (first) option.
// Used by scripts/try-with-inspector; the one argument is the ecs-dr program.

import { spawnSync } from "node:child_process";

const program = process.argv[2];
const SOURCE = ["instance_id:=i-2zesource0001", "region_id:=cn-beijing"];
const MOST_CALLS = 100;

function mcpdo(...args) {
  const run = spawnSync("mcpdo", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const start = run.stdout.indexOf("{");
  if (start < 0) throw new Error(`mcpdo ${args.join(" ")}: ${run.stderr || run.stdout}`);
  return JSON.parse(run.stdout.slice(start));
}

// The answer of a tool once every form on the way is filled in; `forms` counts them.
function settled(reply, seen) {
  while (reply.elicitationPending) {
    const { elicitationId, origin, requestedSchema } = reply.elicitationPending;
    seen.forms += 1;
    seen.roads.add(origin);
    const choice = requestedSchema.properties.choice.oneOf[0].const;
    reply = mcpdo("--format", "json", "elicitation/respond", elicitationId, `choice:=${choice}`);
  }
  const result = reply.result ?? reply;
  return result.structuredContent ?? reply;
}

function recover(name, ...options) {
  const connection = `@${name}`;
  const seen = { forms: 0, answers: 0, calls: 0, roads: new Set() };
  mcpdo("connect", "--format", "json", ...options, connection, "--", program, "serve", "--simulate");
  const call = (tool, ...args) => {
    seen.calls += 1;
    if (seen.calls > MOST_CALLS) throw new Error(`${name}: no end after ${MOST_CALLS} calls`);
    return settled(mcpdo(connection, "--format", "json", "tools/call", tool, ...args), seen);
  };
  let answer = call("collect_source", ...SOURCE);
  while (answer.question || answer.next) {
    const session = `session_id:=${answer.session_id}`;
    if (answer.question) {
      seen.answers += 1;
      const { question_id, options: offered } = answer.question;
      answer = call("answer_question", session, `question_id:=${question_id}`, `choice:=${offered[0].value}`);
    } else if (answer.status === "done" || answer.status === "in_progress") {
      answer = call(answer.next.tool, session);
    } else {
      break;
    }
  }
  mcpdo("disconnect", "--format", "json", connection);
  const held = (answer.data?.criteria ?? []).filter((one) => one.passed).length;
  const road = [...seen.roads].join(", ") || "answer_question";
  console.log(
    `${name}: ${answer.step} ${answer.status}, verdict ${answer.data?.verdict}, ${held} of 6 criteria; ` +
      `${seen.calls} calls, ${seen.forms + seen.answers} questions by ${road}`,
  );
  return answer.data?.verdict === "match" && held === 6;
}

const recoveries = [
  ["modern", "--era", "modern"],
  ["legacy", "--era", "legacy"],
  ["modern-no-forms", "--era", "modern", "--elicit", "off"],
  ["legacy-no-forms", "--era", "legacy", "--elicit", "off"],
];
const failed = recoveries.filter(([name, ...options]) => !recover(name, ...options));
process.exit(failed.length === 0 ? 0 : 1);
