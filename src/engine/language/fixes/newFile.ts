import path from 'node:path';
import { CURRENT_FORMAT } from '../../datasets/formatVersion.ts';
import { detectFormat, nameFromPath } from '../../prompts/detectFormat.ts';

/**
 * A starter file, chosen by name: a valid golden dataset, a prompt in its format, or an empty JSON Schema. Undefined
 * for other names.
 */
export function newFileText(file: string): string | undefined {
  const name = path.basename(file);
  if (/\.golden\.json$/i.test(name)) return `${JSON.stringify(datasetContent(), null, 2)}\n`;
  if (/\.jsonl$/i.test(name)) {
    const { test_cases, ...header } = datasetContent();
    return `${[header, ...test_cases].map((line) => JSON.stringify(line)).join('\n')}\n`;
  }
  const prompt = promptText(file);
  if (prompt !== undefined) return prompt;
  if (/\.ya?ml$/i.test(name)) return datasetText();
  return /\.json$/i.test(name) ? '{\n  "type": "object"\n}\n' : undefined;
}

function datasetContent() {
  const first = { id: 'first', input: 'What a person asks.', expected_output: { answer: 'What is right.' } };
  return { schema_version: CURRENT_FORMAT, version: '0.1.0', test_cases: [first] };
}

function datasetText(): string {
  return `schema_version: ${CURRENT_FORMAT}
version: 0.1.0
test_cases:
  - id: first
    input: What a person asks.
    expected_output:
      answer: What is right.
`;
}

function promptText(file: string): string | undefined {
  const name = nameFromPath(file);
  switch (detectFormat(file)) {
    case 'prompty':
      return `---\nname: ${JSON.stringify(name)}\n---\nsystem:\nYou answer in one sentence.\n\nuser:\n{{input}}\n`;
    case 'dotprompt':
      return `---\n---\n{{role "system"}}\nYou answer in one sentence.\n{{role "user"}}\n{{input}}\n`;
    case 'github-prompt':
      return `name: ${JSON.stringify(name)}\nmessages:\n  - role: system\n    content: You answer in one sentence.\n  - role: user\n    content: "{{input}}"\n`;
    case 'copilot-prompt':
      return `---\ndescription: ${JSON.stringify(name)}\n---\nYou answer in one sentence.\n\n\${input:question}\n`;
    case undefined:
      return /\.(?:txt|md)$/i.test(file) ? 'You answer in one sentence.\n\n{{input}}\n' : undefined;
    default:
      return undefined;
  }
}
