import type { JsonObject } from '../../model/json.ts';
import { TemplateFault, type TemplateUse } from './templateUse.ts';
import { valueText } from './valueText.ts';

/** `${input:name}` or `${input:name:placeholder}`, as VS Code prompt files have it. */
const INPUT = /\$\{input:([^}:\r\n]+)(?::([^{}\r\n]*))?\}/g;

/** The inputs of a VS Code prompt file; the placeholder is a description, not a default. */
export function findInputUses(template: string): (TemplateUse & { placeholder?: string })[] {
  return [...template.matchAll(INPUT)].map((match) => {
    const [, name = '', placeholder] = match;
    const use = { name: name.trim(), offset: match.index, guarded: false };
    return placeholder === undefined || placeholder === '' ? use : { ...use, placeholder };
  });
}

/** Fills in the inputs in one pass, so that values are never read as a template. Throws TemplateFault. */
export function renderInputs(template: string, variables: JsonObject, optional: ReadonlySet<string>): string {
  let rendered = '';
  let cursor = 0;
  for (const match of template.matchAll(INPUT)) {
    const name = (match[1] ?? '').trim();
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined && !optional.has(name)) throw new TemplateFault('', match.index, name);
    rendered += plainText(template.slice(cursor, match.index)) + valueText(value ?? null);
    cursor = match.index + match[0].length;
  }
  return rendered + plainText(template.slice(cursor));
}

/** The template's own text as the model receives it: the line breaks of a checkout do not matter. */
export function plainText(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
