import type { ErrorPlace } from '../../errors.ts';
import type { Redactor } from '../../http/redactor.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { Clock, Environment, Trust } from '../../ports.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import type { TargetContext } from '../../targets/target.ts';
import { moduleProcess } from '../scripts/moduleProcess.ts';
import type { PromptfooProgram } from '../scripts/promptfooProgram.ts';

/** Writes the prompt of a case. */
export interface PromptProgram {
  identity: JsonValue;
  /** What it takes from outside, as Target has it. */
  environment?: { [name: string]: string };
  /** A template of the prompt, or the output of a case whose prompt could not be written. */
  write(vars: JsonObject, context: TargetContext): Promise<{ template: string } | { failed: Output }>;
}

/**
 * A prompt that a function of the workspace writes, from `{ vars, provider }`: a text, a chat, or `{ prompt }`. As in
 * promptfoo, what it returns is a template over the variables. Not run where scripts are not trusted.
 */
export function promptProgram(
  module: PromptfooProgram,
  ports: { environment: Environment; clock: Clock; trust: Trust; redactor?: Redactor; root: string },
  { owner, where, provider }: { owner: string; where: ErrorPlace; provider: JsonObject },
): PromptProgram {
  if (!ports.trust.scripts || !ports.trust.commands) {
    const reason = 'the prompt is a program, which is not trusted to run; read it, then use --trust';
    return { identity: null, write: async () => ({ failed: errorOutput('unsupported', reason, 0) }) };
  }
  const process = moduleProcess(module, ports, { owner, where });
  return {
    identity: process.identity,
    environment: process.environment,
    async write(vars, context) {
      const reply = await process.call({ args: [{ vars, provider }] }, context);
      if (reply.kind === 'failed') return { failed: reply.output };
      return promptOf(reply.value, process.shown);
    },
  };
}

function promptOf(value: JsonValue, shown: string): { template: string } | { failed: Output } {
  if (isJsonObject(value) && 'prompt' in value) {
    const { config } = value;
    if (isJsonObject(config) && Object.keys(config).length > 0) {
      const reason = `${shown} returned a "config" with its prompt, which is not supported`;
      return { failed: errorOutput('unsupported', reason, 0) };
    }
    return promptOf(value['prompt'] ?? null, shown);
  }
  if (typeof value === 'string') return { template: value };
  if (typeof value === 'object' && value !== null) return { template: JSON.stringify(value) };
  return { failed: errorOutput('protocol', `${shown} returned no prompt.`, 0) };
}
