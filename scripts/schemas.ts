// Writes the JSON Schemas that are made from code. Run it after a change of a configuration key or an evaluator.
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/engine/suites/jsonSchema.ts';

const file = new URL('../media/schemas/touchstone.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
