import { parseYaml } from '../../../files/formats/parseYaml.ts';
import { isJsonObject, type JsonValue } from '../../../model/json.ts';

/** Longest stretch that is taken for one object, as in promptfoo. */
const MAX_LENGTH = 100_000;
/** Characters looked at per character of text, at most: keeps a text of unmatched braces cheap. */
const WORK_FACTOR = 50;
/** Longest stretch that is worth reading as YAML, which is slow, and how much of it in one text. */
const MAX_YAML = 20_000;
const MAX_YAML_WORK = 100_000;

/**
 * The objects in a text as promptfoo finds them: from a brace to its partner, whatever strings say, read as JSON
 * or else as YAML, so that bare keys, single quotes and comments will do. Braces missing at the end are added.
 */
export function findLooseJson(text: string): { values: JsonValue[]; gaveUp: boolean } {
  const values: JsonValue[] = [];
  let work = WORK_FACTOR * (text.length + 1000);
  let yamlWork = MAX_YAML_WORK;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    const { end, open } = stretch(text, at);
    work -= end - at;
    if (work < 0) return { values, gaveUp: true };

    const part = text.slice(at, end) + '}'.repeat(open);
    let value = readStrict(part);
    if (value === undefined && part.length <= MAX_YAML) {
      yamlWork -= part.length;
      if (yamlWork < 0) return { values, gaveUp: true };
      value = readYaml(part);
    }

    if (value === undefined) continue;

    values.push(value);
    at = end - 1;
  }

  return { values, gaveUp: false };
}

/** Up to the partner of the brace at `start`, or as far as the text goes; `open` braces are then missing. */
function stretch(text: string, start: number): { end: number; open: number } {
  const limit = Math.min(start + MAX_LENGTH, text.length);
  let open = 0;
  for (let at = start; at < limit; at++) {
    if (text[at] === '{') open++;
    else if (text[at] === '}') open--;
    if (open === 0) return { end: at + 1, open };
  }
  return { end: limit, open };
}

function readStrict(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readYaml(text: string): JsonValue | undefined {
  try {
    const { value } = parseYaml(withoutComments(text), 'output');
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Comments after a double slash, outside of quotes, as YAML writes them. */
function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(^|\s)\/\/([^\n]*)/g, (whole, before, rest) =>
    rest === undefined ? whole : `${before ?? ''}#${rest}`,
  );
}
