import type { Command } from 'commander';
import { processEnvironment, systemClock } from '../../../engine/ports.ts';
import { type TestedChannel, testAlert } from '../../../engine/telemetry/alerts/testAlert.ts';
import { EXIT } from '../../exitCode.ts';
import { onInterrupt } from '../../interrupt.ts';
import { openAlerts, ruleNamed } from '../../openAlerts.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';

interface TestOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone alerts test`: its argument and options. */
export function addAlertsTest(alerts: Command, act: RunAction): void {
  alerts
    .command('test')
    .description('send a test notification through the channels of an alert; exits with 1 if one fails')
    .argument('<name>', 'the alert')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((name, options) => act((io) => test(name, options, io)));
}

async function test(name: string, { json, ...options }: TestOptions, io: Io): Promise<number> {
  using opened = await openAlerts(options, io.cwd, 'write');
  const rule = ruleNamed(opened, name);
  const { signal, release } = onInterrupt(io, 'not all channels were tested');
  try {
    const tested = await testAlert(
      rule,
      { ...opened, channels: opened.config.channels, clock: systemClock, environment: processEnvironment },
      signal,
    );
    if (json) io.out(JSON.stringify({ alert: name, channels: tested.map(toJson) }, null, 2));
    else if (tested.length === 0) io.out(`${name} has no channels, so nobody is told of it`);
    else for (const one of tested) io.out(lineOf(one, io));
    return tested.every(({ problem }) => problem === null) ? EXIT.passed : EXIT.failed;
  } finally {
    release();
  }
}

function lineOf({ name, problem }: TestedChannel, { style }: Io): string {
  if (problem !== null) return `${style.red('✗')} ${name}: ${sanitizeLine(problem)}`;
  const how = name === 'editor' ? 'shown by windows of this workspace that are open' : 'sent';
  return `${style.green('✓')} ${name}: ${how}`;
}

function toJson({ name, problem }: TestedChannel): object {
  return { name, sent: problem === null, problem };
}
