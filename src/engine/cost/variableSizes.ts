import type { LocatedCase } from '../model/case.ts';
import type { JsonObject } from '../model/json.ts';
import type { SourceLocation } from '../model/location.ts';
import type { Prompt, TemplateSyntax } from '../model/prompt.ts';
import type { Tokenizer } from '../models/tokens/tokenizer.ts';
import { valueText } from '../prompts/template/valueText.ts';
import { Sample } from '../statistics/quantiles.ts';
import { caseValues } from '../targets/prompt/promptCase.ts';

/** How long the values of a variable are over cases that give one, in tokens. */
export interface VariableSize {
  name: string;
  median: number;
  /** The 90th percentile. */
  high: number;
  /** Cases that give a value. */
  cases: number;
}

/** Cases that are looked at; sizes of the rest are taken to be like theirs. */
export const MOST_CASES = 200;

/** Sizes over the first MOST_CASES cases, and over the rows that the prompt brings along where none is given. */
export async function variableSizes(
  prompt: Prompt,
  cases: AsyncIterable<LocatedCase>,
  tokenizer: Tokenizer,
): Promise<VariableSize[]> {
  const values: JsonObject[] = [];
  for await (const located of cases) {
    values.push(caseValues(prompt, located.case));
    if (values.length >= MOST_CASES) break;
  }

  if (values.length === 0) values.push(...prompt.testData.slice(0, MOST_CASES).map((row) => row.values));
  return prompt.inputs.flatMap(({ name }) => {
    const given = values.flatMap((row) => (Object.hasOwn(row, name) ? [row[name] ?? null] : []));
    if (given.length === 0) return [];
    const sizes = new Sample();
    for (const value of given) sizes.add(tokenizer.count(valueText(value)).tokens);
    const [median, high] = [sizes.quantile(0.5) ?? 0, sizes.quantile(0.9) ?? 0];
    return [{ name, median, high, cases: given.length }];
  });
}

/** Where a prompt's file uses one of its variables: the end of the tag, and the tag itself. */
export interface VariablePlace {
  name: string;
  tag: string;
  end: SourceLocation;
}

/** The uses in the messages of a file, in its order; `text` is the whole file. Blocks and loops are left out. */
export function variablePlaces(prompt: Prompt, text: string): VariablePlace[] {
  const pattern = TAGS[prompt.syntax];
  if (pattern === undefined) return [];

  const known = new Set(prompt.inputs.map(({ name }) => name));
  const lines = text.split(/\r\n|\r|\n/);

  return prompt.messages.flatMap(({ range }) => {
    const found: VariablePlace[] = [];
    for (let line = range.line; line <= range.endLine; line += 1) {
      const shown = lines[line - 1] ?? '';
      for (const match of shown.matchAll(pattern)) {
        const [tag, name = ''] = match;
        const column = match.index + tag.length + 1;
        const inside = line > range.line || match.index + 1 >= range.column;
        const before = line < range.endLine || column <= range.endColumn;
        if (inside && before && known.has(name))
          found.push({ name, tag, end: { path: prompt.path, line, column } });
      }
    }

    return found;
  });
}

/** One tag that writes a value, with the variable that it begins with. */
const TAGS: { [syntax in TemplateSyntax]?: RegExp } = {
  jinja: /\{\{-?\s*([A-Za-z_]\w*)[^{}]*\}\}/g,
  handlebars: /\{\{\{?~?\s*([A-Za-z_][\w-]*)[^{}]*\}\}\}?/g,
  input: /\$\{input:\s*([^}:\s]+)[^}]*\}/g,
};
