import { html, nothing, type TemplateResult } from 'lit';
import {
  countdownText,
  holdText,
  type StepState,
  stepStates,
  weightText,
} from '../../engine/model/deploymentFigures.ts';
import type { DeploymentEntry } from '../../protocol/deploymentEntries.ts';
import { type IconName, icon } from '../shared/icons.ts';

const ICONS: { readonly [state in StepState]: IconName } = {
  passed: 'passed',
  current: 'running',
  paused: 'errored',
  failed: 'failed',
  next: 'other',
};

const WORDS: { readonly [state in StepState]: string } = {
  passed: 'passed',
  current: 'watched',
  paused: 'paused',
  failed: 'failed',
  next: 'to come',
};

/** The steps as a line, and how the traffic is shared now. */
export function stepLine(entry: DeploymentEntry, nowMs: number): TemplateResult {
  const states = stepStates(entry);
  return html`<section aria-labelledby="steps">
    <h2 id="steps">Steps</h2>
    <ol class="steps">
      ${entry.steps.map(({ weight, holdMs, minSamples }, at) => {
        const state = states[at] ?? 'next';
        const isHere = state === 'current' || state === 'paused' || state === 'failed';
        const left = state === 'current' ? countdownText(entry.untilMs, nowMs) : null;
        const hold = `${holdText(holdMs)}, at least ${minSamples} samples`;
        return html`<li class="step ${state}" aria-current=${isHere ? 'step' : nothing} title=${hold}>
          <span class="dot">${icon(ICONS[state])}</span>
          <span class="weight">${weightText(weight)}</span>
          <span class="state">${left ?? WORDS[state]}</span>
        </li>`;
      })}
    </ol>
    ${traffic(entry)}
  </section>`;
}

function traffic({ weights, blue, green }: DeploymentEntry): TemplateResult | typeof nothing {
  if (weights === null) return nothing;
  const label = `Traffic: blue ${weightText(weights.blue)}, green ${weightText(weights.green)}`;
  const share = Math.min(100, Math.max(0, weights.green));
  return html`<div class="traffic">
    <span class="side blue">${blue?.name ?? 'nothing'} ${weightText(weights.blue)}</span>
    <svg role="img" aria-label=${label} viewBox="0 0 100 4" preserveAspectRatio="none">
      <rect class="fill-blue" x="0" y="0" width=${100 - share} height="4"></rect>
      <rect class="fill-green" x=${100 - share} y="0" width=${share} height="4"></rect>
    </svg>
    <span class="side green">${green.name} ${weightText(weights.green)}</span>
  </div>`;
}
