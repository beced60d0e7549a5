import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';

export async function promotePairs(
  _runId: string,
  _ports: { engine: EngineClient; preview: EditPreview },
): Promise<void> {}
