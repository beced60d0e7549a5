import { Option } from 'commander';

/** Where the configuration is. */
export function configOption(): Option {
  return new Option(
    '-c, --config <file>',
    'the configuration file; its folder is the workspace (default: touchstone.yaml)',
  );
}

/** Reports of a run, one for each file. */
export function outputOption(): Option {
  return new Option(
    '-o, --output <file...>',
    'write reports; the extension selects the format: .json, .jsonl, .junit.xml, .csv, .md or .html',
  );
}

/** A collector that gets spans, log lines and evaluations. */
export function otlpOption(): Option {
  return new Option(
    '--otlp [url]',
    "send spans, log lines and evaluations to an OTLP collector (default: set by OpenTelemetry's environment variables)",
  );
}

/** Headers for the collector, one an option. */
export function otlpHeaderOption(): Option {
  return new Option(
    '--otlp-header <name=value>',
    `a header for the collector, repeatable; \${env:NAME} in the value is replaced by the variable`,
  ).argParser((header: string, before: string[] = []) => [...before, header]);
}
