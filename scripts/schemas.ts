// Writes what is made from code: the JSON Schema of touchstone.yaml and the page of evaluators.
// Run it after a change of a configuration key or an evaluator.
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/engine/suites/jsonSchema.ts';
import { evaluatorPage } from './evaluatorPages.ts';

const root = new URL('../', import.meta.url);
writeFileSync(
  new URL('media/schemas/touchstone.schema.json', root),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
writeFileSync(new URL('docs/evaluators.md', root), evaluatorPage());
