import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../shared/icons.ts';
import { isEmpty } from './chartModel.ts';
import type { MonitorModel } from './monitorModel.ts';
import { RANGES } from './monitorViewState.ts';
import { bucketText } from './timeTexts.ts';

const DAY = 24 * 3_600_000;

export interface NoticeActions {
  startReceiving(): void;
  copyEndpoint(): void;
  /** Up to now, in milliseconds, without a filter. */
  show(ms: number): void;
  clear(): void;
}

/** What keeps the charts from showing what a person expects, each with the one action that helps. */
export function monitorNotices(model: MonitorModel, actions: NoticeActions): TemplateResult {
  const { failure, board } = model;
  return html`
    ${failure === null ? nothing : notice(html`Metrics could not be read: ${failure}`)}
    ${receiverNotice(model, actions)}
    ${board && isEmpty(board) && failure === null ? emptyNotice(model, actions) : nothing}
  `;
}

function receiverNotice({ receiver }: MonitorModel, actions: NoticeActions): TemplateResult | typeof nothing {
  switch (receiver?.state) {
    case 'off':
    case 'failed':
      return notice(receiver.text, { label: 'Start receiving', act: actions.startReceiving });
    case 'untrusted':
    case 'starting':
      return notice(receiver.text);
    default:
      return nothing;
  }
}

function emptyNotice({ board, receiver }: MonitorModel, actions: NoticeActions): TemplateResult {
  const filtered = Object.keys(board?.look.where ?? {}).length > 0;
  if (board && board.lastMs !== null) {
    const age = board.toMs - board.lastMs;
    const wider = RANGES.find(({ ms }) => ms > age) ?? RANGES.at(-1);
    const text = `Nothing was measured in this range. The last measurement is from ${bucketText(board.lastMs, DAY, board.toMs)}.`;
    return empty(text, wider && { label: `Show ${wider.text}`, act: () => actions.show(wider.ms) });
  }
  if (filtered)
    return empty('Nothing was measured that matches the filters.', {
      label: 'Clear filters',
      act: actions.clear,
    });
  return receiver?.state === 'receiving'
    ? empty(
        'Nothing was measured yet. Send the traces of an agent to this endpoint; agents that are started in a new terminal here do so by themselves.',
        { label: 'Copy endpoint', act: actions.copyEndpoint },
      )
    : empty('Nothing was measured yet. Charts appear as soon as traces of an agent are received.');
}

interface Action {
  label: string;
  act(): void;
}

function notice(text: unknown, action?: Action): TemplateResult {
  return html`<div class="notice" role="status">${icon('errored')}<span>${text}</span>${button(action)}</div>`;
}

function empty(text: string, action?: Action): TemplateResult {
  return html`<div class="empty" role="status"><p>${text}</p>${button(action)}</div>`;
}

function button(action: Action | undefined): TemplateResult | typeof nothing {
  return action ? html`<vscode-button @click=${action.act}>${action.label}</vscode-button>` : nothing;
}
