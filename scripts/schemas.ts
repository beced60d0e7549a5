// Writes what is made from code: the JSON Schema of touchstone.yaml, the page of evaluators, and the texts of the
// editor. Run it after a change of a configuration key, an evaluator, or a text that the editor shows.
import { mkdirSync, writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/engine/suites/jsonSchema.ts';
import { editorTexts } from './editorTexts.ts';
import { evaluatorPage } from './evaluatorPages.ts';

const root = new URL('../', import.meta.url);
writeFileSync(
  new URL('media/schemas/touchstone.schema.json', root),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
writeFileSync(new URL('docs/evaluators.md', root), evaluatorPage());
mkdirSync(new URL('l10n', root), { recursive: true });
writeFileSync(new URL('l10n/bundle.l10n.json', root), `${JSON.stringify(editorTexts(), null, 2)}\n`);
