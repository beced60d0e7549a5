import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { touchstone } from '../support/commandLine.ts';
import { agentRequest } from '../support/otlp/agentSpans.ts';
import { encodeRequest } from '../support/otlp/encodeRequest.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const CAPTURES = path.join(import.meta.dirname, '..', 'fixtures', 'otlp');
const AI = 'ai-7.0.173-otel-1.0.173.json';
const LOGS = 'openai-6.49.0-opentelemetry-instrumentation-0.22.0.logs.jsonl';
const AGENTS = 'openai-agents-0.20.0-native-spans.json';

async function imported(folder: string, ...files: string[]) {
  const { code, out } = await touchstone(folder, 'traces', 'import', ...files, '--json');
  return { code, files: JSON.parse(out).files };
}

function request(first: number, count = 8): Uint8Array {
  return encodeRequest(agentRequest(first, count, Date.now()), 'protobuf');
}

function behindLength(...messages: Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(message.length);
      return [length, message];
    }),
  );
}

describe('touchstone traces import', function () {
  this.slow(3_000);

  it('stores what frameworks wrote to files, and changes nothing the second time', async () => {
    const folder = temporaryFolder();
    for (const name of [AI, LOGS, AGENTS]) cpSync(path.join(CAPTURES, name), path.join(folder, name));

    const first = await imported(folder, AI, LOGS, AGENTS);
    assert.equal(first.code, 0);
    assert.ok(first.files.every(({ rejected }: { rejected: number }) => rejected === 0));
    assert.ok(first.files[0].spans > 5 && first.files[1].logs > 2 && first.files[2].spans > 2);

    const second = await imported(folder, AI, LOGS, AGENTS);
    for (const [at, file] of second.files.entries()) {
      assert.deepEqual([file.spans, file.logs], [0, 0]);
      assert.equal(file.duplicates, first.files[at].spans + first.files[at].logs);
    }
    const listed = JSON.parse((await touchstone(folder, 'traces', 'list', '--json')).out).traces;
    assert.ok(listed.length >= 2);
  });

  it('reads every form of a file: JSON Lines, protobuf alone and behind lengths, spans a line, packed or not', async () => {
    const folder = temporaryFolder();
    const agents = JSON.parse(readFileSync(path.join(CAPTURES, AGENTS), 'utf8'));
    const files: [string, Uint8Array | string, number][] = [
      ['requests.jsonl', [0, 8].map((at) => JSON.stringify(agentRequest(at, 8, Date.now()))).join('\n'), 16],
      ['windows.jsonl', `\uFEFF${JSON.stringify(agentRequest(16, 8, Date.now()))}\r\n\r\n`, 8],
      ['one.pb', request(24), 8],
      ['many.pb', behindLength(request(32), request(40)), 16],
      ['packed.pb.gz', gzipSync(request(48)), 8],
      ['packed.json.gz', gzipSync(JSON.stringify(agentRequest(56, 8, Date.now()), null, 2)), 8],
      [
        'agents.jsonl',
        agents.map((one: unknown[]) => JSON.stringify(one.at(-1))).join('\n'),
        agents.filter((one: string[]) => one[0] === 'span').length,
      ],
    ];
    for (const [name, content] of files) writeFileSync(path.join(folder, name), content);

    const { files: read } = await imported(folder, ...files.map(([name]) => name));
    assert.deepEqual(
      read.map(({ path: name, spans }: { path: string; spans: number }) => [name, spans]),
      files.map(([name, , spans]) => [name, spans]),
    );
  });

  it('says which lines it cannot read, and keeps the others', async () => {
    const folder = temporaryFolder();
    const lines = [JSON.stringify(agentRequest(0, 8, Date.now())), '{"other":1}', '{"resourceSp'];
    writeFileSync(path.join(folder, 'odd.jsonl'), lines.join('\n'));

    const { code, out, err } = await touchstone(folder, 'traces', 'import', 'odd.jsonl');
    assert.equal(code, 0);
    assert.match(out, /^odd\.jsonl: 8 spans$/m);
    assert.match(
      err,
      /2 records could not be read:\n {2}odd\.jsonl:2: this is no request of OTLP\n {2}odd\.jsonl:3: /,
    );
  });

  it('leaves metrics out that the collector wrote into the same file, and rejects none of them', async () => {
    const folder = temporaryFolder();
    const lines = ['{"resourceMetrics":[]}', JSON.stringify(agentRequest(0, 8, Date.now()))];
    writeFileSync(path.join(folder, 'all.jsonl'), lines.join('\n'));

    const { code, out, err } = await touchstone(folder, 'traces', 'import', 'all.jsonl');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^all\.jsonl: 8 spans, 1 line of no trace left out$/m);
    writeFileSync(path.join(folder, 'metrics.jsonl'), `${lines[0]}\n`);
    assert.equal((await touchstone(folder, 'traces', 'import', 'metrics.jsonl')).code, 2);
  });

  for (const [name, content, message] of [
    ['missing.json', undefined, /the file does not exist/],
    ['empty.json', '', /the file is empty/],
    ['other.json', '{"spans": 1}', /the file contains no traces/],
    ['broken.json', '{\n"resourceSpans": [\n', /the file is not valid JSON/],
    ['text.pb', 'hello, world', /no line of the file names a trace/],
    ['broken.pb', Buffer.from([0, 0, 1, 0, 1, 2]), /breaks off/],
    [
      'broken.gz',
      Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('nothing packed')]),
      /cannot be unpacked/,
    ],
    [
      'cut.json.gz',
      gzipSync(JSON.stringify(agentRequest(0, 80, 1e12))).subarray(0, 900),
      /cannot be unpacked/,
    ],
  ] as const) {
    it(`refuses ${name} with the reason`, async () => {
      const folder = temporaryFolder();
      if (content !== undefined) writeFileSync(path.join(folder, name), content);
      const { code, err } = await touchstone(folder, 'traces', 'import', name);
      assert.equal(code, 2);
      assert.match(err, message);
      assert.match(err, new RegExp(name.replaceAll('.', '\\.')));
    });
  }
});
