import { configJsonSchema } from '../../src/engine/suites/config/configSchema.ts';
import { type JsonSchema, schemaSections } from './schemaSections.ts';

const INTRO = `# Configuration reference

Every key of \`touchstone.yaml\`. [Configuration](configuration.md) explains how they work together. NAME stands for a name of
your choice, [] for each element of a list.

This page is generated from the code: \`npm run schemas\`.
`;

const ELSEWHERE = new Map([
  ['suites.NAME.evaluators', '[Evaluators](evaluators.md)'],
  ['monitors.NAME.evaluators', '[Evaluators](evaluators.md)'],
]);

/** docs/configuration-reference.md: every key of touchstone.yaml with its type and default. */
export function configurationReference(): string {
  const schema = configJsonSchema() as JsonSchema;
  return `${INTRO}\n${schemaSections(schema, 'Top level', ELSEWHERE)}`;
}
