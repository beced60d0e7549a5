import { hash } from 'node:crypto';
import { PromptError } from '../../errors.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { TemplateFault } from '../template/templateUse.ts';
import { Evaluator } from './interpreter.ts';
import type { Statement } from './nodes.ts';
import { parseNunjucks } from './statementParser.ts';

const REMEMBERED = 1000;
const parsed = new Map<string, readonly Statement[]>();

/** A template of Nunjucks' that cannot be read or filled in; `offset` is the place in it, in UTF-16 code units. */
export class NunjucksError extends PromptError {
  readonly offset: number;

  constructor(fault: TemplateFault, template: string) {
    super(`${fault.message} (${placeIn(template, fault.offset)})`, {
      cause: fault,
      remedy: 'Templates follow Nunjucks. Put literal text between {% raw %} and {% endraw %}.',
    });
    this.offset = fault.offset;
  }
}

/**
 * Fills in a template as promptfoo does, with Nunjucks and without escaping: a missing value is an empty string, a list is
 * joined by commas. Values are data and are not read as templates; nothing is compiled to code, and a template that does
 * not end is ended. Throws NunjucksError, without a file.
 */
export function renderNunjucks(template: string, variables: JsonObject): string {
  if (!mayBeTemplate(template)) return template;
  try {
    return new Evaluator(variables, drawsOf(template, variables)).write(statementsOf(template));
  } catch (error) {
    if (error instanceof TemplateFault) throw new NunjucksError(error, template);
    throw error;
  }
}

/** Reads a template without filling it in. Throws NunjucksError. */
export function checkNunjucks(template: string): void {
  if (!mayBeTemplate(template)) return;
  try {
    statementsOf(template);
  } catch (error) {
    if (error instanceof TemplateFault) throw new NunjucksError(error, template);
    throw error;
  }
}

/** A value as Nunjucks writes it. */
export function nunjucksText(value: JsonValue | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}

function mayBeTemplate(text: string): boolean {
  return /\{[{%#]|#\}/.test(text);
}

function statementsOf(template: string): readonly Statement[] {
  const known = parsed.get(template);
  if (known) return known;
  const statements = parseNunjucks(template);
  if (parsed.size >= REMEMBERED) parsed.clear();
  parsed.set(template, statements);
  return statements;
}

/** Draws that are the same for the same template and variables, so that a run can be repeated and resumed. */
function drawsOf(template: string, variables: JsonObject): (count: number) => number {
  let draws = 0;
  return (count) => {
    const digest = hash('sha256', JSON.stringify([template, variables, draws++]), 'hex');
    return count > 0 ? Number.parseInt(digest.slice(0, 8), 16) % count : 0;
  };
}

/** `line 3, column 5: '{{ x | }}'`. */
function placeIn(template: string, offset: number): string {
  const before = template.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  const end = template.indexOf('\n', offset);
  const line = before.split('\n').length;
  const text = template.slice(start, end < 0 ? undefined : end).trim();
  const column = offset - start + 1;
  const shown = text.length <= 80 ? text : excerpt(template, offset, start, end);
  return `line ${line}, column ${column}: '${shown}'`;
}

function excerpt(template: string, offset: number, start: number, end: number): string {
  const from = Math.max(start, offset - 30);
  const to = Math.min(end < 0 ? template.length : end, offset + 50);
  return `${from > start ? '…' : ''}${template.slice(from, to).trim()}${to < template.length ? '…' : ''}`;
}
