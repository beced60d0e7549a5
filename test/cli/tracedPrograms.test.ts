import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { touchstone } from '../support/commandLine.ts';
import { skip } from '../support/skip.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const ATTRIBUTES = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.usage.input_tokens': 90,
  'gen_ai.usage.output_tokens': 23,
};
const SPAN = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'chat gpt-5-mini',
  startTimeUnixNano: '1800000000000000000',
  endTimeUnixNano: '1800000000000000000',
  attributes: Object.entries(ATTRIBUTES).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
  })),
};
const REQUEST = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] });

const SEND = `const send = () => fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces', {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(REQUEST)},
});`;
const LINE = JSON.stringify({ level: 40, msg: 'slow', trace_id: SPAN.traceId, span_id: SPAN.spanId });

const FILES = {
  'agent.mjs': `${SEND}\nawait send();\nconsole.error(${JSON.stringify(LINE)});\nconsole.log('done');\n`,
  'provider.mjs': `${SEND}\nexport default class { id() { return 'own'; } async callApi() { await send(); return { output: 'done' }; } }\n`,
  'provider.py': `import os
from urllib.request import Request, urlopen

def call_api(prompt, options, context):
    url = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/v1/traces"
    body = ${JSON.stringify(REQUEST)}
    urlopen(Request(url, body.encode(), {"content-type": "application/json"})).close()
    return {"output": "done"}
`,
};

describe('programs of promptfoo', function () {
  this.timeout(60_000);

  for (const [what, provider] of [
    ['behind exec', 'exec: node agent.mjs'],
    ['in JavaScript', 'file://provider.mjs'],
    ['in Python', 'file://provider.py'],
  ] as const)
    it(`${what} trace themselves into the run`, async function () {
      if (what === 'in Python' && spawnSync('python3', ['--version']).error)
        skip(this, 'python3 is not installed');
      const config = `prompts: ['{{question}}']\nproviders: ['${provider}']\ntests:\n  - vars: { question: Is it open? }\n    assert: [{ type: equals, value: done }]\n`;
      const folder = temporaryFolder({ ...FILES, 'promptfooconfig.yaml': config });
      const { code, out, err } = await touchstone(
        folder,
        'eval',
        '--trust',
        '--no-progress',
        '-o',
        'run.json',
      );
      assert.equal(code, 0, `${out}\n${err}`);

      const [run] = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')).runs;
      const [{ output, trace_id: id }] = run.results;
      assert.deepEqual([output.usage?.input_tokens, output.usage?.output_tokens], [90, 23]);
      assert.equal(output.model, 'gpt-5-mini');
      assert.ok(output.cost_usd > 0);
      const shown = await touchstone(folder, 'traces', 'show', id);
      assert.match(shown.out, /chat gpt-5-mini/);
      assert.equal(/chat gpt-5-mini.*\n +warn slow/.test(shown.out), what === 'behind exec', shown.out);
    });
});
