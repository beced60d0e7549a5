import path from 'node:path';
import { readText } from '../engine/files/readText.ts';
import type { SuiteConfig } from '../engine/suites/config/suiteConfig.ts';
import type { checkWorkspace, Workspace } from '../engine/suites/loadWorkspace.ts';
import type { Session } from './session.ts';

type Checked = Awaited<ReturnType<typeof checkWorkspace>>;

/**
 * The workspace as a window listed it last. The cases of hundreds of suites are asked for one after the other, and
 * the configuration is not read again for each.
 */
export class ListedWorkspace {
  readonly #session: Session;
  /** With the text of its configuration; undefined where there is no file. */
  #listed: { text: string | undefined; workspace: Workspace } | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Reads the workspace anew. */
  async check(signal: AbortSignal): Promise<Checked> {
    const text = this.#text();
    const checked = await this.#session.check(signal, text);
    this.#listed = checked.workspace && { text, workspace: checked.workspace };
    return checked;
  }

  /** A suite of the listing, as long as the configuration is the same; else of the workspace as it is now. */
  async suite(name: string, signal: AbortSignal): Promise<SuiteConfig | undefined> {
    const listed = this.#listed?.text === this.#text() ? this.#listed?.workspace : undefined;
    const known = listed?.config.suites.find((suite) => suite.name === name);
    // Cases that a configuration holds itself may come from files that it names.
    if (known && !known.cases) return known;
    const { config } = await this.#session.load(signal);
    return config.suites.find((suite) => suite.name === name);
  }

  #text(): string | undefined {
    const { configFile } = this.#session;
    return configFile === undefined ? undefined : readText(configFile, path.basename(configFile));
  }
}
