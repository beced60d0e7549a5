import type { Command, Option } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { processIo } from '../../src/cli/terminal/io.ts';

const INTRO = `# Command line reference

Every command of \`touchstone\` with its arguments and options. \`touchstone help <command>\` prints the same in the terminal.

Options that take several values, such as \`--output <file...>\`, consume every word up to the next option. Put paths
before them, or separate the paths with \`--\`: \`touchstone eval -o report.html -- agent/\`.

## Exit codes

| code | meaning |
| --- | --- |
| 0 | passed |
| 1 | failed: the gate, a case or a check failed, or a spending limit stopped the run |
| 2 | wrong usage, or a file that cannot be used; nothing was run |
| 70 | a bug in Touchstone; the message includes a stack trace |
| 130 | stopped with Ctrl-C |

## Environment variables

| variable | meaning |
| --- | --- |
| \`OPENAI_API_KEY\`, \`OPENAI_BASE_URL\` | key and base URL of the provider \`openai\`, if no configuration sets them |
| \`OTEL_EXPORTER_OTLP_*\` | the collector for \`--otlp\`, as defined by OpenTelemetry |
| \`NO_COLOR\`, \`FORCE_COLOR\` | disable or force colours |

This page is generated from the code: \`npm run schemas\`.
`;

/** docs/cli-reference.md: every command with its arguments and options. */
export async function cliReference(): Promise<string> {
  const io = { ...processIo(), endAtOnce: () => {} };
  const program = await createProgram([], async () => {}, io);
  return `${INTRO}\n${program.commands.flatMap(sections).join('\n')}`;
}

/** One for a command, or one for each of its own commands. */
function sections(command: Command): string[] {
  if (command.commands.length === 0) return [section(command)];
  return [section(command), ...command.commands.map((inner) => section(inner, `${command.name()} `))];
}

function section(command: Command, above = ''): string {
  const name = `${above}${command.name()}`;
  const parts = [`## touchstone ${name}`, sentence(command.description())];
  parts.push(`\`\`\`text\ntouchstone ${name} ${command.usage()}\n\`\`\``);

  const args = command.registeredArguments;
  if (args.length > 0) {
    const rows = args.map((one) => {
      const standard = one.defaultValue === undefined ? '' : ` Default: \`${String(one.defaultValue)}\`.`;
      return `| \`${one.name()}${one.variadic ? '...' : ''}\` | ${one.required ? 'yes' : 'no'} | ${cell(sentence(one.description))}${standard} |`;
    });
    parts.push(`| argument | required | meaning |\n| --- | --- | --- |\n${rows.join('\n')}`);
  }

  const options = command.options.filter((option) => !option.hidden);
  if (options.length > 0) parts.push(`| option | meaning |\n| --- | --- |\n${options.map(row).join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

function row(option: Option): string {
  const choices = option.argChoices
    ? ` One of ${option.argChoices.map((one) => `\`${one}\``).join(', ')}.`
    : '';
  // `--no-x` is a switch whose default says nothing to a reader.
  const hasDefault = option.defaultValue !== undefined && !option.negate;
  const standard = hasDefault ? ` Default: \`${String(option.defaultValue)}\`.` : '';
  return `| \`${cell(option.flags)}\` | ${cell(sentence(option.description))}${choices}${standard} |`;
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.:?]$/.test(first) ? first : `${first}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
