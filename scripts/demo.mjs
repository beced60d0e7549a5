// Evaluates the sample workspace's own agent; with a key or a local model, its prompt as well. Prints what it measured.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const cli = path.join('dist', 'cli.js');

/** Where local servers listen, with their usual names. */
const LOCAL_SERVERS = { Ollama: 11434, 'LM Studio': 1234, 'llama.cpp': 8080, vLLM: 8000 };

function run(args, env = {}) {
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } };
  return spawnSync(process.execPath, args, options).status ?? 1;
}

/** What the environment names, else the first model of a local server; undefined where there is neither. */
async function findModel() {
  const { OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL } = process.env;
  if (OPENAI_API_KEY || OPENAI_BASE_URL) return { model: OPENAI_MODEL ?? 'gpt-5-mini', env: {} };
  for (const [name, port] of Object.entries(LOCAL_SERVERS)) {
    const baseUrl = `http://127.0.0.1:${port}/v1`;
    try {
      const response = await fetch(`${baseUrl}/models`, { signal: AbortSignal.timeout(300) });
      const model = (await response.json())?.data?.[0]?.id;
      if (typeof model !== 'string') continue;
      console.log(`found ${model} at ${name}`);
      return { model, env: { OPENAI_BASE_URL: baseUrl } };
    } catch {
      // Nobody listens there, or it is something else.
    }
  }
  return undefined;
}

/** Cases may fail, and that is what a demo shows: 1 is a verdict. Anything else that is not 0 is an error. */
function isError(status) {
  return status !== 0 && status !== 1;
}

const built = run(['esbuild.mjs']);
if (built !== 0) process.exit(built);

const agent = run([cli, 'eval', 'datasets', '--suite', 'support', ...process.argv.slice(2)]);
if (isError(agent)) process.exit(agent);

const found = await findModel();
if (found) {
  const model = `openai/${found.model}`;
  const options = ['--config', 'datasets/touchstone.model.yaml', '--model', model, '--judge', model];
  const prompt = run([cli, 'eval', ...options], found.env);
  if (isError(prompt)) process.exit(prompt);
}

console.log(`
The agent above is a real program (datasets/agent), and its failures are real. Look closer:
  node ${cli} show --config datasets/touchstone.yaml --failed
  node ${cli} show --config datasets/touchstone.yaml --case typo-refund
  node ${cli} eval datasets --suite versions
  node ${cli} upgrade datasets/legacy.golden.yaml --dry-run
${found ? '' : '\nNo key and no local model was found, so no model was called. With one, the prompt is evaluated too:\n  OPENAI_API_KEY=… npm run demo'}`);
