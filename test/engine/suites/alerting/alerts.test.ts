import assert from 'node:assert/strict';
import type { AlertRule } from '../../../../src/engine/model/alertRule.ts';
import { fixedEnvironment } from '../../../../src/engine/ports.ts';
import { readAmount, readCondition } from '../../../../src/engine/suites/alerting/alertCondition.ts';
import { checkWorkspace } from '../../../../src/engine/suites/loadWorkspace.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

async function read(alerts: string, notify = '') {
  const text = `alerts:\n  a: ${alerts}\n${notify}`;
  const root = temporaryFolder({ 'touchstone.yaml': text });
  const { signal } = new AbortController();
  const { workspace, problems } = await checkWorkspace({ root, environment: fixedEnvironment({}), signal });
  return {
    rule: workspace?.config.alerts?.rules[0],
    config: workspace?.config.alerts,
    problems: problems.map(({ severity, message, location: { line, column } }) => {
      return `${line}:${column} ${severity === 'warning' ? 'warning: ' : ''}${message}`;
    }),
  };
}

describe('alerts of touchstone.yaml', () => {
  it('read like a sentence, and fill in every default', async () => {
    const { rule, problems } = await read('{ when: mean score < 0.7 }');
    assert.deepEqual(problems, []);
    assert.deepEqual(rule, {
      name: 'a',
      condition: {
        quantity: { kind: 'statistic', statistic: 'mean', of: 'score' },
        operator: '<',
        limit: 0.7,
        text: 'mean score < 0.7',
      },
      clear: 0.7,
      of: {},
      by: null,
      overMs: 300_000,
      forMs: 0,
      minSamples: 1,
      severity: 'warning',
      notify: ['editor'],
      description: null,
      location: { path: 'touchstone.yaml', line: 2, column: 3 },
    } satisfies AlertRule);
  });

  it('take every setting', async () => {
    const { config, problems } = await read(
      '{ when: p95 latency > 8s, of: { service: s }, by: model, over: 10m, for: 2m, clear: 6s, min_samples: 20, severity: critical, notify: [editor, oncall, hook, oncall], description: look }',
      'notify:\n  oncall: { alertmanager: http://127.0.0.1:9093 }\n  hook: { webhook: https://x.example/a, secret: "${env:S}" }\n',
    );
    assert.deepEqual(problems, []);
    const [rule] = config?.rules ?? [];
    assert.deepEqual(
      [rule?.condition.limit, rule?.clear, rule?.of, rule?.by, rule?.overMs, rule?.forMs, rule?.minSamples],
      [8_000, 6_000, { service: 's' }, 'model', 600_000, 120_000, 20],
    );
    assert.deepEqual(
      [rule?.severity, rule?.notify, rule?.description],
      ['critical', ['editor', 'oncall', 'hook'], 'look'],
    );
    assert.deepEqual(config?.channels, [
      { kind: 'alertmanager', name: 'oncall', url: 'http://127.0.0.1:9093' },
      { kind: 'webhook', name: 'hook', url: 'https://x.example/a', secret: 'S' },
    ]);
  });

  const conditions: [string, object][] = [
    ['calls < 1', { quantity: { kind: 'count', of: 'calls' }, limit: 1 }],
    ['errors>=10', { quantity: { kind: 'count', of: 'errors' }, limit: 10 }],
    ['Error  Rate > 5%', { quantity: { kind: 'error-rate' }, limit: 0.05 }],
    ['error rate > 0.05', { quantity: { kind: 'error-rate' }, limit: 0.05 }],
    ['cost > $2.50', { quantity: { kind: 'sum', of: 'costUsd', perHour: false }, limit: 2.5 }],
    ['cost > $1,000.50', { quantity: { kind: 'sum', of: 'costUsd', perHour: false }, limit: 1_000.5 }],
    ['cost per hour > 2', { quantity: { kind: 'sum', of: 'costUsd', perHour: true }, limit: 2 }],
    [
      'input tokens > 1,000,000',
      { quantity: { kind: 'sum', of: 'inputTokens', perHour: false }, limit: 1e6 },
    ],
    [
      'p99 first token > 800ms',
      { quantity: { kind: 'statistic', statistic: 'p99', of: 'firstTokenMs' }, limit: 800 },
    ],
    [
      'max latency > 1.5m',
      { quantity: { kind: 'statistic', statistic: 'max', of: 'durationMs' }, limit: 90_000 },
    ],
    ['score < 0.3', { quantity: { kind: 'each-score' }, limit: 0.3 }],
    ['scores < 5', { quantity: { kind: 'count', of: 'score' }, limit: 5 }],
  ];
  for (const [text, expected] of conditions)
    it(`understands "${text}"`, () => {
      const read = readCondition(text);
      assert.ok('condition' in read);
      const { quantity, limit } = read.condition;
      assert.deepEqual({ quantity, limit }, expected);
    });

  for (const [text, unit] of [
    ['8', 'time'],
    ['1.2', 'score'],
    ['105%', 'share'],
    ['-1', 'count'],
    ['1e3', 'count'],
    ['NaN', 'score'],
    ['Infinity', 'dollars'],
    ['', 'count'],
    ['1,00', 'count'],
    ['0x10', 'count'],
    ['1,000,00', 'dollars'],
    ['1.5,000', 'count'],
    ['9'.repeat(400), 'count'],
    [`${'9'.repeat(400)}d`, 'time'],
    [`${'9'.repeat(400)}ms`, 'time'],
  ] as const)
    it(`refuses "${text}" as a ${unit}`, () => assert.equal(readAmount(text, unit), undefined));

  const wrong: [string, string[], string?][] = [
    ['{ when: p95 latncy > 8s }', ['2:14 there is no figure "p95 latncy"']],
    ['{ when: p95 latency > 8 }', ['2:14 "8" cannot be compared with p95 latency']],
    ...['calls < 0', 'mean score > 1', 'error rate > 100%', 'p95 latency < 0s'].map(
      (when): [string, string[]] => [
        `{ when: ${when} }`,
        [`2:14 "${when}" never holds, whatever is measured`],
      ],
    ),
    ...['errors >= 0', 'p50 score <= 1', 'cost >= $0'].map((when): [string, string[]] => [
      `{ when: ${when} }`,
      [`2:14 "${when}" always holds, whatever is measured`],
    ]),
    ...['calls > 1', 'errors > 0', 'error rate >= 100%', 'min score <= 0'].map((when): [string, string[]] => [
      `{ when: ${when} }`,
      [],
    ]),
    ...['{ slack: "https://x.example" }', '{ webhook: "https://x.example" }'].map(
      (channel): [string, string[], string] => [
        '{ when: calls < 1, notify: [h] }',
        [
          '3:14 notify.h is a map of keys; expected either alertmanager with a URL, or webhook with a URL and secret',
        ],
        `notify: { h: ${channel} }`,
      ],
    ),
    ['{ when: score < 0.3 }', ['2:14 a single score can only be compared with each: true']],
    [
      '{ when: mean score < 0.3, each: true }',
      ['2:14 each: true looks at single scores, not at a figure over time'],
    ],
    [
      '{ when: mean score < 0.7, clear: 0.6 }',
      ['2:39 at 0.6, "mean score < 0.7" still holds, so the alert would never be over'],
    ],
    [
      '{ when: p95 latency > 8s, clear: 5 }',
      ['2:39 clear is "5", which cannot be compared with the limit of "p95 latency > 8s"'],
    ],
    [
      '{ when: calls < 1, min_samples: 2 }',
      ['2:25 min_samples is for statistics and rates; a count needs no samples'],
    ],
    ['{ when: calls < 1, over: 1s }', ['2:31 over is 1s; expected 10s to 30d']],
    ['{ when: calls < 1, over: 0 }', ['2:31 over is 0; expected 10s to 30d']],
    ['{ when: calls < 1, by: evaluator }', ['2:29 calls have no evaluator, and "calls < 1" is about calls']],
    [
      '{ when: score < 0.3, each: true, of: { suite: s } }',
      ['2:45 single scores have no suite, and "score < 0.3" is about single scores'],
    ],
    [
      '{ when: calls < 1, by: model, of: { model: m } }',
      ['2:29 of names one model, so there is nothing to tell apart by it'],
    ],
    [
      '{ when: score < 0.3, each: true, for: 2m }',
      ['2:39 for does not go with each: true, since a single score does not last'],
    ],
    [
      '{ when: calls < 1, notify: [oncal] }',
      ['2:34 there is no channel "oncal"', '3:11 warning: no alert uses the channel "oncall"'],
      'notify: { oncall: { alertmanager: "http://x" } }',
    ],
    ['{ when: calls < 1, colour: red }', ['2:25 "colour" is not a key of alerts.a']],
    [
      '{ when: calls < 1, notify: [h] }',
      ['3:25 notify.h.webhook holds a user name or password'],
      'notify: { h: { webhook: "https://u:p@x.example/", secret: "${env:S}" } }',
    ],
    [
      '{ when: calls < 1, notify: [h] }',
      ['3:55 notify.h.secret must not hold the key itself'],
      'notify: { h: { webhook: "https://x.example/", secret: plain } }',
    ],
    [
      '{ when: calls < 1, notify: [h] }',
      [
        '3:30 169.254.169.254 is a link-local address, where cloud machines keep their credentials; alerts are not sent there',
      ],
      'notify: { h: { alertmanager: "http://169.254.169.254/latest" } }',
    ],
    [
      '{ when: calls < 1, notify: [h] }',
      ['3:30 "file:///etc/passwd" is not a URL that begins with http:// or https://'],
      'notify: { h: { alertmanager: "file:///etc/passwd" } }',
    ],
    [
      '{ when: calls < 1 }',
      ['3:11 warning: no alert uses the channel "h"'],
      'notify: { h: { alertmanager: "http://x" } }',
    ],
    [
      '{ when: calls < 1 }',
      ['3:11 the channel "editor" is built in'],
      'notify: { editor: { alertmanager: "http://x" } }',
    ],
    [
      '{ when: "calls < ${env:N}" }',
      [
        '2:14 ${env:N} is not filled in here (alerts.a.when)',
        '2:14 alerts.a.when is "calls < ${env:N}"; expected a figure, a comparison and a number, such as "mean score < 0.7", "p95 latency > 8s", "error rate > 5%", "cost per hour > $2" or "calls < 1"',
      ],
    ],
  ];
  for (const [alerts, expected, notify] of wrong)
    it(`says what is wrong with ${alerts}${notify === undefined ? '' : ` and ${notify}`}`, async () => {
      const { problems } = await read(alerts, notify);
      const ours = problems.filter((problem) => !problem.includes('has no suites'));
      assert.deepEqual(ours.sort(), [...expected].sort());
    });

  it('reports each wrong entry, also beside others', async () => {
    const { problems } = await read('{ when: foo > 1 }\n  b: { when: p95 latency > 8 }\n  c: 3');
    assert.deepEqual(problems.map((problem) => problem.slice(0, 40)).sort(), [
      '2:14 there is no figure "foo"',
      '3:14 "8" cannot be compared with p95 lat',
      '4:6 alerts.c is 3; expected a map of key',
    ]);
  });
});
