import type { JsonValue } from '../../src/engine/model/json.ts';
import type { CallTraces } from '../../src/engine/targets/callTraces.ts';

/** Takes the spans that an agent leaves behind, and has no endpoint for others. */
export function takenTraces(requests: JsonValue[]): () => CallTraces {
  return () => ({
    endpoint: async () => undefined,
    take: (request) => {
      requests.push(request);
    },
    takeLines: (lines) => [...lines],
    close: async () => null,
  });
}
