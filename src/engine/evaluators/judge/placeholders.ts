import { ConfigError } from '../../errors.ts';
import type { EvaluatorSpec } from '../../model/evaluation.ts';
import type { RubricPrompt } from './judgeOptions.ts';

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/**
 * Checks that each `{{ … }}` of a judge's texts is a plain name: no filter, expression or block runs here.
 * Throws ConfigError.
 */
export function checkTexts(spec: EvaluatorSpec, ...texts: (RubricPrompt | undefined)[]): void {
  for (const text of texts) {
    if (typeof text === 'string') checkText(text, spec);
    else for (const message of text ?? []) checkText(message.content, spec);
  }
}

/** The names in a text, in order, each once. */
export function placeholderNames(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => (match[1] ?? '').trim()))];
}

/**
 * Fills the names in, in one pass: a value that itself holds `{{ … }}` is never filled in again. The caller
 * has made sure that there is a value for each name.
 */
export function fillPlaceholders(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(PLACEHOLDER, (written, name: string) => values.get(name.trim()) ?? written);
}

function checkText(text: string, spec: EvaluatorSpec): void {
  const odd = placeholderNames(text).find((name) => !NAME.test(name));
  if (odd === undefined && !text.includes('{%')) return;
  throw new ConfigError(
    odd === undefined
      ? `${spec.type}: a judge prompt cannot contain template blocks ({% … %})`
      : `${spec.type}: "{{ ${odd} }}" in the judge prompt is not a plain name`,
    {
      where: spec.location,
      remedy: 'Use plain names such as {{ output }}, {{ input }}, {{ expected }} or a variable of the case.',
    },
  );
}
