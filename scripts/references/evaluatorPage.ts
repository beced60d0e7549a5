import { z } from 'zod';
import { evaluatorTypes } from '../../src/engine/evaluators/registry.ts';
import { STAGES, type Stage } from '../../src/engine/model/evaluation.ts';
import { evaluatorExamples } from './examples/evaluatorExamples.ts';
import type { EvaluatorExample, Output } from './examples/example.ts';
import { type JsonSchema, keyRow, keyTable } from './schemaSections.ts';

const INTRO = `# Evaluators

An evaluator turns a case and an output into a score from 0 to 1, with a pass and a reason. The short form is the type
with its main option (\`- contains: refund\`), the long form has all of them (\`- contains: { value: refund, weight: 2 }\`).
Every evaluator also takes \`weight\`, \`name\`, \`metric\`, and \`not: true\`; \`not-\` before the type does the same.

Cases may bring their own in \`assert\`, in promptfoo's form, which suites take, too. Options stand beside the type or in
\`config\`, whichever you like, and mean the same in every form:

\`\`\`yaml
evaluators:
  - levenshtein: { value: sitting, min: 0.9 }
  - { type: levenshtein, value: sitting, min: 0.9 }
  - { type: levenshtein, value: sitting, config: { min: 0.9 } }
\`\`\`

promptfoo's keys keep their meaning: \`value\` is the main option, \`threshold\` the smallest score that passes (or what the type has
in its place, such as \`max_ms\` of \`latency\`), \`provider\` the judge's \`model\`; \`rubricPrompt\`, \`transform\`, \`weight\` and \`metric\`
as there. A key that nobody knows is an error that says what was most likely meant. An option that is given twice must be the same.

An evaluator that has a \`min\` or \`threshold\` passes from it on; the thresholds of [stages](configuration.md#evaluators-and-the-cascade)
overrule it only where a suite names them.

A case may set limits of its own in \`evaluation_criteria\`. They are measured in any suite, and a case that misses one fails,
whatever the rule of its suite is; a judge that measures one is asked even after a clear pass:

| limit | measured by |
| --- | --- |
| \`max_latency_ms\`, \`max_cost_usd\` | \`latency\` and \`cost\` |
| \`min_relevance\` | \`concepts\`, where the case has \`expected_concepts\`, and evaluators with \`metric: relevance\` |
| \`min_safety\` | \`pii\`, \`secrets\` and \`forbidden-concepts\` of the suite, else \`secrets\`; \`forbidden-concepts\` where the case has them; evaluators with \`metric: safety\` |
| \`min_accuracy\` | \`rubric\`, \`g-eval\`, \`factuality\` without a \`threshold\` and \`closed-qa\`, and evaluators with \`metric: accuracy\` |

A limit that nothing in a suite measures is told by \`validate\` and \`eval\`; one that nobody knows is an error. What an upgrade of
the dataset writes is what evaluators take without it, and asks for nothing.

This page is made from the code: \`npm run schemas\`.
`;

const STAGE_TEXTS: { [stage in Stage]: string } = {
  heuristic:
    '## Heuristic\n\nRules over text, JSON, tool calls, latency and cost. They run first and cost nothing.\n',
  lexical:
    '## Lexical\n\nComparisons of wording. They say how alike texts are, not whether an answer is right.\n',
  judge: `## Judge

A model decides. They run last, and only where they can still change the verdict.

A judge may think aloud, and then gives exactly one verdict, alone or in a code fence. Whatever casts doubt on it is an error,
never a pass: two verdicts, or a broken one beside a whole one; a verdict that stands in what was judged; words behind it that
decide or take something back; words before it that state another score ("Final score: 2/5"); a refusal; a tool call; a reply
that is not whole. A judge that only adds other words, whose answer cannot be read, or that leads to its verdict as to an
example, an attack or somebody else's, is asked once more. Where a judge speaks of sentences or statements, it must speak of each of them once.
`,
};

/** docs/evaluators.md: every registered type with its options. */
export function evaluatorPage(): string {
  const types = [...evaluatorTypes().values()];
  const sections = STAGES.map((stage) => {
    const entries = types.filter((definition) => definition.stage === stage);
    return STAGE_TEXTS[stage] + entries.map(entry).join('');
  });
  return `${INTRO}\n${sections.join('\n')}`;
}

function entry({
  type,
  summary,
  options,
  shorthand,
}: ReturnType<typeof evaluatorTypes> extends ReadonlyMap<string, infer D> ? D : never): string {
  const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const rows = Object.entries(schema.properties ?? {}).map(([key, property]) =>
    keyRow(key, property, key === shorthand ? 'main' : null, undefined, (one) => one),
  );
  const table = rows.length === 0 ? '' : `\n${keyTable('option', rows)}`;
  const example = evaluatorExamples[type];
  return `\n### ${type}\n\n${summary}\n${example ? exampleText(example) : ''}${table}`;
}

/** Both forms as YAML, with what passes and what fails. */
function exampleText({ when, suite, assert, given, good, bad, other }: EvaluatorExample): string {
  const needed = given === undefined ? '' : `${given}\n`;
  const compared = other === undefined ? '' : `, while another target says ${shown(other)}`;

  return `
${when}

\`\`\`yaml
# in a suite
evaluators:
${indented(suite)}
# in a case
${needed}assert:
${indented(assert)}
\`\`\`

${shown(good)} passes${compared}${compared ? ',' : ''} and ${shown(bad)} fails.
`;
}

function indented(entries: string): string {
  return entries.replace(/^/gm, '  ');
}

function shown(output: Output): string {
  const text = typeof output === 'string' ? output : JSON.stringify(output);
  const line = text.replaceAll('\n', '⏎');
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}
