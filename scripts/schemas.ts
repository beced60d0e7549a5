// Writes what is made from code: the JSON Schema of touchstone.yaml, that of
// assertions in golden datasets, the reference pages, the texts of the editor, and the lint rules for layers.
// Run it after changing a configuration key, a command, an evaluator, a text of the editor, or the layer table.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { evaluatorTypes } from '../src/engine/evaluators/registry.ts';
import { configJsonSchema } from '../src/engine/suites/config/configSchema.ts';
import { assertionSchema } from '../src/engine/suites/evaluators/assertionSchema.ts';
import { editorTexts } from './editorTexts.ts';
import { lintRules } from './lintRules.ts';
import { referencePages } from './references/referencePages.ts';

const root = new URL('../', import.meta.url);
writeFileSync(
  new URL('media/schemas/touchstone.schema.json', root),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
const golden = new URL('media/schemas/golden-2.0.0.schema.json', root);
const goldenSchema = JSON.parse(readFileSync(golden, 'utf8'));
goldenSchema.definitions.assertion = assertionSchema([...evaluatorTypes().values()]);
writeFileSync(golden, `${JSON.stringify(goldenSchema, null, 2)}\n`);
for (const { file, text } of await referencePages()) writeFileSync(new URL(file, root), text);
mkdirSync(new URL('l10n', root), { recursive: true });
writeFileSync(new URL('l10n/bundle.l10n.json', root), `${JSON.stringify(editorTexts(), null, 2)}\n`);
writeFileSync(new URL('biome.layers.json', root), `${JSON.stringify(lintRules(), null, 2)}\n`);
