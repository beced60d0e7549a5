import { counted, formatCount } from '../../engine/model/figures.ts';
import type { TraceDiagnosis, TraceFinding } from '../../engine/telemetry/dialects/doctor.ts';
import type { TraceTree } from '../../engine/telemetry/dialects/traceTree.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';

/** Which conventions a trace follows, and what is odd about it with what to do. */
export function diagnosisLines(tree: TraceTree, { conventions, findings }: TraceDiagnosis, io: Io): string[] {
  const { style } = io;
  const followed = conventions.map(({ convention, spans }) => `${convention} (${counted(spans, 'span')})`);
  return [
    `${style.dim(`trace ${tree.traceId}`)}  ${counted(tree.spans, 'span')}`,
    `  ${style.dim('conventions')} ${followed.join(', ') || 'none'}`,
    ...(findings.length === 0 ? [`  ${style.green('✓')} everything in it is understood`] : []),
    ...findings.map((finding) => `  ${mark(finding, io)} ${sanitizeLine(findingText(finding))}`),
    '',
  ];
}

/** In words, with what to do. */
export function findingText(finding: TraceFinding): string {
  const spans = counted(finding.spans.length, 'span');
  switch (finding.kind) {
    case 'deprecated': {
      const instead = finding.instead === null ? 'no longer used' : `now ${finding.instead}`;
      return `${finding.name} is deprecated (${instead}), ${spans}; it is read all the same`;
    }
    case 'not-understood':
      return `${finding.name} was not understood, ${spans}; it is kept among the attributes`;
    case 'cut':
      return `${finding.name} was cut off by the sender, ${spans}; raise OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT or OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`;
    case 'counted-once': {
      const repeated = `${formatCount(finding.inputTokens)} input and ${formatCount(finding.outputTokens)} output tokens`;
      return `${repeated} are repeated by ${spans} above the calls that used them; they are counted once here, and twice by tools that add up all spans`;
    }
    case 'unpriced':
      return finding.model === null
        ? `cost unknown, ${spans}: the model is not named; set gen_ai.response.model or gen_ai.request.model`
        : `cost unknown, ${spans}: there is no price for ${finding.model}; set it under providers.*.prices`;
    case 'no-tokens':
      return `model calls without token counts, ${spans}`;
    case 'no-content':
      return `model calls without messages, ${spans}; let the instrumentation capture content, for example with OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true`;
    case 'missing-parent':
      return `the parent has not arrived, ${spans}; the program ended before it was sent, or it belongs to another service`;
    case 'cycle':
      return `spans that are their own ancestors, ${spans}; they are shown at the top`;
    case 'no-convention':
      return `spans that follow none of the known conventions, ${spans}; they are shown by their names`;
  }
}

function mark({ kind }: TraceFinding, { style }: Io): string {
  const harmless = kind === 'no-convention' || kind === 'counted-once' || kind === 'deprecated';
  return harmless ? style.dim('·') : style.yellow('!');
}
