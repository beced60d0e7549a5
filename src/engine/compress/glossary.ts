import { ConfigError } from '../errors.ts';
import { parseYaml } from '../files/formats/parseYaml.ts';
import { isJsonObject } from '../model/json.ts';

/** Long forms and their abbreviations, `customer support representative` → `CSR`. */
export type Glossary = ReadonlyMap<string, string>;

/** The glossary of a workspace, at its root. */
export const GLOSSARY_FILE = 'prompt-glossary.yaml';

/** Reads a YAML or JSON map of long forms to abbreviations. Throws ConfigError or FileError with the place. */
export function parseGlossary(file: { path: string; text: string }): Glossary {
  const document = parseYaml(file.text, file.path);
  if (document.value === null) return new Map();
  if (!isJsonObject(document.value)) {
    throw new ConfigError('the glossary is not a map of terms', {
      where: document.locate([]),
      remedy: 'Write one term per line, for example: customer support representative: CSR',
    });
  }

  const glossary = new Map<string, string>();
  for (const [term, short] of Object.entries(document.value)) {
    if (typeof short !== 'string' || !/^\S+$/.test(short) || short.length >= term.length) {
      throw new ConfigError(`'${term}' needs an abbreviation that is a single, shorter word`, {
        where: document.locate([term]),
        remedy: 'Write the abbreviation after the term, for example: customer support representative: CSR',
      });
    }
    glossary.set(term, short);
  }

  return glossary;
}
