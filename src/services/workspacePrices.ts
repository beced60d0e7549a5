import { spanPrice } from '../engine/models/prices/spanPrice.ts';
import { fixedEnvironment } from '../engine/ports.ts';
import type { PriceSpan } from '../engine/telemetry/dialects/traceTree.ts';
import { ConfigurationFile } from './configurationFile.ts';

/** What calls cost by the prices of the workspace, which its touchstone.yaml may add to the listed ones. */
export class WorkspacePrices {
  readonly #file: ConfigurationFile;
  #current = spanPrice({});

  constructor(root: string) {
    // Prices need no keys.
    this.#file = new ConfigurationFile(root, fixedEnvironment({}));
  }

  readonly price: PriceSpan = (span) => this.#current(span);

  /** Reads them anew where the file has changed. Where it cannot be used, those from before hold. */
  async refresh(signal: AbortSignal): Promise<void> {
    const workspace = await this.#file.read(signal);
    if (workspace !== undefined) this.#current = spanPrice(workspace?.config.providers ?? {});
  }
}
