import * as vscode from 'vscode';
import { formatDuration, formatScore } from '../../engine/model/figures.ts';
import type { TraceFilter, TraceGrouping, TraceOrder } from '../../protocol/traceCalls.ts';

/** How a person wants to see traces. */
export interface TraceLook {
  filter: TraceFilter;
  order: TraceOrder;
  group: TraceGrouping | 'none';
}

const FIRST: TraceLook = { filter: {}, order: 'newest', group: 'session' };
const KEPT = 'touchstone.traces.look';
const PINS = 'touchstone.traces.pins';

/** The look of the view in this workspace, and its pinned traces; both are kept. */
export class TraceLooks implements vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  #look: TraceLook;
  #pins: readonly string[];
  readonly onDidChange = this.#changed.event;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    // A filter that was forgotten would make traces seem to be lost: it is not kept.
    const { order, group } = { ...FIRST, ...memory.get<Partial<TraceLook>>(KEPT) };
    this.#look = { ...FIRST, order, group };
    this.#pins = memory.get<string[]>(PINS) ?? [];
  }

  get look(): TraceLook {
    return this.#look;
  }

  get pins(): readonly string[] {
    return this.#pins;
  }

  get filtered(): boolean {
    return Object.keys(this.#look.filter).length > 0;
  }

  change(look: Partial<TraceLook>): void {
    this.#look = { ...this.#look, ...look };
    const { order, group } = this.#look;
    void this.#memory.update(KEPT, { order, group });
    this.#changed.fire();
  }

  pin(traceIds: readonly string[], on: boolean): void {
    const others = this.#pins.filter((id) => !traceIds.includes(id));
    this.#pins = on ? [...others, ...traceIds] : others;
    void this.#memory.update(PINS, this.#pins);
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** What a filter lets through, such as `errors · slower than 5.0 s`; empty for all. */
export function filterText(filter: TraceFilter): string {
  const { t } = vscode.l10n;
  const { source, errors, slowerThanMs, scoreBelow, service, model, release, session, text } = filter;
  return [
    ...(source === undefined ? [] : [source === 'runs' ? t('of runs') : t('received')]),
    ...(errors ? [t('errors')] : []),
    ...(slowerThanMs === undefined ? [] : [t('slower than {0}', formatDuration(slowerThanMs))]),
    ...(scoreBelow === undefined ? [] : [t('score below {0}', formatScore(scoreBelow))]),
    ...(service === undefined ? [] : [t('service {0}', service)]),
    ...(model === undefined ? [] : [t('model {0}', model)]),
    ...(release === undefined ? [] : [t('release {0}', release)]),
    ...(session === undefined ? [] : [t('session {0}', session)]),
    ...(text === undefined ? [] : [`“${text}”`]),
  ].join(' · ');
}
