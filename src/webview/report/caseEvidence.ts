import { html, nothing, type TemplateResult } from 'lit';
import { formatCost, formatDuration, formatScore } from '../../engine/model/figures.ts';
import { type IconName, icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import { block } from './caseContent.ts';
import type { EvaluationEntry, ResultDetail, StepEntry, ToolCallEntry } from './entries.ts';

/** The result of each evaluator in the order they ran, and those that were skipped. */
export function evaluatorList({ evaluations, settled }: ResultDetail): TemplateResult {
  if (evaluations.length === 0 && settled.left_out.length === 0) {
    return html`<p class="dim">No evaluator ran because the output could not be scored.</p>`;
  }
  return html`<ul class="evaluators">
      ${evaluations.map(evaluatorItem)}
    </ul>
    ${
      settled.left_out.length > 0
        ? html`<p class="dim">
            Settled at the ${settled.stage} stage; skipped: ${visibleText(settled.left_out.join(', '))}
          </p>`
        : nothing
    }`;
}

function evaluatorItem(evaluation: EvaluationEntry): TemplateResult {
  const { name, stage, score, reason, latency_ms, cost_usd, location, source } = evaluation;
  const { mark, word } = outcome(evaluation);
  const facts = [
    `${stage} stage`,
    ...(evaluation.status === 'skipped' ? [] : [formatDuration(latency_ms)]),
    ...(cost_usd === undefined ? [] : [`cost ${formatCost(cost_usd)}`]),
    ...(location === undefined ? [] : [visibleText(location)]),
  ];
  return html`<li>
    ${icon(mark)}
    <div>
      <div>
        <strong>${visibleText(name)}</strong>
        <span>${word}${score === undefined ? '' : `, score ${formatScore(score)}`}</span>
      </div>
      <text-block plain .text=${reason}></text-block>
      ${source ? html`<div>${icon('fallback')} ${visibleText(source.text)}</div>` : nothing}
      <div class="dim">${facts.join(' · ')}</div>
    </div>
  </li>`;
}

function outcome({ status, pass }: EvaluationEntry): { mark: IconName; word: string } {
  if (status === 'error') return { mark: 'errored', word: 'could not measure' };
  if (status === 'skipped') return { mark: 'skipped', word: 'does not apply' };
  return pass === true ? { mark: 'passed', word: 'passed' } : { mark: 'failed', word: 'failed' };
}

/** The steps that the agent took and its final tool calls; nothing if there are neither. */
export function stepList({ output }: ResultDetail): TemplateResult | typeof nothing {
  const { steps, tool_calls: calls } = output;
  if (steps.length === 0 && calls.length === 0) return nothing;
  return html`<section>
    <h3>Steps and tool calls</h3>
    ${steps.length > 0 ? html`<ol>${steps.map(stepItem)}</ol>` : nothing}
    ${
      calls.length > 0
        ? html`<p class="dim">Tool calls in the output</p>
            <ol>
              ${calls.map(callItem)}
            </ol>`
        : nothing
    }
  </section>`;
}

function stepItem(step: StepEntry): TemplateResult {
  const time = step.latency_ms === undefined ? '' : formatDuration(step.latency_ms);
  return html`<li>
    <details>
      <summary>
        ${step.type} <strong>${visibleText(step.name ?? '')}</strong> <span class="dim">${time}</span>
      </summary>
      ${step.arguments === undefined ? nothing : html`<div class="dim">arguments</div>${block(step.arguments)}`}
      ${step.output === undefined ? nothing : html`<div class="dim">result</div>${block(step.output)}`}
    </details>
  </li>`;
}

function callItem(call: ToolCallEntry): TemplateResult {
  return html`<li>
    <details>
      <summary><strong>${visibleText(call.name)}</strong></summary>
      ${block(call.arguments)}
    </details>
  </li>`;
}
