import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import type { Trajectory } from './trajectories.ts';
import { type Recorded, type Verdict, withUniqueNames } from './verdict.ts';

const PACKAGE = path.join(import.meta.dirname, '../../../.peers/promptfoo/node_modules/promptfoo');
const LIMIT_MS = 120_000;

/** The packages that are installed with promptfoo. */
export const PEER_PACKAGES = path.dirname(PACKAGE);

/** Whether promptfoo is installed beside the project, in .peers/promptfoo. */
export function hasPeer(): boolean {
  return existsSync(path.join(PACKAGE, 'package.json'));
}

/** What promptfoo says of a folder's promptfooconfig.yaml, and of trajectories. */
export async function runPeer(folder: string, trajectories: readonly Trajectory[]): Promise<Recorded> {
  const home = temporaryFolder();
  const out = path.join(home, 'out.json');
  const entry = path.join(PACKAGE, 'dist/src/entrypoint.js');
  const words = [
    'eval',
    '-c',
    'promptfooconfig.yaml',
    '--no-cache',
    '--no-table',
    '--no-progress-bar',
    '-o',
    out,
  ];
  await run([entry, ...words], folder, home);
  const verdicts = readVerdicts(JSON.parse(readFileSync(out, 'utf8')));
  return { promptfooVersion: version(), verdicts, trajectories: await judge(trajectories, home) };
}

interface PeerResult {
  testIdx: number;
  promptIdx: number;
  success: boolean;
  score: number;
  failureReason: number;
  testCase: { description?: string };
}

function readVerdicts(report: { results: { results: PeerResult[] } }): Verdict[] {
  const results = report.results.results.sort((a, b) => a.testIdx - b.testIdx || a.promptIdx - b.promptIdx);
  return withUniqueNames(
    results.map(({ testCase, success, score, failureReason }) => ({
      name: testCase.description ?? '',
      pass: success,
      // 2: the case could not be judged at all.
      score: failureReason === 2 ? null : score,
    })),
  );
}

/** promptfoo judges a trajectory only from a trace, which it is handed here instead of collecting it. */
async function judge(trajectories: readonly Trajectory[], home: string): Promise<Verdict[]> {
  const main = pathToFileURL(path.join(PACKAGE, 'dist/src/index.js')).href;
  const script = `
    const { assertions } = (await import(${JSON.stringify(main)}));
    const given = ${JSON.stringify(trajectories)};
    const verdicts = [];
    for (const { name, steps, assertion, skills, options } of given) {
      const spans = steps.map((step, index) => ({
        spanId: 's' + index, name: 'tool', startTime: index, endTime: index + 1,
        attributes: { 'tool.name': step.name, ...(step.args === undefined ? {} : { 'tool.arguments': JSON.stringify(step.args) }) },
      }));
      try {
        const result = await assertions.runAssertion({
          assertion, test: { vars: {}, ...(options && { options }) },
          providerResponse: { output: 'done', ...(skills && { metadata: { skillCalls: skills } }) },
          traceId: 't', traceData: { traceId: 't', evaluationId: 'e', testCaseId: 'c', spans },
        });
        verdicts.push({ name, pass: result.pass, score: result.score });
      } catch {
        verdicts.push({ name, pass: false, score: null });
      }
    }
    console.log('\\n@@' + JSON.stringify(verdicts));
    process.exit(0);
  `;
  const { stdout } = await run(['--input-type=module', '-e', script], home, home);
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n@@') + 3));
}

async function run(words: string[], cwd: string, home: string): Promise<{ stdout: string }> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    PROMPTFOO_CONFIG_DIR: home,
    PROMPTFOO_DISABLE_TELEMETRY: '1',
    PROMPTFOO_DISABLE_UPDATE: '1',
    PROMPTFOO_DISABLE_REMOTE_GENERATION: '1',
  };
  const options = { cwd, env, timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
  try {
    return await promisify(execFile)(process.execPath, words, options);
  } catch (error) {
    // It exits with 100 when a test fails, as many here do.
    if (Object(error).code === 100) return { stdout: String(Object(error).stdout) };
    throw error;
  }
}

function version(): string {
  return String(JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8')).version);
}
