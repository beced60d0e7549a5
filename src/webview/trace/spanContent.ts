import { html, nothing, type TemplateResult } from 'lit';
import type { SpanContent, SpanMessage, SpanPart } from '../../protocol/traceRow.ts';
import { icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';

/** Of a longer conversation, these many at its beginning and its end are shown until the reader asks for all. */
const FIRST = 4;
const LAST = 16;

/** What went in or came out: a conversation, or anything else. */
export function contentOf(content: SpanContent, all: boolean, showAll: () => void): TemplateResult {
  if (content.kind === 'value') return block(content.value);
  const { messages } = content;
  if (all || messages.length <= FIRST + LAST) return conversation(messages);
  const left = messages.length - FIRST - LAST;
  return html`${conversation(messages.slice(0, FIRST))}
    <p><button class="link no-print" @click=${showAll}>Show ${left} more messages</button></p>
    ${conversation(messages.slice(-LAST))}`;
}

export function conversation(messages: readonly SpanMessage[]): TemplateResult {
  return html`<ol class="conversation">
    ${messages.map(
      ({ role, parts }) => html`<li class="message from-${roleClass(role)}">
        <div class="role">${visibleText(role)}</div>
        ${parts.length === 0 ? html`<p class="dim">Empty message</p>` : parts.map(partOf)}
      </li>`,
    )}
  </ol>`;
}

/** A call of a tool, with what it was given and what came of it where that is known. */
export function toolCall(name: string, given: unknown, result: unknown): TemplateResult {
  return html`<div class="tool-call">
    <div class="call">${icon('tool')} <bdi class="mono">${visibleText(name)}</bdi></div>
    ${given === undefined ? nothing : labelled('Arguments', given)}
    ${result === undefined ? nothing : labelled('Result', result)}
  </div>`;
}

/** Any value: a string unchanged, everything else as JSON. */
export function block(value: unknown): TemplateResult {
  return html`<text-block .text=${textOf(value)}></text-block>`;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}

function partOf(part: SpanPart): TemplateResult {
  switch (part.type) {
    case 'text':
      return block(part.text);
    case 'reasoning':
      return html`<details>
        <summary class="dim">Reasoning</summary>
        ${block(part.text)}
      </details>`;
    case 'tool-call':
      return toolCall(part.name, part.arguments, undefined);
    case 'tool-result':
      return html`<div class="tool-call">
        <div class="call dim">${icon('tool')} ${part.name === null ? 'Tool result' : `Result of ${visibleText(part.name)}`}</div>
        ${block(part.result)}
      </div>`;
    case 'media':
      // Never loaded: the page shows nothing from elsewhere.
      return html`<p class="dim">${visibleText([part.mediaType ?? 'media', part.uri ?? ''].filter(Boolean).join(' · ').slice(0, 500))}</p>`;
    case 'other':
      return block(part.value);
  }
}

function labelled(label: string, value: unknown): TemplateResult {
  return html`<div class="labelled">
    <span class="dim">${label}</span>
    ${block(value)}
  </div>`;
}

function roleClass(role: string): 'user' | 'assistant' | 'tool' | 'system' {
  if (role === 'assistant' || role === 'model') return 'assistant';
  if (role === 'tool' || role === 'function') return 'tool';
  return role === 'user' ? 'user' : 'system';
}
