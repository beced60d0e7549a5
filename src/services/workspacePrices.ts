import { spanPrice } from '../engine/models/prices/spanPrice.ts';
import type { PriceSpan } from '../engine/telemetry/dialects/traceTree.ts';
import type { ConfigurationFile, ConfigurationReader } from './configurationFile.ts';

/** What calls cost by the prices of the workspace, which its touchstone.yaml may add to the listed ones. */
export class WorkspacePrices {
  readonly #file: ConfigurationReader;
  #current = spanPrice({});

  constructor(configuration: ConfigurationFile) {
    this.#file = configuration.follow();
  }

  readonly price: PriceSpan = (span) => this.#current(span);

  /** Reads them anew where the file has changed. Where it cannot be used, those from before hold. */
  async refresh(): Promise<void> {
    const workspace = await this.#file.read();
    if (workspace !== undefined) this.#current = spanPrice(workspace?.config.providers ?? {});
  }
}
