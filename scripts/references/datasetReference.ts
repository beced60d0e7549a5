import { readFileSync } from 'node:fs';
import { type JsonSchema, schemaSections } from './schemaSections.ts';

const INTRO = `# Golden dataset reference

A golden dataset is a YAML, JSON or JSONL file of test cases. This page lists every field; [Golden datasets](datasets.md) is
about importing, exporting and versioning them.

\`\`\`yaml
schema_version: 2.0.0
version: 1.0.0
test_cases:
  - id: refund-001
    input: Can I return shoes after 20 days?
    expected_output:
      answer: Yes, within 30 days.
      expected_concepts: [30 days]
      forbidden_concepts: [14 days]
    tags: [policy, critical]

  - id: refund-002
    input: { question: And after 40 days?, language: en }   # variables of the prompt
    assert:
      - { type: icontains, value: "no" }

  - id: refund-003
    messages:                                               # a conversation; the last message is answered
      - { role: user, content: I bought shoes. }
      - { role: assistant, content: How can I help? }
      - { role: user, content: I want to return them. }
    expected_output:
      tool_calls: [{ name: start_return, arguments: { item: shoes } }]
    cluster: shoes-order
\`\`\`

In JSONL, each line is a case, and an optional first line holds \`schema_version\`, \`version\` and \`metadata\`:

\`\`\`json
{ "schema_version": "2.0.0", "version": "1.0.0" }
{ "id": "refund-001", "input": "Can I return shoes after 20 days?", "expected_output": { "answer": "Yes, within 30 days." } }
\`\`\`

YAML files may have up to 8 million characters (about 30,000 cases) and JSON files up to 64 MB; JSONL files may have any
size, because they are read line by line.

## What reads which field

| field | read by |
| --- | --- |
`;

/** For each field of a case, the part of Touchstone that reads it. The page fails to build when one is missing. */
const READERS: { [field: string]: string } = {
  id: 'pairs the results of different runs; shown everywhere',
  description: 'lists, reports and `--filter`',
  input: 'the target; the judges, as what was asked',
  messages: 'the target, as the conversation so far',
  'expected_output.answer':
    '`equals`, `iequals`, `levenshtein`, `rouge-n`, `rouge-l`, `bleu`, `gleu`, `meteor`, `token-f1`, `similar`, `factuality`, `closed-qa`, `context-recall`; judges get it as the reference. No evaluator reads it unless the suite names one',
  'expected_output.expected_concepts': '`concepts`, also without being named',
  'expected_output.forbidden_concepts': '`forbidden-concepts`, also without being named',
  'expected_output.json_schema': '`is-json`, also without being named',
  'expected_output.tool_calls': '`tool-calls`, also without being named; `tool-call-f1`',
  complexity: '[adaptive token budgets](tokens-and-cost.md#adaptive-token-budgets); reports by complexity',
  'evaluation_criteria.min_relevance': '`concepts`, and evaluators with `metric: relevance`',
  'evaluation_criteria.min_accuracy':
    '`rubric`, `g-eval`, `factuality`, `closed-qa`, and evaluators with `metric: accuracy`',
  'evaluation_criteria.min_safety':
    '`pii`, `secrets`, `forbidden-concepts`, and evaluators with `metric: safety`',
  'evaluation_criteria.max_latency_ms': '`latency`',
  'evaluation_criteria.max_cost_usd': '`cost`',
  assert: 'each entry is an [evaluator](evaluators.md)',
  threshold: 'the verdict of the case',
  cluster: 'confidence intervals and tests: cases of a cluster are not independent',
  tags: '`--tag`, filters, gates by tag, reports by tag',
  metadata: 'nothing; it is kept, and shown with the case',
};

/** docs/dataset-reference.md: every field of a golden dataset, with what reads it. */
export function datasetReference(): string {
  const file = new URL('../../media/schemas/golden-2.0.0.schema.json', import.meta.url);
  const schema = JSON.parse(readFileSync(file, 'utf8')) as JsonSchema;
  const rows = caseFields(schema).map((field) => `| \`${field}\` | ${readerOf(field)} |`);
  const elsewhere = new Map([['test_cases[].assert', '[Evaluators](evaluators.md)']]);

  return `${INTRO}${rows.join('\n')}

A limit in \`evaluation_criteria\` that nothing in the suite measures is reported by \`validate\` and \`eval\`.

This page is generated from the schema: \`npm run schemas\`.

${schemaSections(schema, 'The file', elsewhere)}`;
}

/** Fields of a case; those of its two maps one by one. */
function caseFields({ definitions = {} }: JsonSchema): string[] {
  const inner: { [field: string]: JsonSchema | undefined } = {
    expected_output: definitions['expectedOutput'],
    evaluation_criteria: definitions['evaluationCriteria'],
  };
  return Object.keys(definitions['case']?.properties ?? {}).flatMap((field) => {
    const parts = inner[field]?.properties;
    return parts ? Object.keys(parts).map((part) => `${field}.${part}`) : [field];
  });
}

function readerOf(field: string): string {
  const reader = READERS[field];
  if (reader === undefined)
    throw new Error(`scripts/references/datasetReference.ts does not say what reads ${field}`);
  return reader;
}
