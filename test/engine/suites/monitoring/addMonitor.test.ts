import assert from 'node:assert/strict';
import { FileError } from '../../../../src/engine/errors.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { checkWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { addMonitor } from '../../../../src/engine/suites/monitoring/addMonitor.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const SUITE = `# Ours.
suites:
  support: # the first
    dataset: d.yaml
    targets: [ { echo: true } ]
    judge: openai/gpt-5-mini
    evaluators:
      - is-json # always
      - concepts
      - rubric: { criteria: "polite: yes", bulkhead: judges }
`;

const add = (text: string, over = {}) =>
  addMonitor(
    { path: 'touchstone.yaml', text },
    {
      ...{ name: 'live', match: { kind: 'agent', service: 'shop *' }, share: 0.2 },
      ...{ suite: 'support', evaluators: [0, 2], ...over },
    },
  );

const ENTRY = `  live:
    match: { kind: agent, service: shop * }
    share: 0.2
    judge: openai/gpt-5-mini
    evaluators:
      - is-json
      - rubric:
          criteria: "polite: yes"
`;

describe('a monitor is added to a configuration', () => {
  it('that has none, behind everything', () => {
    assert.equal(add(`${SUITE}# the end\n`), `${SUITE}\nmonitors:\n${ENTRY}# the end\n`);
    assert.equal(add(SUITE.trimEnd()), `${SUITE}\nmonitors:\n${ENTRY}`);
  });

  it('behind its others, with their indent, and keeps comments', () => {
    const others =
      'monitors:\n    old: { match: { kind: tool }, evaluators: [ is-json ] } # kept\nalerts: {}\n';
    const after = add(others + SUITE);
    assert.equal(after, others.replace('alerts', `${ENTRY.replace(/^/gm, '  ').trimEnd()}\nalerts`) + SUITE);
  });

  it('with the line ends of Windows', () => {
    const text = SUITE.replaceAll('\n', '\r\n');
    assert.equal(add(text), `${text}\r\n${`monitors:\n${ENTRY}`.replaceAll('\n', '\r\n')}`);
  });

  it('that can be used as it is', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': add(SUITE), 'd.yaml': '- input: a\n' });
    const signal = new AbortController().signal;
    const { problems } = await checkWorkspace({ root, environment: fixedEnvironment({}), signal });
    assert.deepEqual(
      problems.filter(({ location }) => location.line > 10),
      [],
    );
  });

  it('or refused where anything else would change', () => {
    for (const text of [
      JSON.stringify({ suites: { support: { evaluators: ['is-json', 'a', 'b'] } } }),
      `${SUITE}monitors: {}\n`,
      `${SUITE}monitors: { old: { match: { kind: tool } } }\n`,
      `${SUITE}monitors:\n  live: { match: { kind: tool } }\n`,
      'suites: { other: {} }\n',
    ])
      assert.throws(() => add(text), FileError, text);
  });
});
