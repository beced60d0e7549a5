import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import type { RunController } from './runController.ts';

export interface RunPorts {
  engine: EngineClient;
  runs: RunController;
  preview: EditPreview;
  settings: Settings;
  output: Output;
}
