import { emptyOutput } from '../../model/output.ts';
import { ASKS_NOBODY } from '../../targets/capabilities.ts';
import { errorOutput } from '../../targets/reply/agentReply.ts';
import type { PromptfooCaller } from './promptfooCaller.ts';

/** Says the prompt back; nothing is spent, so the cost is known to be 0. */
export function echoCaller(name: string): PromptfooCaller {
  return {
    kind: 'echo',
    capabilities: ASKS_NOBODY,
    lane: `echo:${name}`,
    identity: 'echo',
    call: async (prompt) => ({
      ...emptyOutput(),
      status: 'complete',
      text: prompt,
      costUsd: 0,
      finishReason: 'stop',
    }),
  };
}

/** A provider that is not supported: every case is an error that says so. */
export function unsupportedCaller(name: string, reason: string): PromptfooCaller {
  return {
    kind: 'replay',
    capabilities: ASKS_NOBODY,
    lane: `unsupported:${name}`,
    identity: { unsupported: reason },
    call: async () => errorOutput('unsupported', reason, 0),
  };
}
