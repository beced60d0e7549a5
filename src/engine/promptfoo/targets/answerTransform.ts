import type { JsonObject } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import type { RunScript } from '../../targets/targetPorts.ts';
import { textOf } from './answerText.ts';

export type CompleteOutput = Extract<Output, { status: 'complete' }>;

/** Changes an answer by JavaScript, an expression; without code it stays as it is. */
export type AnswerTransform = (
  answer: CompleteOutput,
  code: string | undefined,
  vars: JsonObject,
  signal: AbortSignal,
) => Promise<Output>;

/** `runScript` is undefined where scripts are not trusted: an answer that needs one is then an error. */
export function answerTransform(
  prompt: { label: string; raw: string },
  runScript: RunScript | undefined,
): AnswerTransform {
  return async (answer, code, vars, signal) => {
    if (code === undefined) return answer;
    if (!runScript)
      return failed(
        answer,
        'the transform is JavaScript, which is not trusted to run; read it, then use --trust',
      );

    const { label, raw } = prompt;
    const context = { vars, prompt: { label, raw }, metadata: answer.metadata ?? {} };
    try {
      const value = await runScript(code, { output: answer.json ?? answer.text, context }, { signal });
      if (value === null) return failed(answer, 'the transform returned nothing');
      const { json: _json, ...rest } = answer;
      return { ...rest, ...textOf(value) };
    } catch (error) {
      signal.throwIfAborted();
      return failed(answer, error instanceof Error ? error.message : String(error));
    }
  };
}

/** What the answer cost was paid all the same. */
function failed({ latencyMs, usage, costUsd }: Output, reason: string): Output {
  return { ...errorOutput('transform', reason, latencyMs), usage, costUsd };
}
