import { existsSync } from 'node:fs';
import { AlertStore } from '../../src/engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../../src/engine/telemetry/alerts/alertStoreFormat.ts';

/** What alerts of a workspace did, each told once. */
export class AlertLines {
  readonly #root: string;
  #last = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Since it was asked for last. */
  next(): string[] {
    const file = alertStorePath(this.#root);
    if (!existsSync(file)) return [];
    const store = new AlertStore(file, { access: 'read' });
    try {
      const transitions = store.transitionsAfter(this.#last, 100);
      this.#last = transitions.at(-1)?.id ?? this.#last;
      return transitions.map(({ notice }) => `ALERT ${notice.rule} ${notice.kind}: ${notice.summary}`);
    } finally {
      store.close();
    }
  }
}
