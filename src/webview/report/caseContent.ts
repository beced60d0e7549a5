import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../shared/icons.ts';
import { visibleText } from '../shared/visibleText.ts';
import { wordDiff } from '../shared/wordDiff.ts';
import type { EvaluationEntry, ResultDetail } from './entries.ts';

/** The input: a string, variables by name, or the messages of a conversation. */
export function inputContent(input: unknown): TemplateResult {
  if (input === null || input === undefined)
    return html`<p class="dim">The dataset has no input for this case.</p>`;
  if (!Array.isArray(input)) return block(input);
  return html`${input.map((message: unknown) => {
    const { role, content } = isRecord(message) ? message : { role: undefined, content: message };
    return html`<div class="message">
      <div class="dim">${visibleText(typeof role === 'string' ? role : 'message')}</div>
      ${block(content)}
    </div>`;
  })}`;
}

/** What the dataset expects: the reference answer, and each further expectation under its own name. */
export function expectedContent({
  expected_output: expected,
  evaluations,
}: Pick<ResultDetail, 'expected_output'> & {
  evaluations: readonly Pick<EvaluationEntry, 'missing' | 'forbidden'>[];
}): TemplateResult {
  if (!isRecord(expected) || Object.keys(expected).length === 0) {
    return html`<p class="dim">The dataset has no reference for this case.</p>`;
  }
  const { answer, ...rest } = expected;
  const missed = new Set(
    evaluations.flatMap(({ missing = [], forbidden = [] }) => [...missing, ...forbidden]),
  );
  return html`
    ${answer === undefined ? nothing : block(answer)}
    ${Object.entries(rest).map(
      ([name, value]) => html`<div class="expectation">
        <span class="dim">${visibleText(name.replaceAll('_', ' '))}</span>
        ${isTextList(value) ? wordList(value, missed, name.startsWith('forbidden')) : block(value)}
      </div>`,
    )}
  `;
}

/** The output, or why there is none. */
export function outputContent({ output }: ResultDetail): TemplateResult {
  if (output.status === 'error') {
    const text = output.error ? `${output.error.code}: ${output.error.message}` : 'error';
    return html`<div class="problem"><text-block plain .text=${text}></text-block></div>`;
  }
  return html`
    ${output.status === 'incomplete' ? html`<p class="problem">Incomplete: ${visibleText(output.reason ?? '')}</p>` : nothing}
    ${output.text === '' ? html`<p class="dim">The output is empty.</p>` : block(output.text)}
  `;
}

/** The output compared with the reference answer, word by word. */
export function comparedContent(reference: string, text: string): TemplateResult {
  const parts = wordDiff(visibleText(reference), visibleText(text));
  if (!parts)
    return html`<p class="dim">The texts are too long or too different for a word-by-word comparison.</p>`;
  const marked = parts.map(({ kind, text: part }) => {
    if (kind === 'added') return html`<ins>${part}</ins>`;
    return kind === 'removed' ? html`<del>${part}</del>` : part;
  });
  return html`<pre class="compared" dir="auto" tabindex="0">${marked}</pre>
    <p class="dim">
      <del>struck through</del>: only in the reference · <ins>underlined</ins>: only in the output
    </p>`;
}

/** The reference answer that an output can be compared with. */
export function referenceAnswer({ expected_output: expected }: ResultDetail): string | undefined {
  const answer = isRecord(expected) ? expected['answer'] : undefined;
  return typeof answer === 'string' ? answer : undefined;
}

/** Any value: a string unchanged, everything else as JSON. */
export function block(value: unknown): TemplateResult {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
  return html`<text-block .text=${text}></text-block>`;
}

/** `missed`: required words that the output lacks, and forbidden ones that it contains. */
function wordList(words: readonly string[], missed: ReadonlySet<string>, forbidden: boolean): TemplateResult {
  const why = forbidden ? 'in the output' : 'missing';
  const entry = (word: string) =>
    missed.has(word)
      ? html`<li class="missed">${icon('failed')} <bdi>${visibleText(word)}</bdi> <span class="dim">${why}</span></li>`
      : html`<li><bdi>${visibleText(word)}</bdi></li>`;
  return html`<ul class="words">${words.map(entry)}</ul>`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}
