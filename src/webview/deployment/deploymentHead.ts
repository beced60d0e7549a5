import { html, nothing, type TemplateResult } from 'lit';
import { countdownText, isOver, phaseText } from '../../engine/model/deploymentFigures.ts';
import type { DeploymentAction, DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';

type Act = (action: DeploymentAction | 'start') => void;

/** The actions that are offered, in this order; both ways back are one. */
const BUTTONS: readonly { actions: readonly DeploymentAction[]; label: string; isSecondary: boolean }[] = [
  { actions: ['resume'], label: 'Resume', isSecondary: false },
  { actions: ['promote'], label: 'Promote…', isSecondary: false },
  { actions: ['pause'], label: 'Pause', isSecondary: true },
  { actions: ['rollback', 'abort'], label: 'Abort and roll back…', isSecondary: true },
  { actions: ['decommission'], label: 'Decommission…', isSecondary: true },
];

/** What is deployed where, where it is, why, and what can be done now. */
export function deploymentHead(entry: DeploymentEntry, nowMs: number, act: Act): TemplateResult {
  const { deployment, blue, green, where, explanation, drift, controller } = entry;
  const over = isOver(entry);
  const left = over ? null : countdownText(entry.untilMs, nowMs);
  return html`<header>
    <h1>
      <span>${visibleText(deployment)}</span>
      <span class="versions">
        <span class="side blue">${blue === null ? 'nothing' : visibleText(blue.name)}</span>
        <span aria-hidden="true">→</span><span class="visually-hidden">to</span>
        <span class="side green">${visibleText(green.name)}</span>
      </span>
    </h1>
    <p class="phase phase-${entry.phase}">
      ${icon(phaseIcon(entry))}
      <strong role="status">${phaseText(entry)}</strong>
      ${left === null ? nothing : html`<span class="left">${left}</span>`}
    </p>
    ${where === null ? nothing : html`<p class="dim">${visibleText(where)}</p>`}
    ${explanation.map((text) => html`<p>${visibleText(text)}</p>`)}
    ${
      controller === null && !over
        ? notice('Nobody controls this deployment, so nothing goes on. Resume starts the process that does.')
        : nothing
    }
    ${drift.map((text) => notice(`Changed by somebody else: ${visibleText(text)}`))}
    ${buttons(entry, act)}
  </header>`;
}

function buttons(entry: DeploymentEntry, act: Act): TemplateResult | typeof nothing {
  const offered = BUTTONS.flatMap(({ actions, label, isSecondary }) => {
    const action = actions.find((one) => entry.actions.includes(one));
    return action === undefined ? [] : [{ action, label, isSecondary }];
  });
  const again = isOver(entry);
  if (offered.length === 0 && !again) return nothing;
  return html`<div class="actions no-print" role="group" aria-label="Actions">
    ${offered.map(
      ({ action, label, isSecondary }) =>
        html`<vscode-button ?secondary=${isSecondary} @click=${() => act(action)}>${label}</vscode-button>`,
    )}
    ${again ? html`<vscode-button secondary @click=${() => act('start')}>Deploy…</vscode-button>` : nothing}
  </div>`;
}

function notice(text: string): TemplateResult {
  return html`<div class="notice" role="status">${icon('errored')}<span>${text}</span></div>`;
}

function phaseIcon({ phase }: DeploymentEntry): IconName {
  switch (phase) {
    case 'done':
    case 'keeping':
    case 'decommissioning':
      return 'passed';
    case 'rolling-back':
    case 'rolled-back':
    case 'failed':
      return 'failed';
    case 'paused':
      return 'errored';
    default:
      return 'running';
  }
}
