import { emptyOutput, type Output } from '../../src/engine/model/output.ts';
import { PROGRAM } from '../../src/engine/targets/capabilities.ts';
import type { Target, TargetContext, TargetRequest } from '../../src/engine/targets/target.ts';

export type Reply = (request: TargetRequest, context: TargetContext) => Output | Promise<Output>;

/** A target whose behaviour a test writes down; it stands where the network would be. Counts its calls. */
export function scriptedTarget(name: string, reply: Reply, lane = name): Target & { calls: TargetRequest[] } {
  const calls: TargetRequest[] = [];
  return {
    name,
    kind: 'command',
    capabilities: PROGRAM,
    lane,
    hash: `hash of ${name}`,
    calls,
    call: async (request, context) => {
      context.signal.throwIfAborted();
      calls.push(request);
      return reply(request, context);
    },
    close: async () => {},
  };
}

/** Says back the case's id. */
export const sayId: Reply = ({ case: entry }) => ({
  ...emptyOutput(),
  status: 'complete',
  text: entry.id,
  costUsd: 0,
});
