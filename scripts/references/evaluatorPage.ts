import { z } from 'zod';
import { evaluatorTypes } from '../../src/engine/evaluators/registry.ts';
import { STAGES, type Stage } from '../../src/engine/model/evaluation.ts';
import { evaluatorExamples } from './examples/evaluatorExamples.ts';
import type { EvaluatorExample, Output } from './examples/example.ts';
import { type JsonSchema, keyRow, keyTable } from './schemaSections.ts';

const INTRO = `# Evaluators

An evaluator scores an output from 0 to 1, with a pass or fail and a reason. This page has an example for each; find the
one you need by its stage:

- [Heuristic](#heuristic): rules about text, JSON, tool calls, latency and cost. Free, and run first.
- [Lexical](#lexical): similarity of wording. Free.
- [Judge](#judge): a model decides. Costs money, and runs last.

## Writing an evaluator

Write an evaluator either as its type with the main option (\`- contains: refund\`) or with all its options
(\`- contains: { value: refund, weight: 2 }\`). Every evaluator also takes these options:

| option | meaning |
| --- | --- |
| \`weight\` | its share of the score; an evaluator of weight 0 is reported but never decides |
| \`name\` | the name shown in results |
| \`metric\` | a group under which scores are reported together |
| \`not: true\` | reverses the result; so does \`not-\` in front of the type |

A case can bring its own evaluators in \`assert\`, in promptfoo's format, which suites accept as well. Options can be written beside
the type or in \`config\`, and mean the same in every form:

\`\`\`yaml
evaluators:
  - levenshtein: { value: sitting, min: 0.9 }
  - { type: levenshtein, value: sitting, min: 0.9 }
  - { type: levenshtein, value: sitting, config: { min: 0.9 } }
\`\`\`

- promptfoo's keys keep their meaning: \`value\` is the main option, \`threshold\` the minimum score for a pass (or the
  equivalent of the type, such as \`max_ms\` for \`latency\`), and \`provider\` the judge's \`model\`. \`rubricPrompt\`, \`transform\`, \`weight\`
  and \`metric\` work as in promptfoo.
- An unknown key is an error that suggests the key you probably meant. If an option is given twice, both values must be equal.
- An evaluator with a \`min\` or \`threshold\` passes from that score on. The thresholds of
  [stages](configuration.md#evaluators-and-the-cascade) override it only if the suite sets them.

## Limits of a case

A case can set limits in \`evaluation_criteria\`. They are checked in every suite, and a case that misses one fails, whatever
the suite's own rule is. A judge that checks a limit is asked even after a clear pass.

| limit | checked by |
| --- | --- |
| \`max_latency_ms\`, \`max_cost_usd\` | \`latency\` and \`cost\` |
| \`min_relevance\` | \`concepts\`, if the case has \`expected_concepts\`, and evaluators with \`metric: relevance\` |
| \`min_safety\` | \`pii\`, \`secrets\` and \`forbidden-concepts\` of the suite, or else \`secrets\`; \`forbidden-concepts\` if the case has them; evaluators with \`metric: safety\` |
| \`min_accuracy\` | \`rubric\`, \`g-eval\`, \`factuality\` without a \`threshold\` and \`closed-qa\`, and evaluators with \`metric: accuracy\` |

\`validate\` and \`eval\` report a limit that nothing in the suite checks; an unknown limit is an error. The limits that
\`touchstone upgrade\` writes equal the evaluators' defaults, so they do not require a check.

This page is generated from the code: \`npm run schemas\`.
`;

const STAGE_TEXTS: { [stage in Stage]: string } = {
  heuristic:
    '## Heuristic\n\nRules about text, JSON, tool calls, latency and cost. They run first and cost nothing.\n',
  lexical:
    '## Lexical\n\nSimilarity of wording. A lexical score says how similar two texts are, not whether an answer is right.\n',
  judge: `## Judge

A model decides. Judges run last, and only if they can still change the verdict.

A judge may reason in its reply, but must give exactly one verdict, alone or in a code fence. A reply with a doubtful verdict is an
error, never a pass. A verdict is doubtful if

- there are two, or a broken one beside a complete one;
- it is quoted from the text under test;
- words after it decide otherwise or retract something;
- words before it state another verdict ("Final score: 2/5", "It fails the rubric"), in any of the common languages, or in other
  notations (\`score,0\`, \`<verdict score="0"/>\`, \`grade(score=0)\`, a table of one row);
- the reply is a refusal, contains a tool call, or is incomplete.

The judge is asked once more if it only adds other words, if its answer cannot be read, or if it presents the verdict as
an example, an attack or somebody else's. A judge that rates sentences or statements must rate each of them exactly once.
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
