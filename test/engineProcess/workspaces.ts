/** A suite over an agent that repeats the question; `cases` of them, every fifth of which fails. */
export function echoWorkspace(cases: number, more = ''): { [path: string]: string } {
  return {
    'touchstone.yaml': `suites:
  echo:
    dataset: cases.golden.jsonl
    targets: [{ name: echo, echo: true }]
    evaluators: [{ contains: right }]
${more}`,
    'cases.golden.jsonl': caseLines(cases),
  };
}

export function caseLines(cases: number): string {
  const lines = Array.from({ length: cases }, (_, index) =>
    JSON.stringify({
      id: `case-${index}`,
      input: index % 5 === 0 ? 'wrong' : 'right',
      ...(index % 2 === 0 ? { tags: ['even'] } : {}),
    }),
  );
  return `${['{"schema_version":"2.0.0","version":"1.0.0"}', ...lines].join('\n')}\n`;
}

/** An agent that leaves a mark, waits for a file named `go`, and answers. */
export const WAITING_AGENT = `
import { appendFileSync, existsSync } from 'node:fs';
process.stdin.resume();
let text = '';
process.stdin.on('data', (chunk) => { text += chunk; });
process.stdin.on('end', async () => {
  appendFileSync('started', 'x');
  while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 20));
  process.stdout.write(JSON.stringify({ output: 'right' }));
});
`;
